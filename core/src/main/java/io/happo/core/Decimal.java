package io.happo.core;

/**
 * Decimal numbers as tools send them: {@code -12}, {@code .5}, {@code 1.5e-3}; without the words,
 * suffixes and hexadecimal forms that Java would read.
 */
public final class Decimal {
  private Decimal() {}

  /** The number; infinite when it is too large, NaN when the text is none. */
  public static double read(String text) {
    int i = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    int whole = digits(text, i);
    int end = whole;
    if (end < text.length() && text.charAt(end) == '.') {
      end = digits(text, end + 1);
    }
    if (end - i - (end > whole ? 1 : 0) < 1) {
      return Double.NaN;
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int exponent = end + 1;
      if (exponent < text.length()
          && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
        exponent++;
      }
      end = digits(text, exponent);
      if (end == exponent) {
        return Double.NaN;
      }
    }
    return end == text.length() ? Double.parseDouble(text) : Double.NaN;
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }
}
