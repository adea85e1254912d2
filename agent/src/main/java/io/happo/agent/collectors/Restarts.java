package io.happo.agent.collectors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * When a program that has ended is started again; pure, times are {@link System#nanoTime}.
 *
 * <pre>
 * it ended                                        it is started again
 * for the first time, or after it ran for 10 min  after 1 s
 * once more                                       after twice the time, 60 s at most
 * for the fifth time within 10 min                after 5 min: a crash loop
 * in a crash loop, before it ran for 10 min       after 5 min: the crash loop goes on
 * </pre>
 */
final class Restarts {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** A program that ran for so long counts as one that runs. */
  static final Duration SETTLED = Duration.ofMinutes(10);

  /** So many ends within {@link #SETTLED} are a crash loop. */
  static final int MOST_ENDS = 5;

  static final Duration IN_LOOP = Duration.ofMinutes(5);

  private final ArrayDeque<Long> ends = new ArrayDeque<>(MOST_ENDS);
  private long pauseNanos = FIRST.toNanos();
  private boolean crashLoop;

  /**
   * It has ended, or could not be started.
   *
   * @param ranNanos for how long it ran
   * @return after how many nanoseconds it is to be started again
   */
  long ended(long ranNanos, long now) {
    if (ranNanos >= SETTLED.toNanos()) {
      ends.clear();
      pauseNanos = FIRST.toNanos();
      crashLoop = false;
    }
    while (!ends.isEmpty() && now - ends.getFirst() > SETTLED.toNanos()) {
      ends.removeFirst();
    }
    ends.addLast(now);
    crashLoop |= ends.size() >= MOST_ENDS;
    if (crashLoop) {
      ends.clear();
      return IN_LOOP.toNanos();
    }
    long pause = pauseNanos;
    pauseNanos = Math.min(2 * pause, LONGEST.toNanos());
    return pause;
  }

  /** Whether the last end was one of a crash loop. */
  boolean isCrashLoop() {
    return crashLoop;
  }

  /** For people, such as {@code 3 min}. */
  static String words(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, nanos) + 500_000_000);
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
  }
}
