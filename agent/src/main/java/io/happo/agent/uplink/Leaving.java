package io.happo.agent.uplink;

import io.happo.agent.facts.Facts;
import io.happo.core.JsonException;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketSettings;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the agent out of a hub's fleet, in a session of its own that ends at once. */
public final class Leaving {
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  private Leaving() {}

  /**
   * Says goodbye. An agent that is running loses its session by that.
   *
   * @throws IOException one line, when the hub cannot be told
   */
  public static void leave(HubMembership membership, SigningKey key) throws IOException {
    var link = URI.create("wss" + membership.hub().toString().substring(5) + Link.PATH);
    try (var client = new HttpsClient(membership.trust(), Optional.empty());
        var socket =
            client.openWebSocket(
                link,
                Headers.NONE,
                List.of(Link.SUBPROTOCOL),
                new WebSocketSettings(Link.MAX_MESSAGE_BYTES, Link.PING_EVERY, Link.MISSED_PINGS),
                DEADLINE)) {
      if (!(receive(socket) instanceof ToAgent.Challenge challenge)
          || !challenge.hubId().equals(membership.hubId())) {
        throw new IOException(membership.hub() + " is not the hub that this agent belongs to");
      }
      var id = key.id();
      socket.send(
          new ToHub.Hello(
                  id,
                  key.sign(Link.challenge(challenge.hubId(), challenge.nonce(), id)),
                  "",
                  Facts.bootId(),
                  "leaving",
                  "",
                  List.of(),
                  "literal",
                  Map.of(),
                  Facts.gather())
              .toJson());
      var answer = receive(socket);
      if (answer instanceof ToAgent.Refused refused) {
        throw new IOException("the hub answers: " + refused.message());
      }
      socket.send(new ToHub.Goodbye(true).toJson());
    }
  }

  private static @Nullable LinkMessage receive(WebSocket socket) throws IOException {
    var text = socket.receive(DEADLINE);
    if (text == null) {
      throw new IOException("no answer from the hub within " + DEADLINE.toSeconds() + " seconds");
    }
    try {
      return LinkMessage.readToAgent(text);
    } catch (JsonException e) {
      throw new IOException("the hub says what is not understood: " + e.getMessage(), e);
    }
  }
}
