package io.happo.hub.metrics;

import java.util.Arrays;

/** Bits in the order written, the highest of a byte first. */
final class BitWriter {
  private byte[] bytes = new byte[256];
  private int size; // Whole bytes.
  private long pending; // Bits that make no byte yet, the last written lowest.
  private int pendingBits;

  /**
   * @param count 0 to 64, the lowest of them
   */
  void bits(long value, int count) {
    if (count > 32) {
      few(value >>> 32, count - 32);
      few(value, 32);
    } else {
      few(value, count);
    }
  }

  private void few(long value, int count) {
    pending = (pending << count) | (value & ((1L << count) - 1));
    pendingBits += count;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      put((int) (pending >>> pendingBits));
    }
  }

  /** Of small numbers few bytes; begins a byte of its own. */
  void varint(long value) {
    align();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      put((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  /** Likewise of numbers near 0 on both sides. */
  void signedVarint(long value) {
    varint(zigzag(value));
  }

  void align() {
    if (pendingBits > 0) {
      few(0, 8 - pendingBits);
    }
  }

  private void put(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = (byte) value;
  }

  byte[] toBytes() {
    align();
    return Arrays.copyOf(bytes, size);
  }

  /** Bytes so far. */
  int size() {
    return size;
  }

  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }
}
