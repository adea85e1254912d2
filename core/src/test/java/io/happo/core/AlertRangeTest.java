package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10, -0.1 10.1, 0 10 5",
    "10:, 9.9 -1, 10 1e9",
    "~:10, 10.1, -1e9 0 10",
    "10:20, 9.9 20.1, 10 20",
    "@10:20, 10 15 20, 9.9 20.1",
    ":10, -0.1 10.1, 0 10",
    "@10, 0 5 10, -1 11",
    "-5:-1, -5.1 0, -5 -1",
    "1e3:1.5e3, 999 1501, 1000 1500",
    "0:0, 1 -1, 0",
  })
  void values_alert_by_the_range(String text, String alerting, String quiet) {
    var range = AlertRange.parse(text).orElseThrow();
    for (var value : alerting.split(" ", -1)) {
      assertThat(range.alerts(Double.parseDouble(value))).as("%s by %s", value, text).isTrue();
    }
    for (var value : quiet.split(" ", -1)) {
      assertThat(range.alerts(Double.parseDouble(value))).as("%s by %s", value, text).isFalse();
    }
    assertThat(range.alerts(Double.NaN)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@", "x", "20:10", "1,5", "10:~", "1:2:3", "10%", "~", "NaN", "-"})
  void what_is_no_range_is_none(String text) {
    assertThat(AlertRange.parse(text)).isEmpty();
  }

  @Test
  void a_list_is_read_without_what_is_no_range() {
    assertThat(AlertRange.list("10,x,@5:6"))
        .containsExactly(new AlertRange(0, 10, false), new AlertRange(5, 6, true));
    assertThat(AlertRange.list("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10.0",
    "5:, 5.0",
    "~:10, 10.0",
    ":10, 10.0",
    "10:20, 10.0 20.0",
    "@10:20, 10.0 20.0",
    "@:20, 20.0",
    "0:20, 0.0 20.0",
    "-1e3:-5, -1000.0 -5.0",
    "~:, ''",
    "1e999, ''",
    "'', ''",
    "'80%', ''",
    "'10,x,20:30', 10.0 20.0 30.0",
  })
  void bounds_are_the_numbers_that_were_written(String text, String bounds) {
    assertThat(String.join(" ", AlertRange.bounds(text).stream().map(String::valueOf).toList()))
        .isEqualTo(bounds);
  }
}
