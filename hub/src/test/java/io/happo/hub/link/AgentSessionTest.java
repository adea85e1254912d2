package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Link;
import io.happo.core.link.Range;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToEither;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Presence;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.store.Agents.State;
import io.happo.net.Headers;
import io.happo.net.WebSocketClosedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an agent that is in. */
final class AgentSessionTest extends LinkedTest {
  @BeforeEach
  void join() throws Exception {
    agent.join(hub.test.token(true));
  }

  private void awaitPresence(Presence.Kind kind) {
    await().until(() -> hub.member("web").presence().kind() == kind);
  }

  @Test
  void results_are_acknowledged_once_they_are_stored_and_told_at_the_next_hello() throws Exception {
    var talk = agent.connect();
    talk.deliver(TestAgent.results(1, 3));
    talk.deliver(TestAgent.results(7, 7));
    talk.deliver(TestAgent.results(1, 3));
    var stored = List.of(new Range(1, 3), new Range(7, 7));
    assertThat(hub.stored("web", TestAgent.EPOCH)).isEqualTo(stored);
    assertThat(hub.results.count()).isEqualTo(4);
    talk.vanish();
    assertThat(agent.connect().welcome.stored()).isEqualTo(stored);
  }

  @Test
  void an_agent_is_offered_its_plan_as_long_as_it_has_another_one() throws Exception {
    hub.plan("check_a");
    var talk = agent.connect();
    var offer = talk.next(ToAgent.PlanOffer.class);
    assertThat(offer.document()).contains("check_a");
    talk.say(new ToHub.PlanStatus(offer.hash(), true, List.of()));
    await().until(() -> hub.member("web").agent().planReported().equals(offer.hash()));
    hub.sessions.offerPlans();
    hub.plan("check_b");
    var second = (ToAgent.PlanOffer) talk.next();
    assertThat(second.document()).contains("check_b");
    talk.say(new ToHub.PlanStatus(second.hash(), false, List.of("no check_b")));
    await().until(() -> !hub.member("web").agent().planProblems().isEmpty());
    hub.sessions.offerPlan(hub.member("web"));
    assertThat(talk.next()).as("it has not got it yet").isEqualTo(second);
    talk.vanish();
    agent.planHash = offer.hash();
    talk = agent.connect();
    assertThat(talk.next()).as("nor in a later session").isEqualTo(second);
    hub.plan("check_a");
    assertThat(talk.next()).as("what it refused is not wanted any more").isEqualTo(offer);
    talk.say(new ToHub.PlanStatus(offer.hash(), true, List.of()));
    await().until(() -> hub.member("web").agent().planProblems().isEmpty());
    talk.vanish();

    talk = agent.connect();
    talk.deliver(TestAgent.results(1, 1));
    hub.test.fleet.tag(hub.member("web"), Map.of("a", "b"));
    hub.sessions.offerPlan(hub.member("web"));
    talk.say(TestAgent.results(2, 2));
    assertThat(talk.next()).as("no offer").isInstanceOf(ToAgent.Ack.class);
  }

  @Test
  void others_get_a_new_plan_when_the_share_has_applied_it() throws Exception {
    try (var other = TestAgent.joined(hub, "other")) {
      var talks = List.of(agent.connect(), other.connect());
      for (var talk : talks) {
        talk.next(ToAgent.PlanOffer.class);
      }
      hub.test.plans.apply(TestFleet.planOf("check_a"), "ada", "", 1);
      hub.sessions.offerPlans();
      // The share is one of the two.
      var wanted = hub.test.plans.wanted(hub.member("web")).orElseThrow();
      var tries = wanted.plan().checks().isEmpty() ? talks.get(1) : talks.get(0);
      var waits = wanted.plan().checks().isEmpty() ? talks.get(0) : talks.get(1);
      var offer = tries.next(ToAgent.PlanOffer.class);
      while (!offer.document().contains("check_a")) {
        offer = tries.next(ToAgent.PlanOffer.class);
      }
      tries.say(new ToHub.PlanStatus(offer.hash(), true, List.of()));
      while (!waits.next(ToAgent.PlanOffer.class).hash().equals(offer.hash())) {
        // The empty plan of before, which it has not applied either.
      }
    }
  }

  @Test
  void a_revoked_agent_is_sent_away_at_once() throws Exception {
    var talk = agent.connect();
    hub.revoke("web");
    assertThat(talk.ending()).isEqualTo(Link.REVOKED);
    assertThat(hub.member("web").presence().kind()).isEqualTo(Presence.Kind.STOPPED);
    assertThat(hub.sessions.count()).isZero();
  }

  @Test
  void nothing_is_taken_of_an_agent_once_it_is_revoked() throws Exception {
    var talk = agent.connect();
    talk.deliver(TestAgent.results(1, 1));
    hub.revoke("web");
    // It has not noticed, or does not want to.
    talk.say(TestAgent.results(2, 2));
    talk.say(new ToHub.Goodbye(true));
    talk.vanish();
    hub.finish();
    assertThat(hub.stored("web", TestAgent.EPOCH)).containsExactly(new Range(1, 1));
    assertThat(hub.member("web").agent().state()).isEqualTo(State.REVOKED);
  }

  @Test
  void an_agent_whose_revocation_comes_with_its_hello_gets_no_session() throws Exception {
    var talk = agent.open();
    // The store knows it first.
    hub.test.agents.move(hub.member("web").number(), State.JOINED, State.REVOKED);
    talk.say(agent.hello(talk.challenge));
    assertThat(talk.ending()).isEqualTo(Link.REVOKED);
    await().until(() -> hub.sessions.count() == 0);
  }

  @Test
  void a_second_machine_with_the_same_key_is_refused_and_noticed() throws Exception {
    var talk = agent.connect();
    agent.bootId = "boot-2";
    assertDuplicate();
    assertThat(hub.member("web").isDuplicate())
        .as("it may be the same machine, whose old connection has not ended yet")
        .isFalse();
    talk.deliver(TestAgent.results(1, 1));
    assertDuplicate();
    assertThat(hub.member("web").isDuplicate()).isTrue();
    talk.deliver(TestAgent.results(2, 2));

    talk.vanish();
    awaitPresence(Presence.Kind.LOST);
    agent.connect();
    assertThat(hub.member("web").isDuplicate()).isFalse();
  }

  private void assertDuplicate() throws Exception {
    var clone = agent.hello();
    var refused = clone.next(ToAgent.Refused.class);
    assertThat(refused.reason()).isEqualTo(Refusal.DUPLICATE);
    assertThat(refused.retryAfterSeconds()).isLessThan(60);
    assertThat(clone.ending()).isEqualTo(1008);
  }

  @Test
  void a_machine_that_comes_again_takes_the_place_of_its_old_session() throws Exception {
    var old = agent.connect();
    var talk = agent.connect();
    assertThat(old.ending()).isEqualTo(Link.COME_AGAIN);
    talk.deliver(TestAgent.results(1, 1));
    assertThat(hub.sessions.count()).isEqualTo(1);
    assertThat(hub.member("web").isConnected())
        .as("the end of the old one changes nothing")
        .isTrue();
    assertThat(hub.member("web").isDuplicate()).isFalse();
  }

  @Test
  void what_is_not_understood_is_answered_and_too_much_of_it_ends_the_session() throws Exception {
    var talk = agent.connect();
    talk.next(ToAgent.PlanOffer.class);
    var wrong =
        List.of(
            "",
            "{",
            "[1]",
            "{\"type\":\"tea\"}",
            "{\"type\":7}",
            "{\"type\":\"results\",\"epoch\":\"e\",\"first\":0,\"items\":[]}",
            new ToHub.Results("no epoch", 1, TestAgent.results(1, 1).items()).toJson(),
            "{\"type\":\"welcome\"}",
            agent.hello(talk.challenge).toJson(),
            "[".repeat(5_000));
    for (int i = 0; i < 20; i++) {
      var text = wrong.get(i % wrong.size());
      talk.socket.send(text);
      assertThat(talk.next()).as(text).isInstanceOf(ToEither.Problem.class);
    }
    talk.say(new ToEither.Problem("what an agent has not understood is no mistake of its"));
    talk.deliver(TestAgent.results(1, 1));
    talk.socket.send("{}");
    assertThat(talk.ending()).isEqualTo(Link.PROTOCOL_ERROR);
    awaitPresence(Presence.Kind.LOST);
  }

  @Test
  void a_message_that_is_too_long_ends_the_session() throws Exception {
    var talk = agent.connect();
    talk.socket.send("x".repeat(Link.MAX_MESSAGE_BYTES));
    talk.next(ToEither.Problem.class);
    try {
      talk.socket.send("x".repeat(Link.MAX_MESSAGE_BYTES + 1));
    } catch (WebSocketClosedException e) {
      // The hub does not wait for the rest of it.
    }
    awaitPresence(Presence.Kind.LOST);
    assertThat(hub.sessions.count()).isZero();
  }

  @Test
  void who_goes_without_a_word_is_lost_and_who_says_goodbye_has_stopped() throws Exception {
    agent.connect().vanish();
    awaitPresence(Presence.Kind.LOST);
    assertThat(hub.sessions.count()).isZero();
    var talk = agent.connect();
    talk.say(new ToHub.Goodbye(false));
    talk.vanish();
    awaitPresence(Presence.Kind.STOPPED);
    assertThat(hub.member("web").agent().state()).isEqualTo(State.JOINED);
  }

  @Test
  void an_agent_that_leaves_is_taken_out_of_the_fleet() throws Exception {
    var talk = agent.connect();
    talk.say(new ToHub.Goodbye(true));
    talk.vanish();
    awaitPresence(Presence.Kind.STOPPED);
    assertThat(hub.member("web").agent().state()).isEqualTo(State.LEFT);
    assertThat(agent.hello().next(ToAgent.Refused.class).reason()).isEqualTo(Refusal.UNKNOWN_AGENT);
    assertThat(agent.join(hub.test.token(true)).status()).isEqualTo(200);
    agent.connect();
  }

  @Test
  void bundles_are_for_agents_with_a_session() throws Exception {
    hub.test.plans.apply(
        TestFleet.plan(
            """
            {'scripts': {'look.sh': '#!/bin/sh\\n'},
             'checks': [{'name': 'a', 'script': 'look.sh', 'every': '1m'}]}
            """),
        "ada",
        "",
        100);
    var wanted = hub.test.plans.wanted(hub.member("web")).orElseThrow();
    var sha256 = wanted.plan().bundles().getFirst().sha256();
    var talk = agent.connect();
    var bearer = Headers.of("Authorization", "Bearer " + talk.welcome.bearer());
    var answer = agent.bundle(sha256, bearer);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).asString().isEqualTo("#!/bin/sh\n");
    assertThat(agent.bundle("0".repeat(64), bearer).status()).isEqualTo(404);

    long number = hub.member("web").number();
    for (var wrong :
        List.of(
            Headers.NONE,
            Headers.of("Authorization", "Bearer "),
            Headers.of("Authorization", "Bearer ."),
            Headers.of("Authorization", "Bearer " + number + "."),
            Headers.of("Authorization", "Bearer 99." + "x".repeat(32)),
            Headers.of("Authorization", "Bearer " + talk.welcome.bearer() + "x"),
            Headers.of("Authorization", "Basic " + talk.welcome.bearer()))) {
      assertThat(agent.bundle(sha256, wrong).status()).as("%s", wrong).isEqualTo(404);
    }
    talk.vanish();
    awaitPresence(Presence.Kind.LOST);
    assertThat(agent.bundle(sha256, bearer).status()).isEqualTo(404);
    var next = agent.connect();
    assertThat(agent.bundle(sha256, bearer).status()).as("of a session before").isEqualTo(404);
    hub.revoke("web");
    bearer = Headers.of("Authorization", "Bearer " + next.welcome.bearer());
    assertThat(agent.bundle(sha256, bearer).status()).isEqualTo(404);
  }

  @Test
  void an_agent_that_does_not_read_is_cut_off_and_keeps_nobody_waiting() throws Exception {
    var variables = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      variables.append(i == 0 ? "" : ", ").append("'V").append(i).append("': '");
      variables.append("x".repeat(8_000)).append("'");
    }
    var large =
        "{'checks': [{'name': 'a', 'plugin': 'check_a', 'every': '1m', 'env': {"
            + variables
            + "}}]}";
    hub.test.plans.apply(TestFleet.plan(large), "ada", "", 100);
    try (var other = TestAgent.joined(hub, "other")) {
      var talk = other.connect();
      other.planHash = talk.next(ToAgent.PlanOffer.class).hash();
      talk.vanish();
      agent.connect(); // And reads no more.
      talk = other.connect();
      for (int i = 0; i < 100; i++) {
        hub.sessions.offerPlans();
      }
      talk.deliver(TestAgent.results(1, 1));
      awaitPresence(Presence.Kind.LOST);
      assertThat(hub.member("other").isConnected()).isTrue();
    }
  }

  @Test
  void a_plan_is_never_offered_before_the_welcome() throws Exception {
    hub.plan("check_a");
    var done = new AtomicBoolean();
    var offering =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    hub.sessions.offerPlans();
                    LockSupport.parkNanos(100_000); // Not more than waits for who does not read.
                  }
                });
    try {
      for (int i = 0; i < 30; i++) {
        var talk = agent.hello();
        assertThat(talk.next()).isInstanceOf(ToAgent.Welcome.class);
        talk.next(ToAgent.PlanOffer.class);
        talk.vanish();
      }
    } finally {
      done.set(true);
      offering.join();
    }
  }
}
