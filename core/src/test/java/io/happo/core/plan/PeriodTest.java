package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  private static String text(long millis) {
    return millis == Long.MAX_VALUE ? "never" : Instant.ofEpochMilli(millis).toString();
  }

  /** 2026-11-23 is a Monday, and Berlin one hour ahead of UTC. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mon-fri 08:00-18:00  | 2026-11-23T07:00:00Z | 2026-11-23T07:00:00Z | 2026-11-23T17:00:00Z",
        "mon-fri 08:00-18:00  | 2026-11-23T06:59:59Z | 2026-11-23T07:00:00Z | 2026-11-23T06:59:59Z",
        "mon-fri 08:00-18:00  | 2026-11-27T17:00:00Z | 2026-11-30T07:00:00Z | 2026-11-27T17:00:00Z",
        "22:00-06:00          | 2026-11-23T22:00:00Z | 2026-11-23T22:00:00Z | 2026-11-24T05:00:00Z",
        "sun 22:00-06:00      | 2026-11-23T04:59:59Z | 2026-11-23T04:59:59Z | 2026-11-23T05:00:00Z",
        "sun 22:00-06:00      | 2026-11-23T05:00:00Z | 2026-11-29T21:00:00Z | 2026-11-23T05:00:00Z",
        "sat-sun              | 2026-11-23T05:00:00Z | 2026-11-27T23:00:00Z | 2026-11-23T05:00:00Z",
        "sat-sun              | 2026-11-28T05:00:00Z | 2026-11-28T05:00:00Z | 2026-11-29T23:00:00Z",
        "fri-mon              | 2026-11-23T05:00:00Z | 2026-11-23T05:00:00Z | 2026-11-23T23:00:00Z",
        "00:00-12:00, 12:00-24:00 | 2026-11-23T05:00:00Z | 2026-11-23T05:00:00Z | never",
        "tue 10:00-24:00, wed 00:00-01:00 | 2026-11-24T10:00:00Z | 2026-11-24T10:00:00Z | 2026-11-25T00:00:00Z",
        "MON 8:00-9:00        | 2026-11-23T07:30:00Z | 2026-11-23T07:30:00Z | 2026-11-23T08:00:00Z",
      })
  void it_holds_and_opens_and_ends(String period, String at, String opens, String ends) {
    var those = Period.parse(period, BERLIN);
    assertThat(text(those.nextOpening(millis(at)))).isEqualTo(opens);
    assertThat(text(those.end(millis(at)))).isEqualTo(ends);
    assertThat(those.contains(millis(at))).isEqualTo(opens.equals(at));
  }

  /** On 2026-03-29 at 02:00 clocks in Berlin go to 03:00; on 2026-10-25 at 03:00 back to 02:00. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sun 01:00-04:00 | 2026-03-29T00:00:00Z | 2026-03-29T02:00:00Z",
        "sun 01:00-04:00 | 2026-10-24T23:00:00Z | 2026-10-25T03:00:00Z",
        "sun 03:00-04:00 | 2026-03-29T01:00:00Z | 2026-03-29T02:00:00Z",
      })
  void clocks_that_are_put_forward_or_back_make_it_shorter_or_longer(
      String period, String from, String to) {
    var those = Period.parse(period, BERLIN);
    assertThat(text(those.nextOpening(millis(from) - 1))).isEqualTo(from);
    assertThat(text(those.end(millis(from)))).isEqualTo(to);
  }

  @Test
  void hours_that_a_clock_leaves_out_are_not_there() {
    var those = Period.parse("sun 02:00-03:00", BERLIN);
    assertThat(text(those.nextOpening(millis("2026-03-28T12:00:00Z"))))
        .isEqualTo("2026-04-05T00:00:00Z");
  }

  @Test
  void always_is_always() {
    assertThat(Period.ALWAYS.contains(0)).isTrue();
    assertThat(Period.ALWAYS.end(5)).isEqualTo(Long.MAX_VALUE);
    assertThat(Period.ALWAYS.nextOpening(5)).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "monday", "mon-fri 8-18", "mon 08:00-25:00", "mon 08:00-08:00", "mon 24:00-02:00",
        "08:00", "mon 08:00-18:00 tue", "mon-tue-wed", "mon 08:60-09:00", ",", "08:00-18:00 mon",
      })
  void what_is_none_is_told_with_what_to_write(String text) {
    assertThatThrownBy(() -> Period.parse(text, BERLIN))
        .hasMessageContaining("is no time of the week")
        .hasMessageContaining("mon-fri 08:00-18:00");
  }
}
