package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricNameTest {
  @Test
  void tags_are_sorted_so_that_the_same_is_written_alike() {
    var name = MetricName.read("disk.used;role=db;dc=a=b").orElseThrow();
    assertThat(name)
        .isEqualTo(new MetricName("disk.used", new TreeMap<>(Map.of("dc", "a=b", "role", "db"))))
        .hasToString("disk.used;dc=a=b;role=db");
    assertThat(MetricName.of(name.toString())).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";a=b",
        "a;b",
        "a;=c",
        "a;b=",
        "a;b=~c",
        "a;!b=c",
        "a;b^=c",
        "a b",
        "a\tb",
        "a\u009bb",
        "a;"
      })
  void what_graphite_would_not_take_is_none(String text) {
    assertThat(MetricName.read(text)).isEmpty();
  }

  @Test
  void one_that_is_too_long_is_none() {
    assertThat(MetricName.read("a".repeat(MetricName.MAX_LENGTH))).isPresent();
    assertThat(MetricName.read("a".repeat(MetricName.MAX_LENGTH + 1))).isEmpty();
  }

  @Test
  void what_is_stored_is_never_refused() {
    assertThat(MetricName.of("a b;c").name()).isEqualTo("a b;c");
    assertThat(MetricName.of("load1").tags()).isEmpty();
  }
}
