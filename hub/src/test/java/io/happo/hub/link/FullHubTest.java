package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.net.WebSocketRefusedException;
import org.junit.jupiter.api.Test;

/** A hub that has as many agents as it may. */
final class FullHubTest extends LinkedTest {
  @Override
  int mostAgents() {
    return 1;
  }

  @Test
  void a_full_hub_sends_further_agents_away_for_a_while() throws Exception {
    agent.join(hub.test.token(true));
    try (var other = TestAgent.joined(hub, "other")) {
      var early = other.open();
      var talk = agent.connect();
      early.say(other.hello(early.challenge));
      var refused = early.next(ToAgent.Refused.class);
      assertThat(refused.reason()).isEqualTo(Refusal.BUSY);
      assertThat(refused.retryAfterSeconds()).isBetween(5, 30);

      var answer = catchThrowableOfType(WebSocketRefusedException.class, other::open).response();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(Integer.parseInt(answer.headers().first("Retry-After").orElseThrow()))
          .isBetween(5, 30);

      talk.vanish();
      await().until(() -> hub.sessions.count() == 0);
      other.connect();
    }
  }

  @Test
  void agents_that_wait_for_approval_count_too() throws Exception {
    agent.join(hub.test.token(false));
    agent.hello().next(ToAgent.Pending.class);
    try (var other = TestAgent.joined(hub, "other")) {
      assertThat(catchThrowableOfType(WebSocketRefusedException.class, other::open)).isNotNull();
      hub.revoke("web");
      other.connect();
    }
  }
}
