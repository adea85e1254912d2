package io.happo.core;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Numbers as Go reads and writes them, which is what clients of the original see. */
public final class GoNumbers {
  // The stars are possessive: others take stack for each time around, and a plugin prints what it
  // likes.
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(_\\d+)*+\\.?(\\d+(_\\d+)*+)?|\\.\\d+(_\\d+)*+)([eE][+-]?\\d+)?");
  private static final Pattern HEX =
      Pattern.compile("[+-]?0[xX]([0-9a-fA-F_]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?\\d+");

  private GoNumbers() {}

  /**
   * A finite number as encoding/json writes a float64: the shortest digits that read back the same,
   * with an exponent below 1e-6 and from 1e21 on, the exponent without a leading zero.
   *
   * @throws IllegalArgumentException for NaN and infinities, which JSON cannot hold
   */
  public static String json(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("JSON holds no " + number);
    }
    double size = Math.abs(number);
    boolean exponent = size != 0 && (size < 1e-6 || size >= 1e21);
    return exponent ? scientific(number, 1) : plain(number);
  }

  /**
   * A number as fmt's {@code %v} writes a float64: an exponent of at least two digits below 1e-4
   * and from 1e21 on.
   */
  public static String text(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    double size = Math.abs(number);
    boolean exponent = size != 0 && (size < 1e-4 || size >= 1e6);
    return exponent ? scientific(number, 2) : plain(number);
  }

  /**
   * The number that strconv.ParseFloat would read: decimal or hexadecimal, single underscores
   * between digits, NaN and infinities by name in any letter case. Empty for anything else and for
   * what is too large.
   */
  public static OptionalDouble parse(String text) {
    var number = special(text);
    if (number.isPresent()) {
      return number;
    }
    if (!DECIMAL.matcher(text).matches() && !HEX.matcher(text).matches()) {
      return OptionalDouble.empty();
    }
    double value = Double.parseDouble(text.replace("_", ""));
    return Double.isInfinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static OptionalDouble special(String text) {
    boolean negative = text.startsWith("-");
    var name = negative || text.startsWith("+") ? text.substring(1) : text;
    if (name.equalsIgnoreCase("inf") || name.equalsIgnoreCase("infinity")) {
      return OptionalDouble.of(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return text.equalsIgnoreCase("nan") ? OptionalDouble.of(Double.NaN) : OptionalDouble.empty();
  }

  private static String plain(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    return shortest(number).toPlainString();
  }

  private static String scientific(double number, int exponentDigits) {
    var decimal = shortest(number);
    var digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    var text = new StringBuilder(number < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    var size = Integer.toString(Math.abs(exponent));
    return text.append('e')
        .append(exponent < 0 ? '-' : '+')
        .repeat("0", Math.max(0, exponentDigits - size.length()))
        .append(size)
        .toString();
  }

  /**
   * The fewest digits that read back the same. The JDK gives them, except that it never gives just
   * one.
   */
  private static BigDecimal shortest(double number) {
    var decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    if (decimal.precision() == 2) {
      var oneDigit = decimal.round(new MathContext(1));
      return oneDigit.doubleValue() == number ? oneDigit : decimal;
    }
    return decimal;
  }
}
