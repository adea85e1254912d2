package io.happo.net;

import java.util.Arrays;

/** Bytes that have arrived and were not taken yet. For one thread. */
final class ByteQueue {
  private static final byte[] EMPTY = new byte[0];

  private byte[] bytes = EMPTY;
  private int start;
  private int end;

  void add(byte[] more) {
    if (start == end) {
      bytes = more;
      start = 0;
      end = more.length;
      return;
    }
    if (end + more.length > bytes.length) {
      // Twice what is needed, so that a body that arrives byte by byte is not copied for each of
      // them.
      bytes = Arrays.copyOfRange(bytes, start, start + 2 * (size() + more.length));
      end -= start;
      start = 0;
    }
    System.arraycopy(more, 0, bytes, end, more.length);
    end += more.length;
  }

  int size() {
    return end - start;
  }

  int at(int index) {
    return bytes[start + index] & 0xff;
  }

  /** Where this byte is, at or after an index; -1 if it has not arrived. */
  int find(char wanted, int from) {
    for (int i = from; i < size(); i++) {
      if (at(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  byte[] take(int count) {
    var taken = Arrays.copyOfRange(bytes, start, start + count);
    start += count;
    if (start == end) {
      clear();
    }
    return taken;
  }

  void clear() {
    bytes = EMPTY;
    start = 0;
    end = 0;
  }
}
