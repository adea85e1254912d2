package io.happo.hub.alert;

import java.time.Duration;

/**
 * A check that no agent runs: somebody reports how it is, such as a script at night. Times are unix
 * milliseconds.
 *
 * @param time of its newest result
 * @param lateAt when the next one is to be there at the latest; {@link #NEVER}: whenever it comes
 */
public record Reported(long time, long lateAt) {
  public static final long NEVER = Long.MAX_VALUE;

  /** Whether the next one should have come. */
  public boolean isLate(long now) {
    return lateAt <= now;
  }

  /** What there is to be told then. */
  public String text() {
    return "UNKNOWN - no result within " + words(Duration.ofMillis(lateAt - time));
  }

  private static String words(Duration time) {
    long seconds = time.toSeconds();
    if (seconds % 3_600 == 0 && seconds > 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
