package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * When silences and downtimes hold, and how much of a trouble's time they were. Hours of a Sunday.
 */
class SilenceTest {
  private static final long SUNDAY = Instant.parse("2026-11-22T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final long EVER = Long.MAX_VALUE;

  /**
   * Reads {@code FROM-TO}, {@code FROM-TO/LASTING@STARTED} for a flexible one, and {@code TIMES}
   * for one of each week, all hours; {@code ~} before it is a silence.
   */
  private static Silence of(String text) {
    boolean downtime = !text.startsWith("~");
    var rest = downtime ? text : text.substring(1);
    if (rest.startsWith("sun")) {
      return silence(
          downtime, SUNDAY, EVER, 0, 0, Period.parse(rest.replace('_', ' '), ZoneOffset.UTC));
    }
    var parts = rest.split("[-/@]", -1);
    return silence(
        downtime,
        at(parts[0]),
        parts[1].isEmpty() ? EVER : at(parts[1]),
        parts.length > 2 ? Long.parseLong(parts[2]) * HOUR : 0,
        parts.length > 3 ? at(parts[3]) : 0,
        Period.ALWAYS);
  }

  private static long at(String hour) {
    return SUNDAY + Long.parseLong(hour) * HOUR;
  }

  private static Silence silence(
      boolean downtime, long begin, long end, long flexible, long started, Period times) {
    return new Silence(
        1, downtime, Target.ALL, List.of(), begin, end, false, flexible, started, times, "ann", "");
  }

  /** When it holds, of the hours from 0 to 12. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3-5            | 3 4",
        "~3-5           | 3 4",
        "9-             | 9 10 11 12",
        "1-9/2          | ''",
        "1-9/2@4        | 4 5",
        "1-9/4@8        | 8 9 10 11",
        "sun_02:00-04:00 | 2 3",
      })
  void it_holds(String silence, String hours) {
    var held = new ArrayList<String>();
    for (int hour = 0; hour <= 12; hour++) {
      if (of(silence).holds(SUNDAY + hour * HOUR)) {
        held.add(String.valueOf(hour));
      }
    }
    assertThat(String.join(" ", held)).isEqualTo(hours);
  }

  /** How many hours of those from one to another were downtime. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3-5              | 0  | 12  | 2",
        "3-5              | 4  | 12  | 1",
        "3-5              | 4  | 5   | 1",
        "3-5              | 5  | 12  | 0",
        "~3-5             | 0  | 12  | 0",
        "3-5 4-7 9-10     | 0  | 12  | 5",
        "3-9 4-5          | 0  | 12  | 6",
        "1-9/2            | 0  | 12  | 0",
        "1-9/2@4          | 0  | 12  | 2",
        "sun_02:00-04:00  | 0  | 12  | 2",
        "sun_02:00-04:00  | 3  | 400 | 5",
        "sun_02:00-04:00 3-6 | 0 | 12 | 4",
      })
  void time_in_downtimes_is_counted_once(String silences, long from, long to, long hours) {
    var all = new ArrayList<Silence>();
    for (var one : silences.split(" ", -1)) {
      all.add(of(one));
    }
    assertThat(Silence.downtimeMillis(all, SUNDAY + from * HOUR, SUNDAY + to * HOUR) / HOUR)
        .isEqualTo(hours);
  }

  @Test
  void the_one_that_holds_longest_is_told_with_its_end() {
    var all = List.of(of("1-5"), of("~2-9"), of("7-12"));
    var pause = Silence.longest(all, SUNDAY + 3 * HOUR).orElseThrow();
    assertThat(pause.what()).isEqualTo("silenced by ann");
    assertThat(pause.until()).isEqualTo(SUNDAY + 9 * HOUR);
    assertThat(Silence.longest(all, SUNDAY)).isEmpty();
    assertThat(Silence.longest(List.of(of("sun_02:00-04:00")), SUNDAY + 3 * HOUR).orElseThrow())
        .isEqualTo(new Around.Pause("downtime by ann", SUNDAY + 4 * HOUR));
  }

  @Test
  void it_covers_the_agents_and_checks_that_it_names() {
    var tags = new TreeMap<>(Map.of("role", List.of("web")));
    var one =
        new Silence(
            1,
            false,
            new Target(tags, new TreeMap<>(), List.of()),
            List.of("disk*"),
            0,
            EVER,
            true,
            0,
            0,
            Period.ALWAYS,
            "ann",
            "");
    var web = new AgentView("1", "w", Map.of("role", "web"), Map.of());
    var db = new AgentView("2", "d", Map.of("role", "db"), Map.of());
    assertThat(one.covers(new Subject(1, "disk-var"), web)).isTrue();
    assertThat(one.covers(Subject.metric(1, "full", "disk-var", "used"), web)).isTrue();
    assertThat(one.covers(new Subject(1, "load"), web)).isFalse();
    assertThat(one.covers(Subject.agent(1), web)).isFalse();
    assertThat(one.covers(new Subject(2, "disk"), db)).isFalse();
    assertThat(of("1-2").covers(Subject.agent(1), web)).isTrue();
  }

  @Test
  void a_flexible_downtime_begins_with_the_first_trouble() {
    var waiting = of("1-9/2");
    assertThat(waiting.waits(SUNDAY)).isFalse();
    assertThat(waiting.waits(SUNDAY + HOUR)).isTrue();
    var begun = waiting.begun(SUNDAY + 4 * HOUR);
    assertThat(begun.waits(SUNDAY + 5 * HOUR)).isFalse();
    assertThat(begun.holds(SUNDAY + 5 * HOUR)).isTrue();
    assertThat(begun.holds(SUNDAY + 6 * HOUR)).isFalse();
  }
}
