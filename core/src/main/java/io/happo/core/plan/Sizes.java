package io.happo.core.plan;

/** Sizes of memory as people write them in a plan: a whole number and KiB, MiB or GiB. */
public final class Sizes {
  private static final String[] UNITS = {"KiB", "MiB", "GiB"};
  private static final int MAX_DIGITS = 9;

  private Sizes() {}

  /**
   * Reads one.
   *
   * @return bytes
   * @throws IllegalArgumentException with what to write instead
   */
  public static long parse(String text) {
    for (int i = 0; i < UNITS.length; i++) {
      if (text.endsWith(UNITS[i])) {
        var number = text.substring(0, text.length() - UNITS[i].length()).strip();
        if (isWhole(number)) {
          return Long.parseLong(number) << shift(i);
        }
      }
    }
    throw new IllegalArgumentException(
        Rules.shown(text)
            + " is no size: write a whole number and its unit, such as 512 KiB, 200 MiB or 1 GiB");
  }

  private static int shift(int unit) {
    return 10 * (unit + 1);
  }

  private static boolean isWhole(String number) {
    for (int i = 0; i < number.length(); i++) {
      if (number.charAt(i) < '0' || number.charAt(i) > '9') {
        return false;
      }
    }
    return !number.isEmpty() && number.length() <= MAX_DIGITS;
  }

  /** The shortest way to write whole KiB. */
  public static String text(long bytes) {
    int unit = UNITS.length - 1;
    while (unit > 0 && (bytes == 0 || bytes % (1L << shift(unit)) != 0)) {
      unit--;
    }
    return (bytes >> shift(unit)) + " " + UNITS[unit];
  }
}
