package io.happo.agent.checks;

import io.happo.core.Decimal;
import java.time.Duration;
import java.util.Locale;

/**
 * The value of {@code -t}, {@code SECONDS[:STATE]}.
 *
 * @param time until a check gives up; above 0, at most a day
 * @param state which is told then
 */
record Timeout(Duration time, Status state) {
  private static final long MOST_MILLIS = Duration.ofDays(1).toMillis();

  static Timeout of(String text) throws UsageException {
    int colon = text.indexOf(':');
    double seconds = Decimal.read(colon < 0 ? text : text.substring(0, colon));
    long millis = Math.round(seconds * 1000);
    if (Double.isNaN(seconds) || millis < 1 || millis > MOST_MILLIS) {
      throw new UsageException("-t (--timeout): '" + text + "' is no number of seconds above 0");
    }
    return new Timeout(
        Duration.ofMillis(millis), colon < 0 ? Status.CRITICAL : state(text.substring(colon + 1)));
  }

  /** By name, as much of it as is unique, or by number. */
  private static Status state(String text) throws UsageException {
    for (var status : Status.values()) {
      boolean isNamed = !text.isEmpty() && status.name().startsWith(text.toUpperCase(Locale.ROOT));
      if (isNamed || text.equals(String.valueOf(status.code()))) {
        return status;
      }
    }
    throw new UsageException(
        "-t (--timeout): '" + text + "' is no state; write OK, WARNING, CRITICAL or UNKNOWN");
  }

  /** What is said when it was too long. */
  String words(String what) {
    long millis = time.toMillis();
    var seconds = millis % 1000 == 0 ? String.valueOf(millis / 1000) : Fixed.of(millis / 1e3, 1);
    var words = what.endsWith(" timeout") ? what : what + " timed out";
    return state + " - " + words + " after " + seconds + " seconds";
  }
}
