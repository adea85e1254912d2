package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.link.ToHub.PlanStatus;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Work;
import io.happo.hub.fleet.Rollout.State;
import io.happo.hub.store.Plans;
import io.happo.hub.store.Store;
import io.happo.program.keys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of plans with every engine of the store. */
abstract class PlanBookContract {
  static final int SHARE = 40;

  @TempDir Path folder;
  TestFleet test;
  PlanBook plans;

  /** An empty one. */
  abstract Store open(Path data) throws Exception;

  @BeforeEach
  void start() throws Exception {
    test = new TestFleet(open(folder), folder);
    plans = test.plans;
  }

  @AfterEach
  void stop() {
    test.store.close();
  }

  Applied apply(String commandLine, int share) throws Exception {
    return plans.apply(TestFleet.planOf(commandLine), "ada", "because", share);
  }

  PlanDocument wanted(Member member) {
    return plans.wanted(member).orElseThrow();
  }

  /** The command line of the only check that an agent is to run. */
  String line(Member member) {
    var check = wanted(member).plan().checks().getFirst();
    return ((Work.Plugin) check.work()).commandLine();
  }

  boolean applied(Member member) {
    return plans.reported(member, new PlanStatus(wanted(member).hash(), true, List.of()));
  }

  boolean failed(Member member) {
    return plans.reported(member, new PlanStatus(wanted(member).hash(), false, List.of("no x")));
  }

  /** Agents that are connected and have said that they run the plan of now. */
  List<Member> connected(int count) throws Exception {
    var members = new ArrayList<Member>();
    for (int i = 0; i < count; i++) {
      var member = test.member("m" + i, Map.of());
      test.fleet.present(member, Presence.Kind.CONNECTED);
      applied(member);
      members.add(member);
    }
    return members;
  }

  /** Those of the agents that are of the share, or those that are not. */
  List<Member> ofTheShare(List<Member> members, boolean wanted) {
    var found =
        members.stream()
            .filter(member -> plans.rollout().isOfTheShare(member.id()) == wanted)
            .toList();
    assertThat(found).hasSizeGreaterThan(1);
    return found;
  }

  @Test
  void a_plan_is_a_version_and_the_same_plan_is_none() throws Exception {
    var member = test.member("web", Map.of());
    assertThat(wanted(member).plan().checks()).isEmpty();
    var first = apply("check_a", 100);
    assertThat(first.changes()).isNotEmpty();
    assertThat(apply("check_a", 100))
        .isEqualTo(
            new Applied(
                first.version(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new TreeSet<>(),
                List.of()));
    var second = apply("check_b", 100);
    assertThat(second.version()).isGreaterThan(first.version());
    assertThat(line(member)).isEqualTo("check_b");
    assertThat(plans.versions())
        .extracting(Plans.Version::number)
        .containsExactly(second.version(), first.version());
    assertThat(plans.versions().getFirst())
        .satisfies(
            version -> {
              assertThat(version.author()).isEqualTo("ada");
              assertThat(version.comment()).isEqualTo("because");
              assertThat(version.createdAt()).isEqualTo(TestFleet.NOW);
            });
    assertThat(plans.files(first.version())).hasValue(TestFleet.planOf("check_a"));
    assertThat(plans.files(0)).hasValue(TestFleet.planOf("check_b"));
    assertThat(plans.files(first.version() + 100)).isEmpty();
  }

  @Test
  void going_back_is_a_version_of_its_own() throws Exception {
    var member = test.member("web", Map.of());
    var first = apply("check_a", 100);
    var second = apply("check_b", 100);
    var back = plans.apply(plans.files(first.version()).orElseThrow(), "ada", "back", 100);
    assertThat(back.version()).isGreaterThan(second.version());
    assertThat(line(member)).isEqualTo("check_a");
  }

  @Test
  void what_would_change_is_told_and_nothing_is_changed() throws Exception {
    var member = test.member("web", Map.of());
    var before = apply("check_a", 100);
    assertThat(plans.compare(TestFleet.planOf("check_b")))
        .satisfies(
            compared -> {
              assertThat(compared.version()).isEqualTo(before.version());
              assertThat(compared.changes())
                  .singleElement()
                  .satisfies(
                      change ->
                          assertThat(change.before() + " to " + change.after())
                              .isEqualTo("check_a to check_b"));
            });
    assertThatThrownBy(() -> plans.apply(TestFleet.plan("{'checks': [{}]}"), "ada", "", 100))
        .isInstanceOf(BadPlanException.class);
    assertThat(line(member)).isEqualTo("check_a");
    assertThat(plans.versions()).hasSize(1);
  }

  @Test
  void of_two_who_change_the_plan_at_once_the_second_is_told() throws Exception {
    apply("check_a", 100);
    var other = test.openPlans();
    apply("check_b", 100);
    assertThatThrownBy(() -> other.apply(TestFleet.planOf("check_c"), "bob", "", 100))
        .isInstanceOf(PlanBook.ChangedMeanwhileException.class)
        .hasMessageContaining("look at it and try again");
    assertThat(plans.files(0)).hasValue(TestFleet.planOf("check_b"));
  }

  @Test
  void what_was_made_from_an_older_version_is_refused_and_changes_nothing() throws Exception {
    assertThat(plans.apply(TestFleet.planOf("check_a"), "ada", "", 100, OptionalLong.of(0)))
        .isNotNull();
    long first = plans.rollout().version();
    long second = apply("check_b", 100).version();
    var files = TestFleet.planOf("check_c");
    assertThatThrownBy(() -> plans.apply(files, "bob", "", 100, OptionalLong.of(first)))
        .isInstanceOf(PlanBook.ChangedMeanwhileException.class)
        .hasMessage(
            "the plan was changed by ada meanwhile: this was made from version %d, and %d is the"
                + " newest; look at that and try again",
            first, second);
    assertThatThrownBy(() -> plans.compare(files, OptionalLong.of(first)))
        .isInstanceOf(PlanBook.ChangedMeanwhileException.class);
    assertThatThrownBy(
            () -> plans.apply(TestFleet.planOf("check_b"), "bob", "", 100, OptionalLong.of(0)))
        .as("though it would change nothing")
        .isInstanceOf(PlanBook.ChangedMeanwhileException.class);
    assertThat(plans.files(0)).hasValue(TestFleet.planOf("check_b"));
    assertThat(plans.apply(files, "bob", "", 100, OptionalLong.of(second)).version())
        .isGreaterThan(second);
  }

  @Test
  void of_many_who_change_the_same_version_at_once_one_does() throws Exception {
    long base = apply("check_a", 100).version();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tries = new ArrayList<Callable<Long>>();
      for (int i = 0; i < 8; i++) {
        var files = TestFleet.planOf("check_a" + i);
        tries.add(() -> plans.apply(files, "ada", "", 100, OptionalLong.of(base)).version());
      }
      assertThat(threads.invokeAll(tries))
          .filteredOn(one -> one.state() == Future.State.SUCCESS)
          .hasSize(1);
    }
    assertThat(plans.versions()).hasSize(2);
  }

  @Test
  void who_runs_what_changes_is_told_with_the_first_names() throws Exception {
    for (var name : List.of("w7", "w6", "w5", "w4", "w3", "w2", "w1")) {
      test.member(name, Map.of("role", "web"));
    }
    test.member("db1", Map.of("role", "db"));
    test.fleet.left(test.member("gone", Map.of("role", "web")));
    var one =
        "{'checks': [{'name': 'a', 'plugin': 'x', 'every': '1m', 'for': {'tags': {'role': 'web'}}},";
    var first =
        plans.apply(
            TestFleet.plan(one + "{'name': 'b', 'plugin': 'x', 'every': '1m'}]}"), "ada", "", 100);
    assertThat(first.reach())
        .containsExactly(
            new Reach("a", 7, List.of("w1", "w2", "w3", "w4", "w5")),
            new Reach("b", 8, List.of("db1", "w1", "w2", "w3", "w4")));
    var second =
        plans.compare(
            TestFleet.plan(
                one
                    + "{'name': 'c', 'plugin': 'x', 'every': '1m', 'for': {'tags': {'role': 'db'}}},"
                    + "{'name': 'd', 'plugin': 'x', 'every': '1m', 'for': {'agents': 'no'}}],"
                    + "'alerts': [{'name': 'c', 'tell': 'ops'}]}"));
    assertThat(second.reach())
        .as("not of those that are as they were or are gone")
        .containsExactly(new Reach("c", 1, List.of("db1")), new Reach("d", 0, List.of()));
  }

  @Test
  void scripts_are_signed_by_the_hub_and_kept_for_agents() throws Exception {
    var text = "#!/bin/sh\necho ok\n";
    plans.apply(
        TestFleet.plan(
            """
            {'scripts': {'look.sh': '#!/bin/sh\\necho ok\\n'},
             'checks': [{'name': 'a', 'script': 'look.sh', 'every': '1m'}]}
            """),
        "ada",
        "",
        100);
    var bundle = wanted(test.member("web", Map.of())).plan().bundles().getFirst();
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(bundle.name()).isEqualTo("look.sh");
    assertThat(plans.content(bundle.sha256())).hasValue(bytes);
    var key = Base64.getDecoder().decode(test.signing.publicKey());
    var signature = Base64.getDecoder().decode(bundle.signature());
    assertThat(SigningKey.isSigned(key, bytes, signature)).isTrue();
    assertThat(plans.sign(text)).isEqualTo(bundle.signature());
    assertThat(plans.content("0".repeat(64))).isEmpty();
  }

  @Test
  void attempts_are_those_of_the_newest_version() throws Exception {
    assertThat(plans.maxAttempts("load")).isEqualTo(3);
    plans.apply(
        TestFleet.plan(
            "{'checks': [{'name': 'load', 'plugin': 'x', 'every': '1m', 'attempts': 7}]}"),
        "ada",
        "",
        100);
    assertThat(plans.maxAttempts("load")).isEqualTo(7);
    assertThat(test.openPlans().maxAttempts("load")).isEqualTo(7);
    apply("x", 100);
    assertThat(plans.maxAttempts("load")).isEqualTo(3);
  }

  @Test
  void a_share_gets_a_version_first_and_the_others_follow_when_it_is_applied() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    var first = ofTheShare(members, true);
    var others = ofTheShare(members, false);
    assertThat(first).allSatisfy(member -> assertThat(line(member)).isEqualTo("check_b"));
    assertThat(others).allSatisfy(member -> assertThat(line(member)).isEqualTo("check_a"));
    assertThat(test.openPlans().rollout()).isEqualTo(plans.rollout());

    for (var member : first.subList(1, first.size())) {
      assertThat(applied(member)).isFalse();
    }
    assertThat(applied(others.getFirst())).as("others do not count").isFalse();
    assertThat(plans.rollout().state()).isEqualTo(State.ROLLING);
    assertThat(applied(first.getFirst())).isTrue();
    assertThat(plans.rollout().state()).isEqualTo(State.COMPLETE);
    assertThat(members).allSatisfy(member -> assertThat(line(member)).isEqualTo("check_b"));
    assertThat(test.openPlans().rollout().state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void a_failure_halts_a_rollout_until_there_is_another_version() throws Exception {
    apply("check_a", 100);
    var members = connected(16);
    apply("check_b", SHARE);
    var first = ofTheShare(members, true);
    var others = ofTheShare(members, false);
    assertThat(failed(first.getFirst())).isFalse();
    assertThat(plans.rollout().state()).isEqualTo(State.HALTED);
    for (var member : first.subList(1, first.size())) {
      assertThat(applied(member)).isFalse();
    }
    assertThat(plans.rollout().state()).isEqualTo(State.HALTED);
    assertThat(others).allSatisfy(member -> assertThat(line(member)).isEqualTo("check_a"));
    assertThat(test.openPlans().rollout().state()).isEqualTo(State.HALTED);

    apply("check_c", SHARE);
    assertThat(plans.rollout().state()).isEqualTo(State.ROLLING);
    for (var member : members) {
      boolean isNext = plans.rollout().isOfTheShare(member.id());
      assertThat(line(member)).isEqualTo(isNext ? "check_c" : "check_a");
    }
  }
}
