package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {
  @ParameterizedTest
  @CsvSource({
    "queue.length, true",
    "*.length, true",
    "queue, false",
    "'other, queue.length', true",
    "queue.length;*, true",
    "queue.length;queue=in, true",
    "queue.length;queue=out, false"
  })
  void a_metric_is_named_without_its_tags_unless_the_pattern_has_some(
      String metrics, boolean suits) {
    var choice = Choice.of(Map.of("metrics", metrics));
    assertThat(choice.suits(Fixtures.metric("db", "queue.length;queue=in"))).isEqualTo(suits);
  }

  @ParameterizedTest
  @CsvSource({"/v*, true", "/, false"})
  void of_perfdata_the_label_is_meant(String metrics, boolean suits) {
    var choice = Choice.of(Map.of("metrics", metrics, "checks", "disk"));
    assertThat(choice.suits(Fixtures.perfdata("disk", "/var", "MB"))).isEqualTo(suits);
    assertThat(choice.suits(Fixtures.perfdata("load", "/var", "MB"))).isFalse();
  }
}
