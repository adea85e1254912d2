package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.Subject;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Troubles;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rules about values that no check measures, and about many together, with every engine. */
abstract class ValuesContract extends WatchFixture {
  private long delivered;

  /** So an agent measures something now. */
  void metric(long agent, String name, double value) throws InterruptedException {
    metric(agent, "", name, value, now.get());
  }

  void metric(long agent, String host, String name, double value, long time)
      throws InterruptedException {
    var batch = new MetricBatch(host, time / 1_000, new TreeMap<>(Map.of(name, value)));
    var items = List.<Item>of(new Item.Metrics(batch));
    intake.submit(agent, new ToHub.Results("m", ++delivered, items)).join();
  }

  void rule(String members) {
    world.rules("{'alerts': [{'name': 'r', 'tell': 'ops', " + members + "}]}");
  }

  List<String> texts() {
    return told().stream().map(notice -> notice.first().firstLine()).toList();
  }

  /** Agents that measure the same, and the time until they are judged together. */
  void groupOf(long... agents) throws InterruptedException {
    for (long agent : agents) {
      world.connected(agent, BEGIN);
    }
    for (int minute = 0; minute < 7; minute++) {
      for (long agent : agents) {
        metric(agent, "mem", 50);
      }
      later(1);
    }
  }

  @Test
  void a_metric_of_no_check_is_watched_by_name_and_tags() throws Exception {
    rule("'metric': 'disk.used;mount=/', 'above': 90");
    metric(WEB, "disk.used;mount=/var", 99);
    metric(WEB, "disk.used;dev=sda;mount=/", 90);
    assertThat(subjects()).isEmpty();
    metric(WEB, "disk.used;dev=sda;mount=/", 93.2);
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk.used;dev=sda;mount=/");
    assertThat(texts()).containsExactly("disk.used;dev=sda;mount=/ is 93.2, above 90");
    metric(WEB, "disk.used;dev=sda;mount=/", 80);
    assertThat(subjects()).hasSize(2).endsWith("OK again: agent7 disk.used;dev=sda;mount=/");
  }

  @Test
  void a_rule_of_a_name_is_about_checks_and_about_other_metrics() throws Exception {
    rule("'metric': 'temp', 'above': 70");
    metric(WEB, "temp", 71);
    result("sensors", 0, "OK|temp=72");
    assertThat(subjects())
        .containsExactly("CRITICAL: agent7 temp", "CRITICAL: agent7 sensors temp");
    rule("'metric': 'temp', 'checks': 'sensors', 'above': 70");
    metric(OTHER, "temp", 75);
    assertThat(subjects()).filteredOn(subject -> subject.contains("agent8")).isEmpty();
  }

  @Test
  void another_host_than_the_agents_own_is_told_apart() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "host7", "load", 6, now.get());
    metric(WEB, "db9", "load", 7, now.get());
    assertThat(subjects()).containsExactly("CRITICAL: agent7 load", "CRITICAL: agent7 load of db9");
    metric(WEB, "db9", "load", 1, now.get() + 1_000);
    assertThat(subjects()).hasSize(3).endsWith("OK again: agent7 load of db9");
  }

  @Test
  void what_is_older_than_the_newest_changes_nothing() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "", "load", 1, now.get());
    metric(WEB, "", "load", 9, now.get() - MINUTE);
    assertThat(subjects()).isEmpty();
    metric(WEB, "", "load", 9, now.get() + 100 * MINUTE); // Its clock is wrong.
    metric(WEB, "", "load", 1, now.get());
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void a_trouble_has_to_last_and_says_what_it_is_when_it_is_told() throws Exception {
    rule("'metric': 'load', 'above': 5, 'lasting': '5m'");
    metric(WEB, "load", 6);
    now.addAndGet(6 * MINUTE);
    metric(WEB, "load", 8);
    assertThat(texts()).containsExactly("load is 8, above 5 for 6m");
  }

  @Test
  void values_of_checks_that_change_are_told() throws Exception {
    rule("'metric': 'used', 'rises-by': 20, 'within': '1h'");
    result("disk", 0, "OK|used=40");
    now.addAndGet(30 * MINUTE);
    result("disk", 0, "OK|used=61");
    assertThat(texts()).containsExactly("used is 61, risen by 21 from 40, 20 or more within 1h");
    now.addAndGet(40 * MINUTE);
    result("disk", 0, "OK|used=62");
    assertThat(subjects()).hasSize(2).endsWith("OK again: agent7 disk used");
  }

  @Test
  void a_trouble_ends_over_a_restart() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "load", 6);
    restart();
    metric(WEB, "load", 6);
    now.addAndGet(MINUTE);
    metric(WEB, "load", 4);
    assertThat(subjects()).containsExactly("CRITICAL: agent7 load", "OK again: agent7 load");
  }

  @Test
  void what_does_not_come_any_more_is_in_trouble_no_more() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "load", 6);
    later(1);
    metric(WEB, "load", 6);
    later(4);
    assertThat(subjects()).hasSize(1);
    later(2);
    awaitTold("CRITICAL: agent7 load", "OK again: agent7 load");
    assertThat(texts().getLast()).isEqualTo("it does not come any more");
  }

  @Test
  void what_a_rule_says_is_absent_is_told_once_it_has_come() throws Exception {
    rule("'metric': 'backup.*', 'absent': '10m'");
    metric(WEB, "backup.size", 6);
    later(9);
    assertThat(subjects()).isEmpty();
    later(2);
    awaitTold("CRITICAL: agent7 backup.size");
    assertThat(texts()).containsExactly("backup.size is absent for 10m");
    restart();
    later(5);
    assertThat(subjects()).hasSize(1);
    metric(WEB, "backup.size", 7);
    awaitTold("CRITICAL: agent7 backup.size", "OK again: agent7 backup.size");
    assertThat(texts().getLast()).isEqualTo("backup.size is 7, it is there again");
  }

  @Test
  void nothing_is_absent_while_its_agent_is_away_or_its_check_is_gone() throws Exception {
    rule("'metric': '*', 'absent': '10m'");
    metric(WEB, "load", 6);
    result("disk", 0, "OK|used=40");
    world.removed.add("disk");
    world.lost(WEB, now.get());
    later(15);
    world.connected(WEB, now.get());
    later(9);
    assertThat(subjects()).isEmpty();
    later(6);
    awaitTold("CRITICAL: agent7 load");
  }

  @Test
  void a_failure_keeps_nothing_from_being_absent() throws Exception {
    rule("'metric': 'load', 'absent': '10m'");
    metric(WEB, "load", 6);
    later(6);
    world.failing = true;
    result("disk", 2, "full");
    world.failing = false;
    later(5);
    awaitTold("CRITICAL: agent7 load");
  }

  @Test
  void a_rule_that_goes_while_something_fails_watches_no_more() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "load", 1);
    world.failing = true;
    result("disk", 2, "full");
    world.failing = false;
    world.rules = List.of();
    metric(WEB, "load", 6);
    later(1);
    assertThat(subjects()).isEmpty();
    assertThat(new Checks(store).find(WEB, "@metric/r//load")).isEmpty();
  }

  @Test
  void the_average_of_many_is_told_as_one() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'avg', 'above': 70");
    groupOf(11, 12, 13);
    metric(11, "mem", 95);
    later(1);
    assertThat(subjects()).isEmpty();
    metric(12, "mem", 95);
    later(1);
    awaitTold("CRITICAL: r");
    assertThat(told().getFirst().first().agent()).isEqualTo("@hub");
    assertThat(texts()).containsExactly("avg of mem of 3 agents is 80, above 70");
    assertThat(new Troubles(store).some(OptionalInt.empty(), "", 0, 10))
        .extracting(trouble -> trouble.subject().title())
        .containsExactly("r");
    metric(12, "mem", 10);
    metric(11, "mem", 10);
    later(1);
    awaitTold("CRITICAL: r", "OK again: r");
  }

  @Test
  void each_value_of_a_tag_is_a_group() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'max', 'by': 'site', 'above': 90");
    world.tags.put(11L, Map.of("site", "fra"));
    world.tags.put(12L, Map.of("site", "ams"));
    groupOf(11, 12, 13);
    metric(11, "mem", 95);
    metric(13, "mem", 95);
    later(1);
    awaitTold("CRITICAL: r site=fra");
    // Who has another tag is in another group.
    world.tags.put(11L, Map.of("site", "ams"));
    metric(11, "mem", 95);
    later(1);
    awaitTold("CRITICAL: r site=fra", "CRITICAL: r site=ams", "OK again: r site=fra");
    assertThat(texts().getLast()).isEqualTo("nobody measures it any more");
  }

  @Test
  void those_that_are_silent_count_no_more_and_the_last_says_nothing() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'avg', 'above': 60");
    groupOf(11, 12);
    for (int minute = 0; minute < 7; minute++) {
      metric(11, "mem", 65);
      later(1);
    }
    awaitTold("CRITICAL: r");
    assertThat(texts()).containsExactly("avg of mem of 1 agent is 65, above 60");
    later(20);
    assertThat(new Checks(store).find(Subject.HUB, "@group/r/").orElseThrow().state().status())
        .isEqualTo(2);
  }

  @Test
  void too_few_that_measure_are_told() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'count', 'below': 2");
    groupOf(11, 12);
    later(1);
    assertThat(subjects()).isEmpty();
    later(8);
    awaitTold("CRITICAL: r");
    assertThat(texts()).containsExactly("count of mem is 0, below 2");
  }

  @Test
  void a_group_of_which_nothing_comes_is_absent() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'max', 'absent': '5m'");
    groupOf(11, 12);
    world.lost(11, now.get());
    world.lost(12, now.get());
    later(6);
    awaitTold("CRITICAL: r");
    metric(12, "mem", 1);
    later(1);
    awaitTold("CRITICAL: r", "OK again: r");
  }

  @Test
  void a_group_is_not_judged_before_all_can_have_come() throws Exception {
    rule("'metric': 'mem', 'aggregate': 'count', 'below': 2");
    groupOf(11, 12);
    restart();
    metric(11, "mem", 1);
    later(5);
    metric(11, "mem", 1);
    metric(12, "mem", 1);
    later(3);
    assertThat(subjects()).isEmpty();
  }

  @Test
  void what_the_hub_measures_and_what_is_nobodys_is_watched_too() throws Exception {
    rule("'metric': 'happo.hub.*', 'above': 10");
    metric(Subject.HUB, "@hub", "happo.hub.waiting", 11, now.get());
    assertThat(subjects()).containsExactly("CRITICAL: @hub happo.hub.waiting");
  }

  @Test
  void a_rule_that_watches_something_else_ends_what_it_has_found() throws Exception {
    rule("'metric': 'load', 'above': 5");
    metric(WEB, "load", 6);
    rule("'metric': 'load', 'above': 4");
    metric(WEB, "load", 6);
    later(1);
    assertThat(subjects()).hasSize(1);
    rule("'metric': 'mem', 'above': 4");
    later(1);
    awaitTold("CRITICAL: agent7 load", "OK again: agent7 load");
    assertThat(texts().getLast()).isEqualTo("no rule watches it any more");
  }

  @Test
  void a_value_that_is_well_again_at_once_is_so() throws Exception {
    rule("'metric': 'used', 'above': 90");
    var items =
        List.<Item>of(
            new Item.CheckResult("disk", now.get(), 1, 0, 0, "OK|used=95", "plan"),
            new Item.CheckResult("disk", now.get() + 1, 1, 0, 0, "OK|used=20", "plan"));
    intake.submit(WEB, new ToHub.Results("f", 1, items)).join();
    assertThat(subjects()).isEmpty();
    now.addAndGet(MINUTE);
    result("disk", 0, "OK|used=95");
    assertThat(subjects()).hasSize(1);
  }
}
