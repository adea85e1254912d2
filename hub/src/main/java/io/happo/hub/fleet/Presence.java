package io.happo.hub.fleet;

import java.util.Locale;

/**
 * Whether an agent is connected, and if not, why.
 *
 * @param since unix milliseconds
 */
public record Presence(Kind kind, long since) {
  /** What is known of the connection. */
  public enum Kind {
    CONNECTED,
    /** It is connected, and nobody has let it in yet. */
    WAITING,
    /** It said that it stops. */
    STOPPED,
    /** The connection ended without a word. */
    LOST,
    /** It has not come since this hub started. */
    NOT_SEEN;

    /** As it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
