package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.Check;
import io.happo.hub.fleet.Rollout.State;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Also what the store has no part in: who gets which checks, and when a rollout goes on. */
final class SqlitePlanBookTest extends PlanBookContract {
  @Override
  Store open(Path data) {
    return Store.open(data, "");
  }

  @Test
  void agents_get_the_checks_that_are_meant_for_their_tags() throws Exception {
    var web = test.member("web", Map.of("role", "web"));
    var db = test.member("db", Map.of("role", "db"));
    var applied =
        plans.apply(
            TestFleet.plan(
                """
                {'checks': [
                  {'name': 'all', 'plugin': 'check_a', 'every': '1m'},
                  {'name': 'web', 'plugin': 'check_w', 'every': '1m', 'for': {'tags': {'role': 'web'}}},
                  {'name': 'not', 'plugin': 'check_n', 'every': '1m', 'not-for': {'tags': {'role': 'w*'}}},
                  {'name': 'lost', 'plugin': 'check_l', 'every': '1m', 'for': {'tags': {'role': 'wbe'}}}
                ]}
                """),
            "ada",
            "",
            100);
    assertThat(applied.unmatched()).containsExactly("lost");
    assertThat(wanted(web).plan().checks()).extracting(Check::name).containsExactly("all", "web");
    assertThat(wanted(db).plan().checks()).extracting(Check::name).containsExactly("all", "not");
    test.fleet.tag(web, Map.of("role", "wbe"));
    assertThat(wanted(web).plan().checks()).extracting(Check::name).containsExactly("all", "lost");
    test.fleet.tag(web, Map.of("role", ""));
    assertThat(wanted(web).plan().checks()).extracting(Check::name).containsExactly("all", "not");
  }

  @Test
  void a_check_that_an_agent_cannot_run_is_left_out_and_said() throws Exception {
    var web = test.member("web", Map.of());
    plans.apply(
        TestFleet.plan(
            """
            {'checks': [
              {'name': 'a', 'plugin': 'check_a', 'every': '1m'},
              {'name': 'b', 'plugin': 'check_b -w {{tags.warn}}', 'every': '1m'}
            ]}
            """),
        "ada",
        "",
        100);
    assertThat(wanted(web).plan().checks()).extracting(Check::name).containsExactly("a");
    assertThat(web.planProblems()).singleElement().asString().startsWith("b.");
    test.fleet.tag(web, Map.of("warn", "5"));
    assertThat(wanted(web).plan().checks()).hasSize(2);
    assertThat(web.planProblems()).isEmpty();
  }

  @Test
  void agents_that_are_away_do_not_hold_a_rollout_up() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    var first = ofTheShare(members, true);
    for (var member : first.subList(1, first.size())) {
      test.fleet.present(member, Presence.Kind.LOST);
    }
    assertThat(applied(first.getFirst())).isTrue();
    assertThat(plans.rollout().state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void going_back_ends_a_rollout_for_all() throws Exception {
    var good = apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    failed(ofTheShare(members, true).getFirst());
    plans.apply(plans.files(good.version()).orElseThrow(), "ada", "back", 100);
    assertThat(plans.rollout().state()).isEqualTo(State.COMPLETE);
    assertThat(members).allSatisfy(member -> assertThat(line(member)).isEqualTo("check_a"));
  }

  @Test
  void a_failure_of_another_plan_halts_nothing() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    var late = ofTheShare(members, true).getFirst();
    plans.reported(late, new PlanStatus("0".repeat(64), false, List.of("of the plan before")));
    assertThat(plans.rollout().state()).isEqualTo(State.ROLLING);
  }

  @Test
  void an_agent_that_could_not_apply_a_plan_does_not_count_as_if_it_had() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    var first = ofTheShare(members, true);
    failed(first.getFirst());
    // Another version of the plan, with the same for this agent.
    plans.apply(
        TestFleet.plan(
            """
            {'checks': [
              {'name': 'load', 'plugin': 'check_b', 'every': '1m'},
              {'name': 'more', 'plugin': 'check_m', 'every': '1m', 'not-for': {'agents': '%s'}}
            ]}
            """
                .formatted(first.getFirst().name())),
        "ada",
        "",
        99);
    assertThat(plans.rollout().isOfTheShare(first.getFirst().id())).isTrue();
    for (var member : members) {
      if (!member.equals(first.getFirst())) {
        assertThat(applied(member)).isFalse();
      }
    }
    assertThat(plans.rollout().state()).isEqualTo(State.ROLLING);
  }

  @Test
  void a_share_holds_at_least_one_agent_whose_plan_changes() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    test.fleet.tag(members.getFirst(), Map.of("role", "db"));
    test.fleet.tag(members.get(1), Map.of("role", "db"));
    plans.apply(
        TestFleet.plan(
            """
            {'checks': [
              {'name': 'load', 'plugin': 'check_a', 'every': '1m'},
              {'name': 'db', 'plugin': 'check_d', 'every': '1m', 'for': {'tags': {'role': 'db'}}}
            ]}
            """),
        "ada",
        "",
        1);
    var changed =
        members.subList(0, 2).stream()
            .filter(member -> wanted(member).plan().checks().size() == 2)
            .toList();
    assertThat(changed).as("who tries it").isNotEmpty();
    assertThat(plans.rollout().state()).isEqualTo(State.ROLLING);
    changed.forEach(this::applied);
    assertThat(plans.rollout().state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void a_version_that_changes_nothing_for_anybody_waits_for_nobody() throws Exception {
    apply("check_a", 100);
    connected(3);
    plans.apply(
        TestFleet.plan(
            """
            {'checks': [
              {'name': 'load', 'plugin': 'check_a', 'every': '1m'},
              {'name': 'db', 'plugin': 'check_d', 'every': '1m', 'for': {'tags': {'role': 'db'}}}
            ]}
            """),
        "ada",
        "",
        1);
    assertThat(plans.rollout().state()).isEqualTo(State.COMPLETE);
  }
}
