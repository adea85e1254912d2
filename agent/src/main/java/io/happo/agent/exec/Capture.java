package io.happo.agent.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/**
 * Collects one stream of a child: keeps the first bytes, counts the rest. Grows with what arrives,
 * so a silent stream costs nothing. What is kept beyond the first bytes is taken from what all
 * commands may keep together; once that is used up, this stream keeps no more. For one thread.
 */
final class Capture {
  /** What a pipe holds on Linux, 64 KiB: no read gives more, and no read asks for more. */
  private static final int PIPE_BYTES = 64 << 10;

  private static final int FIRST_BYTES = 1 << 10;

  /** Where what is not kept is read into, by all threads at once: nobody looks at it. */
  private static final byte[] DROPPED = new byte[PIPE_BYTES];

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

  /**
   * Reads once.
   *
   * @return whether the stream has ended
   */
  boolean readFrom(ReadableByteChannel stream) throws IOException {
    if (length == kept.length && length < maxBytes) {
      grow();
    }
    if (length == maxBytes) {
      int count = stream.read(ByteBuffer.wrap(DROPPED));
      dropped += Math.max(count, 0);
      return count < 0;
    }
    int room = Math.min(kept.length - length, PIPE_BYTES);
    int count = stream.read(ByteBuffer.wrap(kept, length, room));
    length += Math.max(count, 0);
    return count < 0;
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

  Output output() {
    return new Output(length == kept.length ? kept : Arrays.copyOf(kept, length), dropped);
  }
}
