package io.happo.program.schedule;

import static io.happo.program.schedule.Checks.cron;
import static io.happo.program.schedule.Checks.every;
import static io.happo.program.schedule.Checks.inventory;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When which check starts, in simulated time. */
class TimetableTest {
  private static final Instant BEGIN = Instant.parse("2026-03-03T08:00:00Z");

  private final Simulation simulation = new Simulation(BEGIN, 100);

  @Test
  void an_interval_check_runs_once_in_each_interval_at_its_phase() {
    simulation.use(every("a", "60s"));
    simulation.run(Duration.ofMinutes(10));
    var starts = simulation.starts("a", start -> start.time().toEpochMilli() % 60_000);
    assertThat(starts).hasSize(10);
    assertThat(new HashSet<>(starts)).hasSize(1);
  }

  @Test
  void an_inventory_is_listed_soon_and_then_at_its_phase() {
    simulation.use(inventory("a", "12h"));
    simulation.run(Duration.ofMinutes(1));
    assertThat(simulation.starts("a", Simulation.Start::time)).hasSize(1);
    simulation.run(Duration.ofHours(24));
    assertThat(simulation.starts("a", Simulation.Start::time)).hasSize(2);
  }

  @Test
  void a_restart_keeps_the_phase() {
    simulation.use(every("a", "60s"));
    simulation.run(Duration.ofMinutes(1));
    var later = new Simulation(BEGIN.plusSeconds(12_345), 100);
    later.use(every("a", "60s"));
    later.run(Duration.ofMinutes(1));
    assertThat(later.starts("a", start -> start.time().toEpochMilli() % 60_000))
        .isEqualTo(simulation.starts("a", start -> start.time().toEpochMilli() % 60_000));
  }

  @Test
  void checks_are_spread_over_their_interval() {
    var checks = IntStream.range(0, 200).mapToObj(i -> every("disk" + i, "60s")).toList();
    simulation.table.use(checks, simulation.now());
    simulation.run(Duration.ofMinutes(1));
    var perSecond = new int[60];
    simulation.starts.forEach(start -> perSecond[(int) start.at().toSeconds()]++);
    assertThat(IntStream.of(perSecond).sum()).isEqualTo(200);
    assertThat(IntStream.of(perSecond).max().orElseThrow()).isLessThan(12);
  }

  @Test
  void cron_runs_at_its_times_in_the_zone_of_the_agent() {
    simulation.use(cron("a", "30 9-10 * * *"));
    simulation.run(Duration.ofDays(1));
    assertThat(simulation.starts("a", Simulation.Start::time))
        .containsExactly(
            Instant.parse("2026-03-03T08:30:00Z"), Instant.parse("2026-03-03T09:30:00Z"));
  }

  @Test
  void an_overrun_skips_the_starts_it_missed_and_counts_them() {
    simulation.use(every("a", "10s"), cron("b", "* * * * *"));
    simulation.takes("a", Duration.ofSeconds(25));
    simulation.takes("b", Duration.ofSeconds(150));
    simulation.run(Duration.ofMinutes(6));
    var starts = new ArrayList<>(simulation.starts);
    assertThat(starts).filteredOn(start -> start.check().equals("a")).hasSize(12);
    assertThat(starts).filteredOn(start -> start.check().equals("b")).hasSize(2);
    assertThat(simulation.table.missed()).isBetween(24L, 26L);
  }

  @Test
  void a_trouble_is_looked_at_again_soon_until_it_is_believed() {
    simulation.use(every("a", "5m", "20s", 3));
    simulation.isBad("a", true);
    simulation.run(Duration.ofMinutes(15));
    var starts = simulation.starts("a", Simulation.Start::at);
    assertThat(starts).hasSize(5);
    var first = starts.getFirst();
    assertThat(starts)
        .containsExactly(
            first,
            first.plusSeconds(20),
            first.plusSeconds(40),
            first.plusSeconds(300),
            first.plusSeconds(600));
    simulation.isBad("a", false);
    simulation.run(Duration.ofMinutes(5));
    assertThat(simulation.starts("a", Simulation.Start::at)).hasSize(1);
    simulation.isBad("a", true);
    simulation.run(Duration.ofMinutes(5));
    assertThat(simulation.starts("a", Simulation.Start::at)).hasSize(3);
  }

  @Test
  void a_trouble_that_is_over_at_the_second_look_is_not_looked_at_a_third_time() {
    simulation.use(every("a", "5m", "20s", 3));
    simulation.run(Duration.ofMinutes(5));
    var first = simulation.starts("a", Simulation.Start::at).getFirst();
    simulation.isBad("a", true);
    simulation.run(first.plusSeconds(10));
    simulation.isBad("a", false);
    simulation.run(Duration.ofMinutes(4));
    assertThat(simulation.starts("a", Simulation.Start::at))
        .containsExactly(first.plusSeconds(300), first.plusSeconds(320));
  }

  @Test
  void the_regular_time_comes_before_a_later_retry_and_counts_as_one() {
    simulation.use(every("a", "10s", "60s", 2));
    simulation.isBad("a", true);
    simulation.run(Duration.ofMinutes(2));
    assertThat(simulation.starts("a", Simulation.Start::at)).hasSize(12);
  }

  @Test
  void no_more_run_at_once_than_there_are_places_and_nobody_is_passed_over() {
    var crowded = new Simulation(BEGIN, 3);
    var checks = IntStream.range(0, 20).mapToObj(i -> every("c" + i, "10s")).toList();
    crowded.table.use(checks, crowded.now());
    checks.forEach(check -> crowded.takes(check.name(), Duration.ofSeconds(5)));
    crowded.run(Duration.ofMinutes(10));
    assertThat(crowded.mostRunning).isEqualTo(3);
    // 3 places, 5 s each: 360 runs in ten minutes for 20 checks.
    assertThat(crowded.starts).hasSizeBetween(350, 363);
    for (var check : checks) {
      assertThat(crowded.starts)
          .filteredOn(start -> start.check().equals(check.name()))
          .as(check.name())
          .hasSizeBetween(16, 19);
    }
    assertThat(crowded.table.missed()).isGreaterThan(700);
  }

  @Test
  void after_a_sleep_each_overdue_check_runs_once_within_some_seconds() {
    var checks =
        IntStream.range(0, 50)
            .mapToObj(i -> i % 2 == 0 ? every("i" + i, "5m") : cron("c" + i, "*/5 * * * *"))
            .toList();
    simulation.table.use(checks, simulation.now());
    simulation.run(Duration.ofMinutes(11));
    simulation.starts.clear();
    simulation.sleep(Duration.ofHours(3));
    var woken = simulation.now();
    simulation.run(Duration.ofSeconds(20));
    for (var check : checks) {
      assertThat(simulation.starts)
          .filteredOn(start -> start.check().equals(check.name()))
          .as(check.name())
          .hasSizeLessThanOrEqualTo(check.name().startsWith("c") ? 2 : 1);
    }
    assertThat(names()).hasSize(50);
    var seconds =
        simulation.starts.stream()
            .map(start -> (start.time().toEpochMilli() - woken.millis()) / 1_000)
            .distinct();
    assertThat(seconds).as("spread").hasSizeGreaterThan(6);
    assertThat(simulation.table.jumps()).isEqualTo(1);
    assertThat(simulation.starts)
        .as("late by a clock alone")
        .allMatch(start -> start.late().compareTo(Duration.ofSeconds(1)) < 0);
    simulation.starts.clear();
    // An interval check comes back to its phase, not earlier than half an interval later.
    simulation.run(Duration.ofSeconds(450));
    assertThat(names()).hasSize(50);
    simulation.starts.clear();
    simulation.run(Duration.ofMinutes(5));
    assertThat(simulation.starts).hasSize(50);
    assertThat(simulation.table.missed()).isGreaterThan(50 * 34);
  }

  @Test
  void what_is_not_overdue_after_a_sleep_comes_when_it_would_have() {
    simulation.use(every("a", "1d"));
    simulation.run(Duration.ofDays(1));
    var first = simulation.starts("a", Simulation.Start::time).getFirst();
    simulation.run(Duration.between(BEGIN, first).plusHours(1));
    assertThat(simulation.starts("a", Simulation.Start::time)).hasSize(1);
    simulation.sleep(Duration.ofHours(8));
    simulation.run(Duration.ofHours(15).minusSeconds(30));
    assertThat(simulation.starts).isEmpty();
    simulation.run(Duration.ofMinutes(1));
    assertThat(simulation.starts("a", Simulation.Start::time))
        .containsExactly(first.plus(Duration.ofDays(2)));
  }

  @Test
  void after_standing_still_each_overdue_check_runs_once() {
    simulation.use(every("a", "10s"), every("b", "10s"), cron("c", "* * * * *"));
    simulation.run(Duration.ofMinutes(1));
    simulation.starts.clear();
    simulation.stall(Duration.ofMinutes(5));
    simulation.run(Duration.ofMillis(4_990));
    assertThat(simulation.starts).hasSizeLessThanOrEqualTo(3);
    simulation.run(Duration.ofSeconds(30));
    assertThat(simulation.starts)
        .filteredOn(start -> start.late().compareTo(Duration.ofSeconds(4)) > 0)
        .as("late")
        .hasSize(3);
    assertThat(simulation.table.missed()).isBetween(60L, 64L);
    assertThat(simulation.table.jumps()).isEqualTo(1);
  }

  @Test
  void a_missed_cron_time_is_made_up_for_once_and_not_at_the_next_either() {
    simulation.use(cron("a", "0 4 * * *"));
    simulation.run(Duration.ofHours(1));
    simulation.sleep(Duration.ofDays(3).plusHours(5));
    simulation.run(Duration.ofMinutes(1));
    assertThat(simulation.starts("a", Simulation.Start::time)).hasSize(1);
    assertThat(simulation.table.missed()).isEqualTo(2);
    simulation.run(Duration.ofHours(24));
    assertThat(simulation.starts("a", Simulation.Start::time))
        .containsExactly(Instant.parse("2026-03-07T03:00:00Z"));
  }

  @Test
  void a_clock_that_is_put_back_makes_no_interval_check_run_twice() {
    simulation.use(every("a", "60s"));
    simulation.run(Duration.ofMinutes(5));
    simulation.sleep(Duration.ofMinutes(-45));
    simulation.run(Duration.ofMinutes(5));
    var starts = simulation.starts("a", Simulation.Start::at);
    assertThat(starts).hasSize(10);
    assertThat(starts.get(5)).isEqualTo(starts.get(4).plusMinutes(1).minusMinutes(45));
    assertThat(simulation.table.missed()).isZero();
  }

  @Test
  void a_clock_that_is_put_back_makes_no_cron_check_run_twice() {
    simulation.use(cron("a", "15 * * * *"));
    simulation.run(Duration.ofMinutes(20));
    assertThat(simulation.starts("a", Simulation.Start::time)).hasSize(1);
    simulation.sleep(Duration.ofMinutes(-10));
    simulation.run(Duration.ofMinutes(30));
    assertThat(simulation.starts).isEmpty();
    simulation.run(Duration.ofMinutes(40));
    assertThat(simulation.starts("a", Simulation.Start::time))
        .containsExactly(Instant.parse("2026-03-03T09:15:00Z"));
  }

  @Test
  void a_clock_that_was_a_year_ahead_does_not_mean_a_year_of_silence() {
    var wrong = new Simulation(BEGIN.plus(Duration.ofDays(365)), 100);
    wrong.use(cron("a", "15 * * * *"));
    wrong.run(Duration.ofMinutes(20));
    wrong.sleep(Duration.ofDays(-365));
    wrong.starts.clear();
    wrong.run(Duration.ofHours(5));
    assertThat(wrong.starts("a", Simulation.Start::time)).hasSizeBetween(4, 5);
  }

  @Test
  void a_small_step_of_the_clock_is_nothing() {
    simulation.use(every("a", "60s"), cron("b", "* * * * *"));
    simulation.run(Duration.ofMinutes(3));
    for (int i = 0; i < 60; i++) {
      simulation.sleep(Duration.ofSeconds(i % 2 == 0 ? 3 : -3));
      simulation.run(Duration.ofSeconds(17));
    }
    var starts = List.copyOf(simulation.starts);
    assertThat(starts).filteredOn(start -> start.check().equals("a")).hasSize(20);
    assertThat(starts).filteredOn(start -> start.check().equals("b")).hasSize(19);
    assertThat(simulation.table.jumps()).isZero();
  }

  private Set<String> names() {
    var names = new HashSet<String>();
    simulation.starts.forEach(start -> names.add(start.check()));
    return names;
  }
}
