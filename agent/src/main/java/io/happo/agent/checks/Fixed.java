package io.happo.agent.checks;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers with so many digits behind the point, as printf(3) writes them. */
public final class Fixed {
  private Fixed() {}

  /** As {@code %.Nf}: the exact value, half to even. */
  public static String of(double value, int digits) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    var text = new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    boolean isNegativeZero = value < 0 && !text.startsWith("-");
    return isNegativeZero ? "-" + text : text;
  }

  /** As {@code %f}. */
  public static String of(double value) {
    return of(value, 6);
  }
}
