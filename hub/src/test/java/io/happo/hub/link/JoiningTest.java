package io.happo.hub.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Presence;
import io.happo.hub.store.Agents.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who is taken into the fleet, and whose session is opened. */
final class JoiningTest extends LinkedTest {
  @Test
  void a_good_token_takes_an_agent_in() throws Exception {
    var answer = agent.join(hub.test.token(true));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(Join.Accepted.read(answer.body()))
        .isEqualTo(new Join.Accepted(false, LinkedHub.HUB_ID, hub.test.signing.publicKey()));
    assertThat(hub.member("web").id()).isEqualTo(agent.key.id());
    assertThat(hub.member("web").agent().tags()).isEqualTo(Map.of("of", "token"));
    assertThat(hub.member("web").presence().kind()).isEqualTo(Presence.Kind.NOT_SEEN);

    hub.test.pass(Duration.ofMinutes(1));
    var talk = agent.connect();
    assertThat(talk.socket.subprotocol()).hasValue(Link.SUBPROTOCOL);
    assertThat(talk.challenge.hubId()).isEqualTo(LinkedHub.HUB_ID);
    assertThat(talk.welcome.timeMillis()).isEqualTo(hub.test.clock.millis());
    assertThat(talk.welcome.addresses()).containsExactly(LinkedHub.ELSEWHERE);
    assertThat(talk.welcome.maxBatches()).isEqualTo(Link.MAX_BATCHES);
    assertThat(talk.welcome.stored()).isEmpty();
    assertThat(hub.member("web").presence())
        .isEqualTo(new Presence(Presence.Kind.CONNECTED, hub.test.clock.millis()));
    assertThat(hub.member("web").agent().version()).isEqualTo("1.2.3");
    assertThat(hub.sessions.count()).isEqualTo(1);
  }

  @Test
  void a_token_that_does_not_serve_takes_nobody_in() throws Exception {
    assertThat(agent.refusal("nobody-has-made-this-token")).isEqualTo(Join.Reason.TOKEN_UNKNOWN);
    var brief =
        hub.test.token(true, OptionalLong.of(hub.test.clock.millis() + 1_000), OptionalInt.empty());
    hub.test.pass(Duration.ofSeconds(1));
    assertThat(agent.refusal(brief)).isEqualTo(Join.Reason.TOKEN_EXPIRED);
    var once = hub.test.token(true, OptionalLong.empty(), OptionalInt.of(1));
    try (var other = new TestAgent(hub, "other")) {
      assertThat(other.join(once).status()).isEqualTo(200);
      assertThat(agent.refusal(once)).isEqualTo(Join.Reason.TOKEN_USED_UP);
      // Its answer may have been lost.
      assertThat(other.join(once).status()).isEqualTo(200);
    }
    var revoked = hub.test.token(true);
    hub.test.tokens.revoke(hub.test.tokens.all().getFirst().number(), hub.test.clock.millis());
    assertThat(agent.refusal(revoked)).isEqualTo(Join.Reason.TOKEN_UNKNOWN);
    assertThat(hub.test.fleet.all()).hasSize(1);
  }

  @Test
  void what_is_no_request_to_join_is_refused() throws Exception {
    for (var body : List.of("", "{", "[]", "{\"token\":\"x\"}")) {
      assertThat(agent.post(body.getBytes(UTF_8)).status()).as(body).isEqualTo(400);
    }
    var secret = hub.test.token(true);
    var noKey = new Join.Request(secret, "bm9uZQ==", Map.of(), Map.of());
    assertThat(agent.post(noKey.toJson()).status()).isEqualTo(400);
    var longTag = hub.test.asking("web", secret, Map.of("t", "x".repeat(2_000)));
    assertThat(agent.post(longTag.toJson()).status()).isEqualTo(400);
    assertThat(hub.test.fleet.all()).isEmpty();
  }

  @Test
  void a_revoked_agent_stays_out_whatever_its_token() throws Exception {
    agent.join(hub.test.token(true));
    hub.revoke("web");
    assertThat(agent.refusal(hub.test.token(true))).isEqualTo(Join.Reason.REVOKED);
    var talk = agent.hello();
    assertThat(talk.next(ToAgent.Refused.class).reason()).isEqualTo(Refusal.REVOKED);
    assertThat(talk.ending()).isEqualTo(1008);
  }

  @Test
  void an_agent_that_nobody_knows_is_refused() throws Exception {
    var talk = agent.hello();
    assertThat(talk.next(ToAgent.Refused.class))
        .satisfies(
            refused -> {
              assertThat(refused.reason()).isEqualTo(Refusal.UNKNOWN_AGENT);
              assertThat(refused.message()).contains("join again");
              assertThat(refused.retryAfterSeconds()).isPositive();
            });
    assertThat(talk.ending()).isEqualTo(1008);
  }

  @Test
  void a_refusal_is_always_heard_before_the_end() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(agent.hello().next()).isInstanceOf(ToAgent.Refused.class);
    }
  }

  @Test
  void who_cannot_prove_the_key_is_refused() throws Exception {
    agent.join(hub.test.token(true));
    var signatures =
        List.of("no base64!", "AAAA", hub.test.key("other").sign("x"), agent.key.sign("something"));
    for (var signature : signatures) {
      assertRefused(agent.open(), signature);
    }
    var before = agent.open();
    // What was signed for one connection serves for no other, and for no other hub.
    var replayed = agent.hello(before.challenge).signature();
    assertRefused(agent.open(), replayed);
    var talk = agent.open();
    var elsewhere =
        agent.key.sign(Link.challenge("f".repeat(32), talk.challenge.nonce(), agent.key.id()));
    assertRefused(talk, elsewhere);
    assertThat(hub.member("web").presence().kind()).isEqualTo(Presence.Kind.NOT_SEEN);
    assertThat(hub.sessions.count()).isZero();

    before.say(agent.hello(replayed));
    before.next(ToAgent.Welcome.class);
  }

  private void assertRefused(TestAgent.Talk talk, String signature) throws Exception {
    talk.say(agent.hello(signature));
    assertThat(talk.next(ToAgent.Refused.class).reason()).isEqualTo(Refusal.BAD_SIGNATURE);
    assertThat(talk.ending()).isEqualTo(1008);
  }

  @Test
  void what_is_no_hello_ends_the_connection() throws Exception {
    agent.join(hub.test.token(true));
    var first =
        List.of(
            "",
            "{",
            "[]",
            "{\"type\":\"hello\"}",
            "{\"type\":\"tea\"}",
            new ToHub.Goodbye(true).toJson(),
            TestAgent.results(1, 2).toJson());
    for (var text : first) {
      var talk = agent.open();
      talk.socket.send(text);
      assertThat(talk.ending()).as(text).isEqualTo(Link.PROTOCOL_ERROR);
    }
    var talk = agent.open();
    var proof = agent.hello(talk.challenge).signature();
    talk.say(agent.hello(proof, Map.of("t", "x".repeat(2_000))));
    assertThat(talk.ending()).isEqualTo(Link.PROTOCOL_ERROR);
    assertThat(hub.stored("web", TestAgent.EPOCH)).isEmpty();
    assertThat(hub.member("web").agent().state()).isEqualTo(State.JOINED);
  }

  @Test
  void an_agent_waits_for_its_approval_and_is_told_at_once() throws Exception {
    assertThat(Join.Accepted.read(agent.join(hub.test.token(false)).body()).pending()).isTrue();
    var talk = agent.hello();
    talk.next(ToAgent.Pending.class);
    talk.say(TestAgent.results(1, 2));
    assertThat(hub.sessions.count()).isZero();
    hub.approve("web");
    assertThat(talk.ending()).isEqualTo(Link.COME_AGAIN);
    assertThat(agent.connect().welcome.stored()).as("nothing was taken before").isEmpty();
  }

  @Test
  void an_agent_that_waits_and_is_not_wanted_is_told_at_once() throws Exception {
    agent.join(hub.test.token(false));
    var talk = agent.hello();
    talk.next(ToAgent.Pending.class);
    hub.revoke("web");
    assertThat(talk.ending()).isEqualTo(Link.REVOKED);
  }

  @Test
  void an_agent_that_waits_may_leave() throws Exception {
    agent.join(hub.test.token(false));
    var talk = agent.hello();
    talk.next(ToAgent.Pending.class);
    talk.say(new ToHub.Goodbye(true));
    talk.vanish();
    await().until(() -> hub.member("web").agent().state() == State.LEFT);
  }

  @Test
  void of_two_that_wait_with_one_key_the_older_goes() throws Exception {
    agent.join(hub.test.token(false));
    var older = agent.hello();
    older.next(ToAgent.Pending.class);
    var newer = agent.hello();
    newer.next(ToAgent.Pending.class);
    assertThat(older.ending()).isEqualTo(1008);
    hub.approve("web");
    assertThat(newer.ending()).isEqualTo(Link.COME_AGAIN);
  }
}
