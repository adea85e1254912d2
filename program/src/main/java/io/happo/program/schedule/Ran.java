package io.happo.program.schedule;

import java.time.Duration;

/**
 * What came of a run.
 *
 * @param status 0 to 3
 * @param exit the raw exit status; -1 when there is none
 */
public record Ran(int status, int exit, String output) {
  private static final int UNKNOWN = 3;
  private static final int NO_EXIT = -1;
  private static final String CUT = "\n[the rest is left out]";

  /** It could not be run. */
  public static Ran unknown(String why) {
    return new Ran(UNKNOWN, NO_EXIT, "UNKNOWN - " + why + "\n");
  }

  /**
   * The same, marked as late by so much: behind its first line, so that neither the words for
   * people nor performance data of any line are others.
   */
  Ran late(Duration by) {
    int end = output.indexOf('\n');
    var first = end < 0 ? output : output.substring(0, end);
    var rest = end < 0 ? "\n" : output.substring(end);
    return new Ran(status, exit, first + "\n(started " + by.toSeconds() + " s late)" + rest);
  }

  /** The output, as far as it has no more characters than these. */
  public String output(int most) {
    if (output.length() <= most) {
      return output;
    }
    int end = most - CUT.length();
    return output.substring(0, Character.isHighSurrogate(output.charAt(end - 1)) ? end - 1 : end)
        + CUT;
  }
}
