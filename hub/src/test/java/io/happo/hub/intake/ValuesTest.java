package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import io.happo.core.Perfdata;
import io.happo.core.link.Item;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules about values say as days pass: silence, standstills, what comes late or at once. */
final class ValuesTest {
  private static final Duration STEP = Duration.ofSeconds(4);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final long WEB = 7;
  private static final long DEAD = 8;

  private final TestWorld world = new TestWorld();
  private final Map<Subject, Integer> status = new HashMap<>();
  private final List<String> said = new ArrayList<>();
  private final List<Long> since = new ArrayList<>();
  private long now = 1_800_000_000_000L;
  private long nanos = 5_000_000_000_000L;
  private final Values values = new Values(world, this::say, () -> nanos);

  /** As the hub takes it: what changes is written. */
  private void say(Subject subject, int is, String text, long time) {
    if (status.getOrDefault(subject, 0) != is) {
      status.put(subject, is);
      said.add(is + " " + text);
      since.add(time);
      later.add(() -> values.follow(subject, is != 0));
    }
  }

  private final List<Runnable> later = new ArrayList<>();

  private void look() {
    values.look(now);
    later.forEach(Runnable::run);
    later.clear();
  }

  private void rule(String members) {
    world.rules("{'alerts': [{'name': 'r', 'tell': 'ops', " + members + "}]}");
    world.connected(WEB, now);
    world.connected(DEAD, now);
    values.use(world.rules);
    look();
  }

  private void metric(long agent, double value) {
    metric(agent, value, now);
  }

  private void metric(long agent, double value, long time) {
    var batch = new MetricBatch("", time / 1_000, new TreeMap<>(Map.of("m", value)));
    values.measured(agent, new Item.Metrics(batch), now);
  }

  /** The writer does not stand still. */
  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= STEP.toMillis()) {
      standStill(STEP);
    }
  }

  private void standStill(Duration time) {
    nanos += time.toNanos();
    now += time.toMillis();
    look();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1d", "8d"})
  void what_is_absent_for_days_is_told_and_stays_so_until_it_comes(String absent) {
    rule("'metric': 'm', 'absent': '" + absent + "'");
    metric(WEB, 1);
    pass(Duration.parse("P" + absent.toUpperCase(Locale.ROOT)).plus(MINUTE));
    assertThat(said).containsExactly("2 m is absent for " + absent);
    pass(DAY.multipliedBy(8));
    assertThat(said).hasSize(1);
    metric(WEB, 1);
    assertThat(said).hasSize(2).endsWith("0 m is 1, it is there again");
  }

  @Test
  void many_that_are_absent_for_days_stay_so_until_one_comes_or_all_are_gone() {
    rule("'metric': 'm', 'aggregate': 'max', 'absent': '1d'");
    metric(WEB, 1);
    metric(DEAD, 1);
    pass(DAY.multipliedBy(9));
    assertThat(said).containsExactly("2 m is absent for 1d");
    metric(DEAD, 1);
    pass(MINUTE);
    assertThat(said).hasSize(2).endsWith("0 m comes again");
    pass(DAY.plus(MINUTE));
    world.agents.clear();
    pass(MINUTE);
    assertThat(said).hasSize(4).endsWith("0 nobody measures it any more");
  }

  @Test
  void too_few_are_too_few_for_more_than_a_week() {
    rule("'metric': 'm', 'aggregate': 'count', 'below': 2");
    metric(WEB, 1);
    metric(DEAD, 1);
    pass(DAY.multipliedBy(8));
    assertThat(said).containsExactly("2 count of m is 0, below 2");
    // Also when the hub starts anew, and none comes.
    values.restored();
    values.use(world.rules);
    values.follow(Subject.group("r", ""), true);
    pass(HOUR.multipliedBy(3));
    assertThat(said).hasSize(1);
  }

  @Test
  void too_many_end_when_none_comes_after_a_start() {
    rule("'metric': 'm', 'aggregate': 'count', 'above': 2");
    status.put(Subject.group("r", ""), 2);
    values.follow(Subject.group("r", ""), true);
    pass(HOUR.multipliedBy(2));
    assertThat(said).containsExactly("0 it does not come any more");
  }

  @Test
  void a_standstill_makes_no_dead_value_count_again() {
    rule("'metric': 'm', 'aggregate': 'max', 'above': 90");
    for (int minute = 0; minute < 60; minute++) {
      if (minute < 1) {
        metric(DEAD, 99);
      }
      metric(WEB, 10);
      pass(MINUTE);
    }
    assertThat(said).isEmpty();
    standStill(Duration.ofSeconds(6));
    metric(WEB, 10);
    pass(MINUTE);
    standStill(HOUR);
    metric(WEB, 10);
    pass(Duration.ofMinutes(7));
    assertThat(said).isEmpty();
  }

  @Test
  void after_a_long_standstill_those_that_left_have_time_to_come() {
    rule("'metric': 'm', 'aggregate': 'count', 'below': 2");
    for (int minute = 0; minute < 8; minute++) {
      metric(WEB, 1);
      metric(DEAD, 1);
      pass(MINUTE);
    }
    standStill(HOUR);
    metric(WEB, 1);
    pass(Duration.ofMinutes(5).plusSeconds(30));
    metric(DEAD, 1);
    metric(WEB, 1);
    pass(Duration.ofMinutes(2));
    assertThat(said).isEmpty();
  }

  @Test
  void standstills_keep_nothing_from_being_absent() {
    rule("'metric': 'm', 'absent': '1d'");
    metric(WEB, 1);
    pass(HOUR.multipliedBy(23));
    standStill(Duration.ofSeconds(6));
    pass(HOUR.minus(MINUTE));
    assertThat(said).isEmpty();
    pass(MINUTE.multipliedBy(2));
    assertThat(said).containsExactly("2 m is absent for 1d");
  }

  @Test
  void an_agent_that_comes_again_and_again_keeps_nothing_from_being_absent() {
    rule("'metric': 'm', 'absent': '1d'");
    metric(WEB, 1);
    pass(HOUR.multipliedBy(23));
    world.connected(WEB, now);
    pass(HOUR.multipliedBy(2));
    assertThat(said).containsExactly("2 m is absent for 1d");
  }

  @Test
  void an_agent_that_is_back_has_time_to_bring_what_was_to_come() {
    rule("'metric': 'm', 'absent': '20m'");
    metric(WEB, 1);
    pass(MINUTE.multipliedBy(8));
    world.lost(WEB, now);
    pass(HOUR);
    world.connected(WEB, now);
    pass(MINUTE.multipliedBy(11));
    assertThat(said).isEmpty();
    pass(MINUTE.multipliedBy(2));
    assertThat(said).containsExactly("2 m is absent for 20m");
  }

  @Test
  void an_agent_that_is_just_back_has_five_minutes() {
    rule("'metric': 'm', 'absent': '20m'");
    metric(WEB, 1);
    pass(MINUTE.multipliedBy(19));
    world.connected(WEB, now);
    pass(MINUTE.multipliedBy(4));
    assertThat(said).isEmpty();
    pass(MINUTE.multipliedBy(2));
    assertThat(said).hasSize(1);
  }

  @Test
  void a_check_that_is_to_run_again_is_not_missed_at_once() {
    rule("'metric': 'used', 'absent': '20m'");
    var disk = new Subject(WEB, "disk");
    values.begin(now);
    values.measured(disk, 0, Perfdata.of("OK|used=1"), now);
    pass(MINUTE.multipliedBy(21));
    assertThat(said).hasSize(1);
    world.removed.add("disk");
    pass(MINUTE);
    assertThat(said).hasSize(2).endsWith("0 its check is not run any more");
    pass(HOUR);
    world.removed.clear();
    pass(HOUR);
    assertThat(said).hasSize(2);
  }

  @Test
  void a_trouble_of_an_agent_that_was_away_does_not_end_when_it_is_back() {
    rule("'metric': 'm', 'above': 5");
    for (int minute = 0; minute < 5; minute++) {
      metric(WEB, 9);
      pass(MINUTE);
    }
    world.lost(WEB, now);
    pass(HOUR);
    world.connected(WEB, now);
    pass(MINUTE.multipliedBy(4));
    assertThat(said).hasSize(1);
    pass(MINUTE.multipliedBy(2));
    assertThat(said).hasSize(2).endsWith("0 it does not come any more");
  }

  @Test
  void a_failure_forgets_nothing_that_is_watched() {
    rule("'metric': 'm', 'absent': '30m'");
    metric(WEB, 1);
    pass(MINUTE.multipliedBy(20));
    values.forget();
    values.use(world.rules);
    pass(MINUTE.multipliedBy(11));
    assertThat(said).containsExactly("2 m is absent for 30m");
  }

  @Test
  void nothing_is_missed_while_nothing_can_be_stored() {
    rule("'metric': 'm', 'absent': '5m'");
    metric(WEB, 1);
    for (int attempt = 0; attempt < 100; attempt++) {
      values.forget();
      values.use(world.rules);
      pass(STEP);
    }
    assertThat(said).isEmpty();
  }

  @Test
  void after_a_restore_agents_are_other_ones() {
    rule("'metric': 'm', 'absent': '30m'");
    metric(WEB, 1);
    values.restored();
    values.use(world.rules);
    pass(HOUR);
    assertThat(said).isEmpty();
  }

  // ---- What comes late

  /** What was measured in the last minutes, one a minute, all at once. */
  private void replay(long agent, int minutes, int troubleFrom, int troubleTo) {
    for (int ago = minutes; ago >= 0; ago--) {
      metric(agent, ago <= troubleFrom && ago >= troubleTo ? 9 : 1, now - ago * 60_000L);
      look();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'aggregate': 'max', "})
  void what_was_a_trouble_hours_ago_is_none_when_it_comes(String aggregate) {
    rule(aggregate + "'metric': 'm', 'above': 5");
    metric(Subject.HUB, 1);
    pass(HOUR.multipliedBy(3));
    replay(Subject.HUB, 180, 120, 110);
    pass(MINUTE);
    assertThat(said).isEmpty();
    pass(HOUR.multipliedBy(3));
    replay(Subject.HUB, 180, 60, 0);
    pass(MINUTE);
    assertThat(said).hasSize(1);
    assertThat(since.getFirst()).isGreaterThan(now - 4 * 60_000);
  }

  @Test
  void a_replay_that_takes_minutes_is_not_judged_before_its_end() {
    rule("'metric': 'm', 'above': 5");
    for (int ago = 180; ago >= 3; ago--) {
      metric(Subject.HUB, ago > 90 && ago < 170 ? 9 : 1, now - ago * 60_000L);
      pass(STEP);
    }
    assertThat(said).isEmpty();
  }

  @Test
  void what_comes_late_and_is_the_last_counts_from_then_on() {
    rule("'metric': 'm', 'above': 5");
    metric(Subject.HUB, 9, now - HOUR.toMillis());
    pass(MINUTE);
    assertThat(said).containsExactly("2 m is 9, above 5");
    assertThat(since.getFirst()).isGreaterThan(now - 60_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 60, 300})
  void what_always_comes_late_is_judged_all_the_same(int everySeconds) {
    rule("'metric': 'm', 'above': 5");
    var every = Duration.ofSeconds(everySeconds);
    for (int i = 0; i < 20; i++) {
      metric(WEB, 1, now - HOUR.toMillis());
      pass(every);
    }
    metric(WEB, 9, now - HOUR.toMillis());
    for (int i = 0; i < 8; i++) {
      pass(every);
      metric(WEB, 9, now - HOUR.toMillis());
    }
    assertThat(said).containsExactly("2 m is 9, above 5");
    for (int i = 0; i < 8; i++) {
      metric(WEB, 1, now - HOUR.toMillis());
      pass(every);
    }
    assertThat(said).hasSize(2);
  }

  @Test
  void a_trouble_whose_values_are_replayed_for_long_goes_on() {
    rule("'metric': 'm', 'above': 5");
    for (int minute = 0; minute < 3; minute++) {
      metric(WEB, 9);
      pass(MINUTE);
    }
    world.lost(WEB, now);
    pass(HOUR.multipliedBy(3));
    world.connected(WEB, now);
    for (int ago = 180; ago >= 0; ago--) {
      metric(WEB, 9, now - ago * 60_000L);
      pass(STEP);
    }
    assertThat(said).hasSize(1);
  }

  // ---- How often it comes

  private void burst(long agent, double value) {
    for (int ago = 55; ago >= 0; ago -= 5) {
      metric(agent, value, now - ago * 60_000L);
      nanos += 100_000;
    }
  }

  @Test
  void a_trouble_whose_values_come_at_once_each_hour_does_not_end_in_between() {
    rule("'metric': 'm', 'above': 5");
    for (int hour = 0; hour < 8; hour++) {
      burst(WEB, 9);
      pass(HOUR);
    }
    assertThat(said).hasSize(1);
    pass(HOUR.multipliedBy(3));
    assertThat(said).hasSize(2).endsWith("0 it does not come any more");
  }

  @Test
  void values_that_come_at_once_each_hour_count_among_others_all_the_time() {
    rule("'metric': 'm', 'aggregate': 'count', 'below': 2");
    for (int hour = 0; hour < 8; hour++) {
      if (hour == 2) {
        said.clear();
      }
      burst(WEB, 1);
      burst(DEAD, 1);
      pass(HOUR);
    }
    assertThat(said).hasSizeLessThan(2).doesNotContain("2 count of m is 0, below 2");
  }

  @Test
  void an_outage_is_no_usual_distance() {
    rule("'metric': 'm', 'above': 5");
    for (int minute = 0; minute < 10; minute++) {
      metric(WEB, 1);
      pass(MINUTE);
    }
    pass(DAY);
    metric(WEB, 9);
    pass(MINUTE.multipliedBy(14));
    assertThat(said).hasSize(1);
    pass(MINUTE.multipliedBy(2));
    assertThat(said).hasSize(2).endsWith("0 it does not come any more");
  }

  // ---- Limits

  @Test
  void that_too_much_is_watched_is_told_once_until_there_is_room_again() {
    var room = new Watching.Room();
    assertThat(room.isNews()).isTrue();
    room.look();
    room.left = 1; // And taken again at once.
    room.look();
    assertThat(room.isNews()).isFalse();
    room.left = Values.MOST / 10;
    room.look();
    assertThat(room.isNews()).isTrue();
  }
}
