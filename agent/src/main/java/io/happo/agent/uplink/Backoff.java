package io.happo.agent.uplink;

import java.time.Duration;

/**
 * How long to wait before the next try: exponential with full jitter, from 1 s to 5 min, so that a
 * fleet that lost its hub does not come back in step.
 *
 * @param failures in a row
 */
record Backoff(int failures) {
  static final Backoff NONE = new Backoff(0);

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** A session that lasted this long was a good one. */
  private static final Duration GOOD = Duration.ofMinutes(1);

  /** 2 to this power is beyond the longest. */
  private static final int MOST_DOUBLINGS = 9;

  /**
   * @param lasted how long the session went on; zero when there was none
   */
  Backoff after(Duration lasted) {
    return lasted.compareTo(GOOD) >= 0
        ? NONE
        : new Backoff(Math.min(failures + 1, MOST_DOUBLINGS + 1));
  }

  /** No wait is longer than this. */
  Duration most() {
    var most = SHORTEST.multipliedBy(1L << Math.clamp(failures - 1, 0, MOST_DOUBLINGS));
    return most.compareTo(LONGEST) < 0 ? most : LONGEST;
  }

  /**
   * @param jitter from 0 up to 1, at random
   * @param atLeast what the hub asked for
   */
  Duration delay(double jitter, Duration atLeast) {
    return atLeast.plusMillis((long) (jitter * most().toMillis()));
  }
}
