package io.happo.agent.uplink;

import io.happo.core.JsonException;
import io.happo.core.link.Join;
import io.happo.core.link.JoinToken;
import io.happo.core.link.Link;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives a token for a place in a hub's fleet. */
public final class Joining {
  /** What a hub said. */
  public sealed interface Outcome {
    /**
     * The agent belongs to it, and has written that down.
     *
     * @param pending whether someone has to approve it first
     */
    record Joined(HubMembership membership, boolean pending) implements Outcome {}

    /** It does not take the agent. */
    record Refused(Join.Refused refusal) implements Outcome {}

    /** It has too much to do. */
    record Later(Duration after) implements Outcome {}
  }

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int DEFAULT_RETRY_SECONDS = 30;
  private static final int MAX_RETRY_SECONDS = 3_600;
  private static final int MAX_SHOWN = 200;

  private Joining() {}

  /**
   * Asks once.
   *
   * @param hub the hub's address, https
   * @param file of the membership, which is written when the hub takes the agent
   * @throws IllegalArgumentException when the address is none of a hub
   * @throws IOException one line, when the hub cannot be asked or is not the one of the token
   */
  public static Outcome join(
      URI hub,
      JoinToken token,
      SigningKey key,
      Map<String, String> facts,
      Map<String, String> tags,
      Path file)
      throws IOException {
    var membership =
        new HubMembership(hub, token.hubId(), token.pin(), "", List.of(), Optional.empty());
    var request = new Join.Request(token.secret(), key.publicKey(), facts, tags);
    Response answer;
    try (var client = new HttpsClient(membership.trust(), Optional.empty())) {
      answer =
          client.send(
              "POST",
              URI.create(membership.hub() + Link.JOIN_PATH),
              Headers.of("Content-Type", "application/json"),
              request.toJson(),
              DEADLINE);
    }
    try {
      return switch (answer.status()) {
        case 200 -> joined(membership, Join.Accepted.read(answer.body()), file);
        case 403 -> new Outcome.Refused(Join.Refused.read(answer.body()));
        case 429, 503 -> new Outcome.Later(retryAfter(answer.headers()));
        default ->
            throw new IOException(
                hub
                    + " answered "
                    + answer.status()
                    + " to a join ("
                    + shown(answer.body())
                    + "); is this the address of a happo-hub?");
      };
    } catch (JsonException e) {
      throw new IOException(
          hub
              + " answered what no hub says: "
              + e.getMessage()
              + "; is this the address of a happo-hub?",
          e);
    }
  }

  private static Outcome joined(HubMembership membership, Join.Accepted accepted, Path file)
      throws IOException {
    if (!accepted.hubId().equals(membership.hubId())) {
      throw new IOException(
          membership.hub()
              + " is another hub ("
              + accepted.hubId()
              + ") than the one that made the token; check the address");
    }
    var joined = membership.signedBy(accepted.signingKey());
    joined.write(file);
    return new Outcome.Joined(joined, accepted.pending());
  }

  /** What a hub asks for that has too much to do. */
  static Duration retryAfter(Headers headers) {
    int seconds = DEFAULT_RETRY_SECONDS;
    try {
      seconds = Integer.parseInt(headers.first("Retry-After").orElse("").strip());
    } catch (NumberFormatException e) {
      // A date, or nothing.
    }
    return Duration.ofSeconds(Math.clamp(seconds, 1, MAX_RETRY_SECONDS));
  }

  private static String shown(byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8).strip().replace('\n', ' ');
    return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
  }
}
