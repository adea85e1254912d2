package io.happo.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.program.cli.Failure;
import java.time.Instant;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times as people say them; the day is a Friday. */
final class InventoryTimeTest {
  private static final ZonedDateTime NOW =
      ZonedDateTime.parse("2026-11-27T09:30:00+01:00[Europe/Berlin]");

  @ParameterizedTest
  @CsvSource({
    "12h, 2026-11-26T20:30:00Z",
    "7d, 2026-11-20T08:30:00Z",
    "monday, 2026-11-22T23:00:00Z",
    "Friday, 2026-11-26T23:00:00Z",
    "today, 2026-11-26T23:00:00Z",
    "yesterday, 2026-11-25T23:00:00Z",
    "2026-11-01, 2026-10-31T23:00:00Z",
    "2026-11-23T14:00:00Z, 2026-11-23T14:00:00Z"
  })
  void a_time_is_read(String text, String expected) throws Failure {
    assertThat(Instant.ofEpochMilli(InventoryClient.time("--since", text, NOW)))
        .hasToString(expected);
  }

  @Test
  void what_is_none_is_told_with_examples() {
    assertThatThrownBy(() -> InventoryClient.time("--since", "mon", NOW))
        .hasMessageStartingWith("--since: 'mon' is no time: write how long ago (12h, 7d)");
  }
}
