package io.happo.net;

import java.util.Arrays;

/**
 * What of a packet, or of a TLS greeting before it, has arrived on one connection. The memory that
 * it takes, beyond its first {@link #FREE_BYTES}, counts in the budget of all. For one thread.
 */
final class Gathered {
  /** What a connection may hold without asking the budget. */
  static final int FREE_BYTES = 4 * 1_024;

  private static final byte[] NOTHING = new byte[0];

  private final ByteBudget budget;
  private byte[] bytes = NOTHING;
  private int count;

  Gathered(ByteBudget budget) {
    this.budget = budget;
  }

  /** What of so many bytes of memory counts in the budget. */
  static long charge(int bytes) {
    return Math.max(0, bytes - FREE_BYTES);
  }

  /**
   * Adds what has arrived, up to so many bytes in all; the rest is thrown away.
   *
   * @return false when the budget has no room for it; then nothing is added
   */
  boolean add(byte[] arrived, int most) {
    int more = Math.min(arrived.length, Math.max(0, most - count));
    if (bytes.length < count + more) {
      // Never by what a packet announces: that costs the peer nothing.
      int room = count == 0 ? more : Math.min(most, 2 * (count + more));
      if (!budget.take(charge(room) - charge(bytes.length))) {
        return false;
      }
      bytes = Arrays.copyOf(bytes, room);
    }
    System.arraycopy(arrived, 0, bytes, count, more);
    count += more;
    return true;
  }

  /** The bytes from index 0, {@link #count} of them; not to be written to. */
  byte[] bytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  /** The first of them; the others are forgotten, and nothing is counted any more. */
  byte[] take(int length) {
    var taken = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    clear();
    return taken;
  }

  void clear() {
    budget.give(charge(bytes.length));
    bytes = NOTHING;
    count = 0;
  }
}
