package io.happo.net;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the connections of one server may hold in memory together, in bytes: requests that are
 * arriving or being handled, and answers that are being written. Without it, the limit of one
 * request times the limit of connections would be the bound. For any thread.
 */
final class ByteBudget {
  private final long limit;
  private final AtomicLong held = new AtomicLong();
  private volatile int waiting; // Written under this; whoever gives looks only then.

  ByteBudget(long limit) {
    this.limit = limit;
  }

  /** Counts bytes, unless there is no room for them; what is alone always has room. */
  boolean take(long bytes) {
    for (long before = held.get(); ; before = held.get()) {
      if (bytes > 0 && before > 0 && before + bytes > limit) {
        return false;
      }
      if (held.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
  }

  /** As {@link #take(long)}, but waits for room; false when there was none in that time. */
  boolean take(long bytes, Duration most) throws InterruptedException {
    if (take(bytes)) {
      return true;
    }
    long end = System.nanoTime() + most.toNanos();
    synchronized (this) {
      waiting++;
      try {
        long left = most.toNanos();
        while (!take(bytes)) {
          if (left <= 0) {
            return false;
          }
          TimeUnit.NANOSECONDS.timedWait(this, left);
          left = end - System.nanoTime();
        }
        return true;
      } finally {
        waiting--;
      }
    }
  }

  /** Counts bytes that are there anyway. */
  void add(long bytes) {
    held.addAndGet(bytes);
  }

  /** Counts bytes out that are held no more. */
  void give(long bytes) {
    held.addAndGet(-bytes);
    if (bytes > 0 && waiting > 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  long held() {
    return held.get();
  }
}
