package io.happo.program.schedule;

import io.happo.core.plan.Cron;
import java.time.Instant;
import java.time.ZoneId;

/**
 * At the times of a cron expression, by the wall clock. Of times that were missed the last one
 * counts. A time that comes again because the clock was put back does not count, unless a whole
 * period has really gone by: else a clock that was a year ahead would mean a year of silence.
 */
final class CronRhythm extends Rhythm {
  /** So that a clock that jumped by years takes no time to follow. */
  private static final int MOST_COUNTED = 1_000;

  /** Further ahead or back nobody needs to look; and it can be said in nanoseconds. */
  private static final long FARTHEST_MILLIS = 86_400_000;

  private final Cron cron;
  private final ZoneId zone;
  private long due;
  private long lastPassed = Long.MIN_VALUE;
  private long passedAt;
  private boolean held;
  private long heldUntil;

  CronRhythm(Cron cron, ZoneId zone, Now now) {
    this.cron = cron;
    this.zone = zone;
    this.due = next(now.millis());
  }

  private long next(long millis) {
    return cron.next(Instant.ofEpochMilli(millis), zone).toEpochMilli();
  }

  @Override
  long untilDue(Now now) {
    while (due <= now.millis() && isRepeated(now)) {
      due = next(due);
    }
    long wait = due - now.millis();
    wait = Math.clamp(wait, -FARTHEST_MILLIS, FARTHEST_MILLIS) * Now.NANOS_PER_MILLI;
    return held ? Math.max(wait, heldUntil - now.nanos()) : wait;
  }

  private boolean isRepeated(Now now) {
    return due <= lastPassed && now.nanos() - passedAt < (next(due) - due) * Now.NANOS_PER_MILLI;
  }

  @Override
  long pass(Now now) {
    long passed = 0;
    while (due <= now.millis()) {
      lastPassed = due;
      passedAt = now.nanos();
      held = false;
      due = next(passed++ < MOST_COUNTED ? due : now.millis());
    }
    return passed;
  }

  @Override
  void slept(long millis) {
    // The wall clock has counted it.
  }

  @Override
  long catchUp(long delayNanos, Now now) {
    if (due <= now.millis()) {
      held = true;
      heldUntil = now.nanos() + delayNanos;
    }
    return 0; // They are passed when it starts.
  }

  @Override
  void setBack(Now now) {
    due = next(now.millis());
    held = false;
  }
}
