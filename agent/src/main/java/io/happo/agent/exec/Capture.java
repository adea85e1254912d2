package io.happo.agent.exec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects one stream of a child: keeps the first bytes, counts the rest. Grows with what arrives,
 * so a silent stream costs nothing. What is kept beyond the first bytes is taken from what all
 * commands may keep together; once that is used up, this stream keeps no more. For one thread at a
 * time.
 */
class Capture {
  private static final int FIRST_BYTES = 1 << 10;

  /** What every stream may keep, whatever the others keep. */
  static final int FREE_BYTES = 16 << 10;

  private final OutputShare share;
  private int maxBytes;
  private byte[] kept = new byte[0];
  private int length;
  private long dropped;

  /**
   * Keeps nothing yet.
   *
   * @param share of what all streams may keep beyond their {@link #FREE_BYTES}
   */
  Capture(int maxBytes, OutputShare share) {
    this.maxBytes = maxBytes;
    this.share = share;
  }

  /** Takes the bytes, and keeps what there is room for. */
  void add(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (length == kept.length && length < maxBytes) {
        grow();
      }
      if (length == maxBytes) {
        dropped += bytes.remaining();
        return;
      }
      int count = Math.min(kept.length - length, bytes.remaining());
      bytes.get(kept, length, count);
      length += count;
    }
  }

  private void grow() {
    int next = Math.clamp(2L * length, FIRST_BYTES, maxBytes);
    int more = Math.max(0, next - Math.max(length, FREE_BYTES));
    if (share.take(more)) {
      kept = Arrays.copyOf(kept, next);
    } else {
      maxBytes = length;
    }
  }

  /** What was kept from that byte on; none when there is nothing new. */
  byte[] from(int position) {
    return Arrays.copyOfRange(kept, Math.min(position, length), length);
  }

  Output output() {
    return new Output(length == kept.length ? kept : Arrays.copyOf(kept, length), dropped);
  }
}
