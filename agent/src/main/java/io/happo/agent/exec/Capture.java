package io.happo.agent.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects one stream of a child: keeps the first bytes, counts the rest. Grows with what arrives,
 * so a silent stream costs nothing. For one thread.
 */
final class Capture {
  /** What a pipe holds on Linux, 64 KiB: no read gives more, and no read asks for more. */
  private static final int PIPE_BYTES = 64 << 10;

  private static final int FIRST_BYTES = 1 << 10;

  private final int maxBytes;
  private byte[] kept = new byte[0];
  private int length;
  private long dropped;
  private @Nullable ByteBuffer spill;

  Capture(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Reads once.
   *
   * @return whether the stream has ended
   */
  boolean readFrom(ReadableByteChannel stream) throws IOException {
    if (length == maxBytes) {
      if (spill == null) {
        spill = ByteBuffer.allocate(PIPE_BYTES);
      }
      int count = stream.read(spill.clear());
      dropped += Math.max(count, 0);
      return count < 0;
    }
    if (length == kept.length) {
      kept = Arrays.copyOf(kept, Math.clamp(2L * length, FIRST_BYTES, maxBytes));
    }
    int room = Math.min(kept.length - length, PIPE_BYTES);
    int count = stream.read(ByteBuffer.wrap(kept, length, room));
    length += Math.max(count, 0);
    return count < 0;
  }

  Output output() {
    return new Output(length == kept.length ? kept : Arrays.copyOf(kept, length), dropped);
  }
}
