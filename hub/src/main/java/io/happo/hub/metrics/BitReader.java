package io.happo.hub.metrics;

/**
 * Reads what {@link BitWriter} wrote. Throws {@link IllegalArgumentException} when there is less.
 */
final class BitReader {
  private final byte[] bytes;
  private int at;
  private long pending;
  private int pendingBits;

  BitReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param count 0 to 64
   */
  long bits(int count) {
    return count > 32 ? (few(count - 32) << 32) | few(32) : few(count);
  }

  private long few(int count) {
    while (pendingBits < count) {
      pending = (pending << 8) | next();
      pendingBits += 8;
    }
    pendingBits -= count;
    return (pending >>> pendingBits) & ((1L << count) - 1);
  }

  /** How many bits that are 1 come before one that is 0, which is read too; at most so many. */
  int ones(int most) {
    int count = 0;
    while (true) {
      if (pendingBits == 0) {
        pending = next();
        pendingBits = 8;
      }
      // Those that are pending, highest first, and behind them ones that are none.
      long rest = ~(pending << (64 - pendingBits));
      int ones = Math.min(Long.numberOfLeadingZeros(rest), pendingBits);
      if (count + ones >= most) {
        pendingBits -= most - count;
        return most;
      }
      count += ones;
      pendingBits -= ones;
      if (pendingBits > 0) {
        pendingBits--;
        return count;
      }
    }
  }

  long varint() {
    align();
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = next();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number in a chunk of samples has no end");
  }

  long signedVarint() {
    return unzigzag(varint());
  }

  /** A number of things that are not fewer than the bits there are. */
  int count(int most) {
    long count = varint();
    if (count < 0 || count > most) {
      throw new IllegalArgumentException("a chunk of samples claims to hold " + count);
    }
    return (int) count;
  }

  void align() {
    pendingBits = 0;
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  private int next() {
    if (at == bytes.length) {
      throw new IllegalArgumentException("a chunk of samples is cut off");
    }
    return bytes[at++] & 0xFF;
  }

  static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
