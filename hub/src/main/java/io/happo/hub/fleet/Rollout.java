package io.happo.hub.fleet;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.Collection;
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

  /** The share that is all agents. */
  static final int ALL = 100;

  static final Rollout NOTHING = new Rollout(0, 0, 100, State.COMPLETE);

  /**
   * The beginning of a version's; at its end when the share is all.
   *
   * @param share percent; more when not one of the agents would be of it
   * @param agents ids of those for which it changes something; none: all may have it at once
   */
  static Rollout begin(long version, long before, int share, Collection<String> agents) {
    int least = ALL;
    for (var agent : agents) {
      least = Math.min(least, place(version, agent) + 1);
    }
    int most = Math.max(share, least);
    return new Rollout(version, before, most, most == ALL ? State.COMPLETE : State.ROLLING);
  }

  /** Which version an agent is to have. */
  long versionFor(String agentId) {
    return state == State.COMPLETE || isOfTheShare(agentId) ? version : before;
  }

  boolean isOfTheShare(String agentId) {
    return place(version, agentId) < share;
  }

  /** Where an agent stands among the hundred parts of the fleet, another for each version. */
  private static int place(long version, String agentId) {
    long hash = (agentId.hashCode() ^ version << Integer.SIZE) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return (int) Long.remainderUnsigned(hash ^ hash >>> 33, ALL);
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
