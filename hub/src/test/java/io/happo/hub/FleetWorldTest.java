package io.happo.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.ToHub;
import io.happo.hub.alert.Health;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.Presence;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.notify.Notifier;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Channels;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of an agent that is there. */
class FleetWorldTest {
  @TempDir Path folder;
  private TestFleet test;
  private FleetWorld world;
  private Member web;

  @BeforeEach
  void open() throws Exception {
    test = new TestFleet(Store.open(folder, ""), folder);
    var notifier =
        new Notifier(
            new Channels(test.store),
            new Messages(test.store),
            new HubValues(test.store),
            Secrets.open(folder.resolve("secrets.key")),
            test.clock);
    world = new FleetWorld(test.fleet, test.plans, notifier, test.clock);
    web = test.member("web", Map.of());
  }

  @AfterEach
  void close() {
    test.store.close();
  }

  private void comes(String via) {
    test.fleet.present(web, Presence.Kind.CONNECTED);
    test.fleet.cameIn(
        web,
        new ToHub.Hello(web.id(), "", "1", "boot", "e", "", List.of(), via, Map.of(), Map.of()));
  }

  private Health health() {
    var seen = new ArrayList<Health.Seen>();
    world.eachAgent((_, one) -> seen.add(one));
    return Health.of(seen.getFirst(), test.clock.millis()).orElseThrow();
  }

  @Test
  void an_agent_that_came_without_the_name_service_is_in_trouble_until_it_comes_by_name() {
    comes("remembered");
    assertThat(health().status()).isEqualTo(1);
    assertThat(health().text()).contains("its name service fails");
    comes("dns");
    assertThat(health()).isEqualTo(new Health(0, "the agent is connected", TestFleet.NOW));
  }

  @Test
  void a_copy_of_an_agent_is_its_trouble_while_it_comes_again() {
    comes("dns");
    test.fleet.duplicate(web, true);
    test.pass(Duration.ofMinutes(6));
    test.fleet.duplicate(web, true);
    test.pass(Duration.ofMinutes(14));
    assertThat(health().status()).isEqualTo(1);
    assertThat(health().text()).startsWith("another machine comes with the same key");
    assertThat(health().time()).isEqualTo(TestFleet.NOW);
    test.pass(Duration.ofMinutes(1));
    assertThat(health().status()).isZero();
    assertThat(web.isDuplicate()).isTrue();
  }

  @Test
  void an_agent_that_cannot_apply_its_plan_is_in_trouble_and_says_that_a_rollout_halted()
      throws Exception {
    comes("dns");
    test.plans.apply(TestFleet.planOf("one"), "ada", "", 100);
    var first = test.plans.wanted(web).orElseThrow();
    test.plans.reported(web, new ToHub.PlanStatus(first.hash(), false, List.of("no space")));
    assertThat(health().text()).isEqualTo("the agent could not apply its plan: no space");
    test.plans.reported(web, new ToHub.PlanStatus(first.hash(), true, List.of()));
    assertThat(health().status()).isZero();

    test.plans.apply(TestFleet.planOf("two"), "ada", "", 1);
    var second = test.plans.wanted(web).orElseThrow();
    test.plans.reported(web, new ToHub.PlanStatus(second.hash(), false, List.of("no space")));
    assertThat(health().text())
        .isEqualTo(
            "the agent could not apply its plan: no space; the rollout of version 2 is halted: no"
                + " more agents get it");
  }
}
