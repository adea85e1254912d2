package io.happo.core.link;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The documents of joining: an agent posts a {@link Request} to {@link Link#JOIN_PATH} and gets 200
 * with an {@link Accepted}, or 403 with a {@link Refused}; 429 and 503 with Retry-After mean later.
 */
public final class Join {
  private Join() {}

  /**
   * A token is given for a place.
   *
   * @param secret of the token
   * @param publicKey of the agent: its SubjectPublicKeyInfo, base64
   * @param facts what the agent found out about its machine
   * @param tags what its own settings say it is
   */
  public record Request(
      String secret, String publicKey, Map<String, String> facts, Map<String, String> tags) {
    public Request {
      facts = Map.copyOf(facts);
      tags = Map.copyOf(tags);
    }

    public byte[] toJson() {
      var json =
          new JsonWriter()
              .beginObject()
              .member("token", secret)
              .member("publicKey", publicKey)
              .key("facts");
      LinkMessage.write(json, facts);
      json.key("tags");
      LinkMessage.write(json, tags);
      return json.endObject().toBytes();
    }

    public static Request read(byte[] document) throws JsonException {
      var json = object(document);
      return new Request(
          json.requiredText("token"),
          json.requiredText("publicKey"),
          LinkMessage.texts(json, "facts"),
          LinkMessage.texts(json, "tags"));
    }

    /** Without the secret, for logs. */
    @Override
    public String toString() {
      return "Request[publicKey=" + publicKey + ", facts=" + facts + ", tags=" + tags + "]";
    }
  }

  /**
   * The agent belongs to the hub, or will once someone approves it.
   *
   * @param hubId whom it has joined
   * @param signingKey by which the hub signs scripts: SubjectPublicKeyInfo, base64
   */
  public record Accepted(boolean pending, String hubId, String signingKey) {
    public byte[] toJson() {
      return new JsonWriter()
          .beginObject()
          .member("state", pending ? "pending" : "joined")
          .member("hubId", hubId)
          .member("signingKey", signingKey)
          .endObject()
          .toBytes();
    }

    public static Accepted read(byte[] document) throws JsonException {
      var json = object(document);
      var state = json.requiredText("state");
      if (!state.equals("joined") && !state.equals("pending")) {
        throw new JsonException("state is '" + state + "', expected joined or pending");
      }
      return new Accepted(
          state.equals("pending"), json.requiredText("hubId"), json.text("signingKey"));
    }
  }

  /** Why a token is not taken. */
  public enum Reason {
    TOKEN_UNKNOWN,
    TOKEN_EXPIRED,
    TOKEN_USED_UP,
    /** The agent's key was taken out by an operator. */
    REVOKED;

    /** As it is written in the answer. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Reason> of(String word) {
      for (var reason : values()) {
        if (reason.word().equals(word)) {
          return Optional.of(reason);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * The agent is not taken.
   *
   * @param message for the one who tries
   */
  public record Refused(Reason reason, String message) {
    public byte[] toJson() {
      return new JsonWriter()
          .beginObject()
          .member("reason", reason.word())
          .member("message", message)
          .endObject()
          .toBytes();
    }

    public static Refused read(byte[] document) throws JsonException {
      var json = object(document);
      var word = json.requiredText("reason");
      return new Refused(
          Reason.of(word)
              .orElseThrow(() -> new JsonException("reason is '" + word + "', which is unknown")),
          json.text("message"));
    }
  }

  private static JsonObject object(byte[] document) throws JsonException {
    if (Json.parse(document) instanceof JsonObject object) {
      return object;
    }
    throw new JsonException("the document is no object");
  }
}
