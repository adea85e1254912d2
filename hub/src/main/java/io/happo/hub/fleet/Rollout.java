package io.happo.hub.fleet;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a new version of the plan has come. A share of the agents gets it first, always the same
 * ones for one version; the others keep the version before.
 *
 * @param version the new one; 0 before there is any
 * @param before what the others run; 0 is nothing
 * @param share percent of the agents that get the new one first
 */
public record Rollout(long version, long before, int share, State state) {
  /** How it stands. */
  public enum State {
    /** The share has it, or is getting it. */
    ROLLING,
    /** Agents of the share could not apply it: nobody else gets it. */
    HALTED,
    /** All get it. */
    COMPLETE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Rollout NOTHING = new Rollout(0, 0, 100, State.COMPLETE);

  /** The beginning of a version's; at its end when the share is all. */
  static Rollout begin(long version, long before, int share) {
    return new Rollout(
        version, before, share, share == 100 ? State.COMPLETE : State.ROLLING);
  }

  /** Which version an agent is to have. */
  long versionFor(String agentId) {
    return state == State.COMPLETE || isOfTheShare(agentId) ? version : before;
  }

  boolean isOfTheShare(String agentId) {
    var digest = Fleet.sha256((version + " " + agentId).getBytes(StandardCharsets.UTF_8));
    return Integer.remainderUnsigned(ByteBuffer.wrap(digest).getInt(), 100) < share;
  }

  Rollout become(State next) {
    return new Rollout(version, before, share, next);
  }

  String toJson() {
    return new JsonWriter()
        .beginObject()
        .member("version", version)
        .member("before", before)
        .member("share", share)
        .member("state", state.word())
        .endObject()
        .toString();
  }

  static Rollout read(Optional<String> text) {
    if (text.isEmpty()) {
      return NOTHING;
    }
    try {
      var json = (JsonObject) Json.parse(text.get());
      return new Rollout(
          json.requiredLong("version"),
          json.requiredLong("before"),
          (int) json.requiredLong("share"),
          State.valueOf(json.requiredText("state").toUpperCase(Locale.ROOT)));
    } catch (JsonException | ClassCastException | IllegalArgumentException e) {
      throw new IllegalStateException("the rollout in the store is damaged", e);
    }
  }
}
