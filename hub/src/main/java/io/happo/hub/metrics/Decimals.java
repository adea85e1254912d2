package io.happo.hub.metrics;

/**
 * Numbers as people and plugins write them: whole ones of a power of ten. 0.1 takes 52 bits as a
 * binary fraction and one digit so.
 */
final class Decimals {
  /** Digits behind the point, at most. */
  static final int MAX_DIGITS = 15;

  /** Whole numbers up to this are told apart by a number of 64 bits with a binary fraction. */
  static final double MAX_WHOLE = 1L << 53;

  private static final double[] POWERS = new double[MAX_DIGITS + 1];

  static {
    POWERS[0] = 1;
    for (int i = 1; i <= MAX_DIGITS; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private Decimals() {}

  /**
   * How many digits behind the point a value has.
   *
   * @param atLeast no fewer than that
   * @return -1: it is no such number
   */
  static int digits(double value, int atLeast) {
    for (int digits = atLeast; digits <= MAX_DIGITS; digits++) {
      double whole = Math.rint(value * POWERS[digits]);
      if (!(Math.abs(whole) < MAX_WHOLE)) {
        return -1;
      }
      if (whole / POWERS[digits] == value) {
        return digits;
      }
    }
    return -1;
  }

  /** How many digits all of them need; -1: not all are such numbers. */
  static int digits(double[] values, int from, int to) {
    int digits = 0;
    for (int i = from; i < to && digits >= 0; i++) {
      digits = digits(values[i], digits);
    }
    // More digits than a value needs may make it too large.
    for (int i = from; i < to && digits > 0; i++) {
      if (!fits(values[i], digits)) {
        return -1;
      }
    }
    return digits;
  }

  static boolean fits(double value, int digits) {
    double whole = Math.rint(value * POWERS[digits]);
    return Math.abs(whole) < MAX_WHOLE && whole / POWERS[digits] == value;
  }

  /** The value without its point. */
  static long whole(double value, int digits) {
    return (long) Math.rint(value * POWERS[digits]);
  }

  static double value(long whole, int digits) {
    return whole / POWERS[digits];
  }
}
