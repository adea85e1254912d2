package io.happo.program.schedule;

import java.time.Duration;

/**
 * Once in each interval, by monotonic time. Where in the interval is taken from the wall clock, at
 * the start and after a sleep, so that it stays over a restart.
 */
final class IntervalRhythm extends Rhythm {
  private final long period;
  private final long hash;
  private long due;
  private boolean catchingUp;

  IntervalRhythm(Duration interval, long hash, long sinceStart, Now now) {
    this.period = interval.toNanos();
    this.hash = hash;
    // A check whose interval was changed has just run: not at once again.
    this.due = next(sinceStart < 0 ? 0 : Math.max(0, period / 2 - sinceStart), now);
  }

  /** The first time of the phase that is not earlier than this delay. */
  private long next(long delay, Now now) {
    long millis = delay / Now.NANOS_PER_MILLI;
    long wait = Phase.untilNext(hash, period / Now.NANOS_PER_MILLI, now.millis() + millis);
    return now.nanos() + (millis + wait) * Now.NANOS_PER_MILLI;
  }

  @Override
  long untilDue(Now now) {
    return due - now.nanos();
  }

  @Override
  long pass(Now now) {
    long late = now.nanos() - due;
    if (late < 0) {
      return 0;
    }
    long passed = late / period + 1;
    if (catchingUp) {
      catchingUp = false;
      due = next(period / 2, now);
    } else {
      due += passed * period;
    }
    return passed;
  }

  @Override
  void slept(long millis) {
    due -= millis * Now.NANOS_PER_MILLI;
  }

  @Override
  long catchUp(long delayNanos, Now now) {
    long late = now.nanos() - due;
    if (late < 0) {
      return 0;
    }
    catchingUp = true;
    due = now.nanos() + Math.min(delayNanos, period / 2);
    return late / period;
  }

  @Override
  void setBack(Now now) {
    // The wall clock is nothing to an interval.
  }
}
