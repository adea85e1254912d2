package io.happo.program.schedule;

import static io.happo.program.schedule.Checks.cron;
import static io.happo.program.schedule.Checks.every;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.Check;
import io.happo.core.plan.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a new plan does to the checks that run already. */
class TimetableChangesTest {
  private static final Instant BEGIN = Instant.parse("2026-03-03T08:00:00Z");

  private final Simulation simulation = new Simulation(BEGIN, 100);

  @Test
  void a_check_that_did_not_change_goes_on_as_if_nothing_had_happened() {
    var undisturbed = new Simulation(BEGIN, 100);
    undisturbed.use(every("a", "60s", "7s", 3), cron("b", "* * * * *"));
    undisturbed.isBad("a", true);
    undisturbed.run(Duration.ofMinutes(10));
    simulation.isBad("a", true);
    for (int i = 0; i < 120; i++) {
      simulation.use(every("a", "60s", "7s", 3), cron("b", "* * * * *"), every("other" + i, "1h"));
      simulation.run(Duration.ofSeconds(5));
    }
    assertThat(simulation.starts)
        .filteredOn(start -> start.check().length() == 1)
        .isEqualTo(undisturbed.starts);
  }

  @Test
  void another_work_keeps_the_time_and_begins_the_attempts_anew() {
    simulation.use(every("a", "5m", "20s", 3));
    simulation.isBad("a", true);
    simulation.run(Duration.ofMinutes(10));
    var starts = simulation.starts("a", Simulation.Start::at);
    assertThat(starts).hasSize(4);
    var changed = every("a", "5m", "20s", 3);
    simulation.use(
        new Check(
            "a",
            Work.Plugin.of("check_y"),
            changed.schedule(),
            changed.timeout(),
            changed.retry(),
            3,
            changed.environment()));
    simulation.run(Duration.ofMinutes(5));
    assertThat(simulation.starts("a", Simulation.Start::at))
        .hasSize(3)
        .startsWith(starts.getLast().plusMinutes(5));
  }

  @Test
  void another_interval_does_not_make_it_run_twice_in_a_row() {
    var random = new Random(3);
    for (int round = 0; round < 200; round++) {
      var one = new Simulation(BEGIN, 100);
      one.use(every("a", "60s"));
      one.run(Duration.ofSeconds(60 + random.nextInt(60)));
      one.use(every("a", "61s"));
      one.run(Duration.ofSeconds(122));
      var starts = one.starts("a", Simulation.Start::at);
      for (int i = 1; i < starts.size(); i++) {
        assertThat(starts.get(i).minus(starts.get(i - 1))).isGreaterThan(Duration.ofSeconds(29));
      }
    }
  }

  @Test
  void a_removed_check_is_gone_and_one_that_runs_ends_by_itself() {
    simulation.use(every("a", "10s"), every("b", "10s"));
    simulation.takes("a", Duration.ofSeconds(9));
    simulation.run(Duration.ofSeconds(30));
    assertThat(simulation.table.running()).isPositive();
    simulation.use();
    assertThat(simulation.table.planned()).isZero();
    simulation.starts.clear();
    simulation.run(Duration.ofSeconds(30));
    assertThat(simulation.starts).isEmpty();
    assertThat(simulation.table.running()).isZero();
    assertThat(simulation.table.untilLook(simulation.now())).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_check_that_comes_back_while_it_runs_does_not_run_beside_itself() {
    simulation.use(every("a", "10s"));
    simulation.takes("a", Duration.ofSeconds(25));
    simulation.run(Duration.ofSeconds(11));
    for (int i = 0; i < 100; i++) {
      simulation.use();
      simulation.use(every("a", i % 2 == 0 ? "10s" : "11s"));
      simulation.run(Duration.ofSeconds(3)); // Fails where one runs beside itself.
    }
    assertThat(simulation.starts).hasSizeBetween(5, 13);
  }

  @Test
  void a_new_check_starts_at_its_phase_and_an_idle_agent_needs_no_looks() {
    assertThat(simulation.table.untilLook(simulation.now())).isEqualTo(Long.MAX_VALUE);
    simulation.run(Duration.ofHours(100));
    simulation.use(every("a", "60s"));
    simulation.run(Duration.ofMinutes(1));
    assertThat(simulation.starts("a", start -> start.time().toEpochMilli() % 60_000))
        .containsExactly(Phase.untilNext(Phase.hash("agent", "a"), 60_000, 0));
    assertThat(simulation.table.jumps()).isZero();
  }

  @Test
  void random_plans_clocks_and_troubles_keep_what_must_hold() {
    var random = new Random(11);
    for (int round = 0; round < 60; round++) {
      var one = new Simulation(BEGIN, 1 + random.nextInt(6));
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(6)) {
          case 0 -> one.table.use(plan(random), one.now());
          case 1 -> one.sleep(Duration.ofSeconds(random.nextInt(-5_000, 20_000)));
          case 2 -> one.stall(Duration.ofSeconds(random.nextInt(100)));
          case 3 -> one.takes("c" + random.nextInt(9), Duration.ofSeconds(random.nextInt(90)));
          case 4 -> one.isBad("c" + random.nextInt(9), random.nextBoolean());
          default -> one.run(Duration.ofSeconds(random.nextInt(300)));
        }
      }
      // The simulation fails where a check runs beside itself, or too many run. And all comes to
      // rest when the clocks do.
      one.table.use(List.of(every("c0", "60s"), cron("c1", "* * * * *")), one.now());
      one.takes("c0", Duration.ZERO);
      one.takes("c1", Duration.ZERO);
      one.isBad("c0", false);
      one.isBad("c1", false);
      one.run(Duration.ofMinutes(5));
      one.starts.clear();
      one.run(Duration.ofMinutes(10));
      assertThat(one.starts).as("round " + round).hasSize(20);
    }
  }

  private static List<Check> plan(Random random) {
    return IntStream.range(0, 9)
        .filter(i -> random.nextInt(3) > 0)
        .mapToObj(
            i ->
                random.nextBoolean()
                    ? every("c" + i, (1 + random.nextInt(100)) + "s", "5s", 3)
                    : cron("c" + i, "*/" + (1 + random.nextInt(5)) + " * * * *"))
        .toList();
  }
}
