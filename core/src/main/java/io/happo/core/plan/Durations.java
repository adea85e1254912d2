package io.happo.core.plan;

import java.time.Duration;

/** Durations as people write them in a plan: a whole number and its unit, s, m, h or d. */
public final class Durations {
  private static final String UNITS = "smhd";
  private static final long[] SECONDS = {1, 60, 3_600, 86_400};
  private static final int MAX_DIGITS = 9;

  private Durations() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with what to write instead
   */
  public static Duration parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    int unit = digits == text.length() - 1 ? UNITS.indexOf(text.charAt(digits)) : -1;
    if (digits == 0 || digits > MAX_DIGITS || unit < 0) {
      throw new IllegalArgumentException(
          Rules.shown(text)
              + " is no duration: write a whole number and its unit, such as 30s, 5m, 1h or 1d");
    }
    return Duration.ofSeconds(Long.parseLong(text.substring(0, digits)) * SECONDS[unit]);
  }

  /** The shortest way to write it. */
  public static String text(Duration duration) {
    if (duration.toNanosPart() != 0) {
      return duration.toString();
    }
    long seconds = duration.toSeconds();
    int unit = UNITS.length() - 1;
    while (unit > 0 && (seconds == 0 || seconds % SECONDS[unit] != 0)) {
      unit--;
    }
    return seconds / SECONDS[unit] + UNITS.substring(unit, unit + 1);
  }
}
