package io.happo.hub.graphite;

import io.happo.core.MetricName;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.store.Agents.State;
import java.util.Optional;

/**
 * Whose value it is that a path names: of {@code FINGERPRINT.path} that agent's, where the
 * fingerprint may be cut to {@value #SHORTEST} digits or more as long as it is one agent's alone;
 * of any other path nobody's.
 */
final class Owners {
  /** The number of nobody, whose values are kept as those of an agent. */
  static final long NOBODY = 0;

  private static final int SHORTEST = 12;
  private static final int LONGEST = 64;

  /**
   * What is stored.
   *
   * @param name with its tags
   */
  record Owned(long agent, String name) {}

  private final Fleet fleet;

  Owners(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Empty when it is an agent's that is known, but is not in: pending, revoked or gone. */
  Optional<Owned> find(MetricName path) {
    var text = path.name();
    int dot = text.indexOf('.');
    if (dot >= SHORTEST && dot <= LONGEST && dot + 1 < text.length() && isHex(text, dot)) {
      var member = fleet.byStartOfId(text.substring(0, dot));
      if (member.isPresent()) {
        var name = new MetricName(text.substring(dot + 1), path.tags());
        return member
            .filter(agent -> agent.agent().state() == State.JOINED)
            .map(agent -> new Owned(agent.number(), name.toString()));
      }
    }
    return Optional.of(new Owned(NOBODY, path.toString()));
  }

  private static boolean isHex(String text, int end) {
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }
}
