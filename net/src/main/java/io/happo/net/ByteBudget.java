package io.happo.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the connections of one server may hold in memory together, in bytes: requests that are
 * arriving or being handled, and answers that are being written. Without it, the limit of one
 * request times the limit of connections would be the bound. For any thread.
 */
final class ByteBudget {
  private final long limit;
  private final AtomicLong held = new AtomicLong();

  ByteBudget(long limit) {
    this.limit = limit;
  }

  /** Counts bytes, unless there is no room for them; what is alone always has room. */
  boolean take(long bytes) {
    if (bytes == 0) {
      return true;
    }
    long after = held.addAndGet(bytes);
    boolean fits = after <= limit || after == bytes;
    if (!fits) {
      give(bytes);
    }
    return fits;
  }

  /** Counts bytes that are there anyway. */
  void add(long bytes) {
    held.addAndGet(bytes);
  }

  /** Counts bytes out that are held no more. */
  void give(long bytes) {
    held.addAndGet(-bytes);
  }

  long held() {
    return held.get();
  }
}
