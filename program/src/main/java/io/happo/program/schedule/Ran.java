package io.happo.program.schedule;

import io.happo.core.link.Item;

/**
 * What came of a run.
 *
 * @param status 0 to 3
 * @param exit the raw exit status; -1 when there is none
 * @param output at most {@link Item.CheckResult#MAX_OUTPUT} characters
 */
public record Ran(int status, int exit, String output) {
  private static final int UNKNOWN = 3;
  private static final int NO_EXIT = -1;
  private static final String CUT = "\n[the rest is left out]";

  public Ran {
    output = shortened(output);
  }

  /** It could not be run. */
  public static Ran unknown(String why) {
    return new Ran(UNKNOWN, NO_EXIT, "UNKNOWN - " + why + "\n");
  }

  private static String shortened(String output) {
    if (output.length() <= Item.CheckResult.MAX_OUTPUT) {
      return output;
    }
    int end = Item.CheckResult.MAX_OUTPUT - CUT.length();
    return output.substring(0, Character.isHighSurrogate(output.charAt(end - 1)) ? end - 1 : end)
        + CUT;
  }
}
