package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.alert.Notice;
import io.happo.hub.alert.Silence;
import io.happo.hub.alert.Subject;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Results;
import io.happo.hub.store.Silences;
import io.happo.hub.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told of what intake stores, with every engine of the store. */
abstract class WatchContract {
  private static final long BEGIN = 1_800_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final long STEPS_OF_MINUTE = 15;
  private static final long WEB = 7;
  private static final long OTHER = 8;
  private static final String ALL = "{'alerts': [{'name': 'all', 'tell': 'ops'}]}";
  private static final String AWAY =
      "{'alerts': [{'name': 'gone', 'agent': 'away', 'lasting': '5m', 'tell': 'ops'}]}";

  private final AtomicLong now = new AtomicLong(BEGIN);
  private final AtomicLong nanos = new AtomicLong();
  private final TestWorld world = new TestWorld();
  private Store store;
  private Intake intake;
  private long sequence;
  private long pulses;

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    world.connected(WEB, BEGIN);
    world.rules(ALL);
    begin();
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  private void begin() {
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    intake = new Intake(store, world, IntakeContract.LIMITS, clock, nanos::get);
    intake.start();
  }

  /** The hub starts anew. */
  private void restart() {
    intake.close();
    begin();
  }

  private void result(String check, int status, String output) throws InterruptedException {
    var item = new Item.CheckResult(check, now.get(), 1, status, status, output, "plan");
    intake.submit(WEB, new ToHub.Results("e", ++sequence, List.of(item))).join();
  }

  /** Time passes, and others bring something all the while: the writer does not stand still. */
  private void later(long minutes) throws InterruptedException {
    for (long i = 0; i < minutes * STEPS_OF_MINUTE; i++) {
      now.addAndGet(MINUTE / STEPS_OF_MINUTE);
      nanos.addAndGet(MINUTE / STEPS_OF_MINUTE * 1_000_000);
      var item = new Item.CheckResult("pulse", now.get(), 1, 0, 0, "", "");
      intake.submit(OTHER, new ToHub.Results("e", ++pulses, List.of(item))).join();
    }
    intake.lookAgain();
  }

  /** What was told, the oldest first. */
  private List<Notice> told() {
    var told = new ArrayList<Notice>();
    for (var message : new Messages(store).newest(Long.MAX_VALUE, 1_000)) {
      try {
        assertThat(message.channel()).isEqualTo("ops");
        told.add(Notice.read(message.content()));
      } catch (io.happo.core.JsonException e) {
        throw new AssertionError(e);
      }
    }
    Collections.reverse(told);
    return told;
  }

  private List<String> subjects() {
    return told().stream().map(Notice::subject).toList();
  }

  private void awaitTold(String... subjects) {
    await().atMost(Duration.ofSeconds(20)).until(this::subjects, List.of(subjects)::equals);
  }

  /** Waits until this keeps the first of what is open back. */
  private void awaitGate(String gate) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> new AlertBook(store).open(OptionalLong.empty()).getFirst().standing().gate(),
            gate::equals);
  }

  private List<String> notes(String check) {
    var number = new Checks(store).find(WEB, check).orElseThrow().number();
    var notes = new ArrayList<String>();
    for (var note : new AlertBook(store).notes(OptionalLong.of(number), Long.MAX_VALUE, 100)) {
      notes.add(note.kind() + " " + note.gate());
    }
    Collections.reverse(notes);
    return notes;
  }

  @Test
  void a_trouble_is_told_with_the_result_that_makes_it_one_and_its_end_too() throws Exception {
    result("disk", 0, "OK");
    result("disk", 2, "DISK CRITICAL - /var is full|used=100%");
    // With the acknowledgement it is there: both are one transaction.
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    result("disk", 2, "DISK CRITICAL - still");
    now.addAndGet(MINUTE);
    result("disk", 0, "DISK OK");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
    assertThat(told().getFirst().first().firstLine()).isEqualTo("DISK CRITICAL - /var is full");
    assertThat(told().getFirst().incident()).isEqualTo(told().getLast().incident());
    assertThat(notes("disk")).containsExactly("problem TOLD", "recovery TOLD");
    assertThat(new AlertBook(store).open(OptionalLong.empty())).isEmpty();
    assertThat(world.woken).isPositive();
  }

  @Test
  void what_is_not_told_says_why() throws Exception {
    world.attempts = 3;
    result("disk", 2, "");
    result("disk", 2, "");
    assertThat(subjects()).isEmpty();
    assertThat(new AlertBook(store).open(OptionalLong.empty()).getFirst().standing().gate())
        .isEqualTo("SOFT");
    result("disk", 0, "");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem SOFT", "recovery NO_PROBLEM");
  }

  @Test
  void a_restart_tells_nothing_twice_and_forgets_nothing() throws Exception {
    result("disk", 2, "full");
    restart();
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    restart();
    result("disk", 0, "");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
  }

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
  void silences_and_acknowledgements_count_at_once() throws Exception {
    var silences = new Silences(store);
    var silence =
        silences.add(
            new Silence(
                0,
                false,
                Target.ALL,
                List.of("disk"),
                now.get(),
                Long.MAX_VALUE,
                true,
                0,
                0,
                Period.ALWAYS,
                "ann",
                "work"),
            now.get());
    intake.lookAgain();
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem DOWNTIME");
    now.addAndGet(MINUTE);
    result("disk", 0, "");
    // It was to last until all is well.
    assertThat(silences.since(0).getFirst().end()).isEqualTo(now.get());
    assertThat(silences.since(0).getFirst().number()).isEqualTo(silence.number());
    now.addAndGet(MINUTE);
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    var check = new Checks(store).find(WEB, "disk").orElseThrow();
    silences.acknowledge(check.number(), new Acknowledgement(2, false, "ann", "on it", now.get()));
    intake.lookAgain();
    awaitGate("ACKNOWLEDGED");
    result("disk", 0, "");
    assertThat(silences.acknowledgements()).isEmpty();
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void a_value_that_a_rule_watches_is_told() throws Exception {
    world.rules(
        "{'alerts': [{'name': 'hot', 'metric': 'temp', 'above': 70, 'lasting': '5m', 'tell': 'ops'}]}");
    result("sensors", 0, "OK|temp=65 fan=900");
    result("sensors", 0, "OK|temp=71.5");
    assertThat(subjects()).isEmpty();
    now.addAndGet(6 * MINUTE);
    result("sensors", 0, "OK|temp=72");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 sensors temp");
    assertThat(told().getFirst().first().output()).isEqualTo("temp is 71.5, above 70.0\n");
    result("sensors", 0, "OK|temp=70");
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void many_at_once_are_one_message() throws Exception {
    for (long agent = 100; agent < 140; agent++) {
      world.connected(agent, BEGIN);
    }
    var items = new ArrayList<Item>();
    for (int i = 0; i < 40; i++) {
      items.add(new Item.CheckResult("c" + i, now.get(), 1, 2, 2, "down", "plan"));
    }
    intake.submit(WEB, new ToHub.Results("f", 1, items)).join();
    assertThat(subjects()).containsExactly("CRITICAL: 40 at once, first agent7 c0");
    items.replaceAll(
        item ->
            new Item.CheckResult(
                ((Item.CheckResult) item).check(), now.get() + 1, 1, 0, 0, "", "plan"));
    intake.submit(WEB, new ToHub.Results("f", 41, items)).join();
    assertThat(subjects()).hasSize(2);
    assertThat(subjects().getLast()).startsWith("all well again: ");
  }

  @Test
  void no_agent_speaks_for_the_hub() throws Exception {
    result("@agent", 2, "I am gone");
    assertThat(new Checks(store).find(WEB, "@agent")).isEmpty();
    assertThat(new Checks(store).find(WEB, "_@agent")).isPresent();
  }

  @Test
  void nobody_is_told_while_all_is_off_and_then_they_are() throws Exception {
    world.off = true;
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem OFF");
    world.off = false;
    intake.lookAgain();
    awaitTold("CRITICAL: agent7 disk");
  }

  @Test
  void who_was_told_learns_of_the_end_though_the_rule_is_gone() throws Exception {
    result("disk", 2, "full");
    world.rules("{'alerts': [{'name': 'other', 'checks': 'x', 'tell': 'boss'}]}");
    intake.lookAgain();
    awaitGate("GONE");
    result("disk", 1, "nearly full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    restart();
    result("disk", 0, "");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
    assertThat(new AlertBook(store).open(OptionalLong.empty())).isEmpty();
  }

  @Test
  void a_rule_that_comes_back_tells_nothing_again() throws Exception {
    result("disk", 2, "full");
    world.rules("{'alerts': [{'name': 'other', 'checks': 'x', 'tell': 'boss'}]}");
    result("disk", 2, "full");
    world.rules(ALL);
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
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
  void a_value_whose_rule_is_gone_is_in_trouble_no_more() throws Exception {
    world.rules("{'alerts': [{'name': 'hot', 'metric': 'temp', 'above': 70, 'tell': 'ops'}]}");
    result("sensors", 0, "OK|temp=71");
    world.rules(ALL);
    later(1);
    awaitTold("CRITICAL: agent7 sensors temp", "OK again: agent7 sensors temp");
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

  @Test
  void a_mistake_in_what_is_told_keeps_no_result_out() throws Exception {
    world.failing = true;
    result("disk", 2, "full");
    assertThat(new Checks(store).find(WEB, "disk").orElseThrow().state().status()).isEqualTo(2);
    world.failing = false;
    world.broken = true;
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    world.broken = false;
    result("disk", 2, "full");
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
    later(600);
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
