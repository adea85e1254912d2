package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.hub.alert.Subject;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Results;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is told of what does not come, with every engine of the store. */
abstract class OverdueContract extends WatchFixture {
  @Test
  void an_agent_that_stays_away_is_told_and_its_checks_are_not() throws Exception {
    world.rules(AWAY.replace("]}", ", {'name': 'all', 'tell': 'ops'}]}"));
    result("disk", 0, "");
    world.lost(WEB, now.get());
    later(4);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> new Checks(store).find(WEB, Subject.AGENT).isPresent());
    assertThat(subjects()).isEmpty();
    later(2);
    awaitTold("CRITICAL: agent7");
    assertThat(told().getFirst().first().output()).contains("connection ended without a word");
    world.connected(WEB, now.get());
    later(1);
    awaitTold("CRITICAL: agent7", "OK again: agent7");
    var agent = new Checks(store).find(WEB, Subject.AGENT).orElseThrow();
    assertThat(new Results(store).ofCheck(agent.number(), 0, Long.MAX_VALUE, 10))
        .extracting(Results.Row::status)
        .containsExactly(2, 0);
  }

  @Test
  void a_check_of_which_nothing_comes_from_an_agent_that_is_there_is_told() throws Exception {
    world.within.put("disk", Duration.ofMinutes(5));
    result("disk", 0, "OK");
    later(1);
    result("other", 0, "OK"); // From now on it is looked at.
    later(4);
    result("other", 0, "OK");
    assertThat(told()).isEmpty();
    later(1);
    awaitTold("UNKNOWN: agent7 disk");
    assertThat(told().getFirst().first().output())
        .matches("UNKNOWN - no result for 3[0-9][0-9] s, though the agent is connected\n");
    later(20);
    result("disk", 0, "OK");
    assertThat(subjects()).containsExactly("UNKNOWN: agent7 disk", "OK again: agent7 disk");
    // Again, and once.
    later(6);
    awaitTold("UNKNOWN: agent7 disk", "OK again: agent7 disk", "UNKNOWN: agent7 disk");
  }

  @Test
  void a_clock_that_jumps_or_an_agent_that_was_away_makes_no_check_late() throws Exception {
    world.within.put("disk", Duration.ofMinutes(5));
    result("disk", 0, "OK");
    later(1);
    result("other", 0, "OK");
    now.addAndGet(600 * MINUTE);
    result("other", 0, "OK");
    assertThat(told()).isEmpty();
    world.lost(WEB, now.get());
    later(60);
    result("other", 0, "OK");
    world.connected(WEB, now.get());
    later(1);
    result("other", 0, "OK");
    later(4);
    result("other", 0, "OK");
    assertThat(told()).isEmpty();
    later(2);
    awaitTold("UNKNOWN: agent7 disk");
  }

  @Test
  void a_check_that_the_plan_has_no_more_is_in_trouble_no_more() throws Exception {
    result("disk", 2, "full");
    later(1);
    result("other", 0, "OK");
    world.removed.add("disk");
    later(1);
    awaitTold("CRITICAL: agent7 disk", "OK again: agent7 disk");
    assertThat(told().getLast().first().output()).startsWith("OK - not watched any more");
  }

  @Test
  void results_that_waited_with_the_writer_are_not_missed() throws Exception {
    world.within.put("disk", Duration.ofMinutes(5));
    result("disk", 0, "OK");
    later(1);
    result("other", 0, "OK");
    nanos.addAndGet(10 * MINUTE * 1_000_000);
    result("disk", 0, "OK");
    intake.lookAgain();
    result("disk", 0, "OK");
    assertThat(told()).isEmpty();
  }

  @Test
  void what_ran_before_its_agent_was_away_is_told_when_it_has_run_again() throws Exception {
    world.attempts = 2;
    result("disk", 2, "stopping");
    world.lost(WEB, now.get());
    now.addAndGet(MINUTE);
    result("disk", 2, "stopping");
    now.addAndGet(MINUTE);
    world.connected(WEB, now.get());
    intake.lookAgain();
    result("other", 0, "");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem SOFT", "problem PARENT");
    now.addAndGet(MINUTE);
    result("disk", 2, "still");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
  }

  private void report(String check, int status, Duration within) throws InterruptedException {
    intake.report(WEB, check, status, "says", Optional.of(within)).join();
  }

  @Test
  void a_job_that_reports_no_more_is_told() throws Exception {
    report("backup", 0, Duration.ofMinutes(26));
    later(20);
    report("backup", 0, Duration.ofMinutes(26));
    later(25);
    assertThat(subjects()).isEmpty();
    later(2);
    awaitTold("UNKNOWN: agent7 backup");
    var late = told().getFirst().first();
    assertThat(late.output()).isEqualTo("UNKNOWN - no result within 26 min\n");
    assertThat(late.since()).isEqualTo(BEGIN + 46 * MINUTE);
    later(60);
    report("backup", 0, Duration.ofMinutes(26));
    assertThat(subjects()).containsExactly("UNKNOWN: agent7 backup", "OK again: agent7 backup");
    var check = new Checks(store).find(WEB, "backup").orElseThrow();
    assertThat(new Results(store).ofCheck(check.number(), 0, Long.MAX_VALUE, 10))
        .extracting(Results.Row::status)
        .containsExactly(0, 0, 3, 0);
    later(27);
    awaitTold("UNKNOWN: agent7 backup", "OK again: agent7 backup", "UNKNOWN: agent7 backup");
  }

  @Test
  void a_job_that_is_late_while_the_hub_is_not_there_is_told_when_it_is_and_once()
      throws Exception {
    report("backup", 0, Duration.ofMinutes(26));
    intake.close();
    now.addAndGet(30 * MINUTE);
    begin();
    awaitTold("UNKNOWN: agent7 backup");
    restart();
    later(5);
    report("backup", 2, Duration.ofMinutes(26));
    awaitTold("UNKNOWN: agent7 backup", "CRITICAL: agent7 backup");
    restart();
    later(27);
    awaitTold("UNKNOWN: agent7 backup", "CRITICAL: agent7 backup", "UNKNOWN: agent7 backup");
  }

  @Test
  void a_job_needs_neither_its_agent_nor_a_plan_and_tries_nothing_again() throws Exception {
    world.attempts = 3;
    world.removed.add("backup");
    world.lost(WEB, now.get());
    report("backup", 2, Duration.ofMinutes(26));
    assertThat(subjects()).containsExactly("CRITICAL: agent7 backup");
    world.connected(WEB, now.get());
    later(1);
    result("other", 0, "OK"); // From now on the agent's checks are looked at.
    later(1);
    assertThat(subjects()).hasSize(1);
    world.lost(WEB, now.get());
    later(30);
    awaitTold("CRITICAL: agent7 backup", "UNKNOWN: agent7 backup");
  }

  @Test
  void a_job_without_a_time_is_never_late_and_one_that_an_agent_runs_now_is_none()
      throws Exception {
    intake.report(WEB, "backup", 0, "says", Optional.empty()).join();
    report("moved", 0, Duration.ofMinutes(5));
    later(1);
    result("moved", 0, "OK");
    report("unknown", 3, Duration.ofMinutes(5));
    later(6);
    now.addAndGet(600 * MINUTE);
    nanos.addAndGet(600 * MINUTE * 1_000_000);
    later(2);
    awaitTold("UNKNOWN: agent7 unknown");
    var check = new Checks(store).find(WEB, "unknown").orElseThrow();
    assertThat(check.output()).isEqualTo("UNKNOWN - no result within 5 min\n");
    assertThat(new AlertBook(store).reported())
        .containsOnlyKeys(new Subject(WEB, "backup"), new Subject(WEB, "unknown"));
  }

  @Test
  void reports_between_results_keep_no_check_from_being_missed() throws Exception {
    world.within.put("disk", Duration.ofMinutes(5));
    result("disk", 0, "OK");
    for (int i = 0; i < 7; i++) {
      report("often", 0, Duration.ofMinutes(5));
      later(1);
    }
    awaitTold("UNKNOWN: agent7 disk");
  }

  /** Results of the first of some checks; each is to come within 5 minutes. */
  private void round(int count, int of) throws InterruptedException {
    for (int i = 0; i < of; i++) {
      world.within.put("c" + i, Duration.ofMinutes(5));
      if (i < count) {
        result("c" + i, 0, "OK");
      }
    }
  }

  @Test
  void an_agent_that_is_late_with_many_checks_is_told_and_these_are_not() throws Exception {
    world.rules(
        "{'alerts': [{'name': 'agent', 'agent': 'trouble', 'tell': 'ops'}, "
            + "{'name': 'all', 'tell': 'ops'}]}");
    round(8, 8);
    later(3);
    round(4, 8);
    later(3);
    awaitTold("WARNING: agent7");
    assertThat(told().getFirst().first().output())
        .isEqualTo(
            "the agent is overloaded: it is connected, and 4 of its 8 checks that run as often have"
                + " brought no result in time\n");
    later(10);
    assertThat(subjects()).hasSize(1);
    // A quarter is late still, and then not even that.
    for (int minutes = 0; minutes < 8; minutes += 2) {
      round(6, 8);
      later(2);
    }
    assertThat(subjects()).hasSize(1);
    round(7, 8);
    later(2);
    round(7, 8);
    later(4);
    awaitTold("WARNING: agent7", "OK again: agent7", "UNKNOWN: agent7 c7");
  }

  @Test
  void nobody_who_is_not_told_of_overloads_misses_what_is_late() throws Exception {
    round(8, 8);
    later(3);
    round(4, 8);
    later(6);
    awaitTold(
        "UNKNOWN: agent7 c4", "UNKNOWN: agent7 c5", "UNKNOWN: agent7 c6", "UNKNOWN: agent7 c7");
    assertThat(new Checks(store).find(WEB, Subject.AGENT).orElseThrow().output())
        .startsWith("the agent is overloaded");
  }

  @Test
  void one_check_of_many_that_is_late_is_told_after_a_while() throws Exception {
    round(8, 8);
    for (int i = 0; i < 3; i++) {
      later(2);
      round(7, 8);
    }
    assertThat(subjects()).isEmpty();
    later(2);
    awaitTold("UNKNOWN: agent7 c7");
    assertThat(new Checks(store).find(WEB, Subject.AGENT)).isEmpty();
  }
}
