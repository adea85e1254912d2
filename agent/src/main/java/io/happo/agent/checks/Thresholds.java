package io.happo.agent.checks;

import io.happo.core.AlertRange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code -w} and {@code -c} say.
 *
 * @param warn the range as it is written in performance data; null when there is none
 * @param crit likewise
 */
public record Thresholds(
    Optional<AlertRange> warning,
    Optional<AlertRange> critical,
    @Nullable String warn,
    @Nullable String crit) {
  public static final Thresholds NONE =
      new Thresholds(Optional.empty(), Optional.empty(), null, null);

  /** What the options {@code warning} and {@code critical} say as ranges; empty ones are none. */
  public static Thresholds of(Given given) throws UsageException {
    return of(given.find("warning").orElse(null), given.find("critical").orElse(null));
  }

  /** Of two ranges; null or empty when there is none. */
  public static Thresholds of(@Nullable String warn, @Nullable String crit) throws UsageException {
    return new Thresholds(
        range("-w (--warning)", warn), range("-c (--critical)", crit), warn, crit);
  }

  private static Optional<AlertRange> range(String option, @Nullable String text)
      throws UsageException {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    var range = AlertRange.parse(text);
    if (range.isEmpty()) {
      throw new UsageException(
          option + ": '" + text + "' is no range; write 10, 10:, ~:10, 10:20 or @10:20");
    }
    return range;
  }

  /** What a number of seconds, bytes or things means. */
  public Status of(long value) {
    return of((double) value);
  }

  /** What a value means. */
  public Status of(double value) {
    if (critical.isPresent() && critical.get().alerts(value)) {
      return Status.CRITICAL;
    }
    return warning.isPresent() && warning.get().alerts(value) ? Status.WARNING : Status.OK;
  }
}
