package io.happo.hub.graphite;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How many lines each address sends in a minute, whatever it sends them by. Any thread. */
final class LineRates {
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  /** Addresses that are counted apart in a minute; all others together. */
  private static final int MAX_ADDRESSES = 10_000;

  private static final InetAddress OTHERS = InetAddress.ofLiteral("0.0.0.0");

  private final int most;
  private final LongSupplier nanos;
  private final Map<InetAddress, Integer> lines = new HashMap<>(); // Under this.
  private long beginNanos;

  /**
   * @param most of an address in a minute
   * @param nanos as {@link System#nanoTime}
   */
  LineRates(int most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
    beginNanos = nanos.getAsLong();
  }

  /**
   * Counts a line, unless it is one too many.
   *
   * @return 0 when it was counted, else for how long there will be no room for it
   */
  synchronized long take(InetAddress address) {
    long passed = nanos.getAsLong() - beginNanos;
    if (passed >= MINUTE_NANOS) {
      beginNanos += passed;
      passed = 0;
      lines.clear();
    }
    boolean isApart = lines.containsKey(address) || lines.size() < MAX_ADDRESSES;
    var counted = isApart ? address : OTHERS;
    int before = lines.getOrDefault(counted, 0);
    if (before >= most) {
      return MINUTE_NANOS - passed;
    }
    lines.put(counted, before + 1);
    return 0;
  }
}
