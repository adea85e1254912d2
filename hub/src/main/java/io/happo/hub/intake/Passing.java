package io.happo.hub.intake;

import io.happo.hub.alert.Health;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Time as it passes for those that await something: while the writer stood still nothing could
 * come, and of that no more than {@link #STANDSTILL} counts. In nanoseconds, from any beginning,
 * and standing still between two looks. For one thread.
 */
final class Passing {
  /** A writer that does not come back within this was kept waiting, and so were values. */
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  /** Agents that get no acknowledgement for so long leave, and come again later and later. */
  private static final Duration LEFT = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private long lookedNanos;
  private long passed;
  private long stood;
  private long settled;
  private boolean failed;

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Passing(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedNanos = nanos.getAsLong();
  }

  /** What has passed by the last look. */
  long time() {
    return passed;
  }

  /** What has passed by now; to be called often. */
  long look() {
    long gap = nanos.getAsLong() - lookedNanos;
    lookedNanos += gap;
    stood = failed || gap > STANDSTILL.toNanos() ? stood + gap : 0;
    passed += failed ? 0 : Math.min(gap, STANDSTILL.toNanos());
    failed = false;
    if (stood >= LEFT.toNanos()) {
      settled = passed + Math.min(stood, Health.COMES_BACK.toNanos());
    }
    return passed;
  }

  /** Nothing could be stored since the last look. */
  void fail() {
    failed = true;
  }

  /** Whether all that left while the writer stood still can have come again. */
  boolean isSettled() {
    return passed >= settled;
  }
}
