package io.happo.agent.machine;

import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import org.jspecify.annotations.Nullable;

/** Ranges whose ends are written in another unit than the one that is measured. */
final class Bounds {
  private Bounds() {}

  /** What an end of a range is in the unit that is measured; NaN when it is none. */
  interface Unit {
    double read(String bound);
  }

  /** The options {@code warning} and {@code critical} as ranges of durations, in seconds. */
  static Thresholds durations(Given given) throws UsageException {
    return Thresholds.of(
        converted("-w (--warning)", given.find("warning").orElse(null), Bounds::seconds),
        converted("-c (--critical)", given.find("critical").orElse(null), Bounds::seconds));
  }

  /** The range with its ends in the other unit. */
  static @Nullable String converted(String option, @Nullable String range, Unit unit)
      throws UsageException {
    if (range == null || range.isEmpty()) {
      return range;
    }
    int start = range.startsWith("@") ? 1 : 0;
    int colon = range.indexOf(':', start);
    var text = new StringBuilder().append(range, 0, start);
    if (colon >= 0) {
      text.append(bound(option, range, range.substring(start, colon), unit)).append(':');
    }
    return text.append(bound(option, range, range.substring(Math.max(start, colon + 1)), unit))
        .toString();
  }

  private static String bound(String option, String range, String bound, Unit unit)
      throws UsageException {
    if (bound.isEmpty() || bound.equals("~")) {
      return bound;
    }
    double value = unit.read(bound);
    if (!Double.isFinite(value)) {
      throw new UsageException(option + ": '" + bound + "' in '" + range + "' cannot be read");
    }
    return Fixed.of(value, 0);
  }

  /** {@code 90}, {@code 30m}, {@code 1.5h}: minutes unless s, m, h, d or w says otherwise. */
  static double seconds(String text) {
    int last = text.length() - 1;
    char unit = last < 0 ? 'm' : text.charAt(last);
    int scale =
        switch (unit) {
          case 's' -> 1;
          case 'h' -> 3_600;
          case 'd' -> 86_400;
          case 'w' -> 604_800;
          default -> 60;
        };
    boolean hasUnit = last > 0 && "smhdw".indexOf(unit) >= 0;
    return Decimal.read(hasUnit ? text.substring(0, last) : text) * scale;
  }
}
