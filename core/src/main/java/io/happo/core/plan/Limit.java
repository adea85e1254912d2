package io.happo.core.plan;

import io.happo.core.AlertRange;
import java.time.Duration;

/** What makes a value that a rule watches a trouble. */
public sealed interface Limit {
  /**
   * It is where it should not be.
   *
   * @param key {@code above}, {@code below} or {@code outside}, as plans have it
   * @param text the number or range, as it is written
   * @param range that {@linkplain AlertRange#alerts alerts} when it is there
   */
  record Level(String key, String text, AlertRange range) implements Limit {
    @Override
    public String toString() {
      return text.startsWith("@") ? "inside " + text.substring(1) : key + " " + text;
    }
  }

  /**
   * It has become greater, or less, than it was shortly before.
   *
   * @param rises whether greater
   * @param by at least so much
   * @param percent whether that is a share of what it was
   */
  record Change(boolean rises, double by, boolean percent, Duration within) implements Limit {
    /** The greatest {@link #within}. */
    static final Duration LONGEST = Duration.ofDays(7);

    /** As plans have it. */
    public String key() {
      return rises ? "rises-by" : "falls-by";
    }

    /** The least change that is a trouble, as it is written. */
    public String amount() {
      return Limit.number(by) + (percent ? "%" : "");
    }

    /** In which time, as it is written. */
    public String span() {
      return Durations.text(within);
    }

    /**
     * How much a value has changed, in the direction and unit of this.
     *
     * @param before the least it was, or the greatest when it is to fall
     * @return NaN for a share of 0
     */
    public double of(double before, double value) {
      double change = rises ? value - before : before - value;
      return !percent ? change : before == 0 ? Double.NaN : 100 * change / Math.abs(before);
    }

    @Override
    public String toString() {
      return (rises ? "risen" : "fallen") + " by " + amount() + " or more within " + span();
    }
  }

  /** It does not come any more. */
  record Absent(Duration time) implements Limit {
    @Override
    public String toString() {
      return "absent for " + Durations.text(time);
    }
  }

  /** A number for people: a whole one as it is, others with 6 digits. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : Double.isFinite(value)
            ? new java.math.BigDecimal(value)
                .round(new java.math.MathContext(6))
                .stripTrailingZeros()
                .toPlainString()
            : String.valueOf(value);
  }
}
