package io.happo.agent.exec;

import java.util.concurrent.TimeUnit;

/** Whether a thread that works and rests in turn has stopped in its work. Asked by any thread. */
final class Progress {
  /** More than any turn takes, on a machine with no time for it. */
  private static final long STUCK_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final long RESTING = 0;

  private volatile long begun = RESTING;

  /** Work begins. */
  long begins() {
    long now = System.nanoTime();
    begun = now == RESTING ? 1 : now;
    return now;
  }

  void rests() {
    begun = RESTING;
  }

  boolean isStuck() {
    return isStuck(System.nanoTime());
  }

  boolean isStuck(long now) {
    long since = begun;
    return since != RESTING && now - since > STUCK_NANOS;
  }
}
