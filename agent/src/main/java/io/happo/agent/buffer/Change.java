package io.happo.agent.buffer;

import io.happo.agent.buffer.SequenceSet.Range;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants written, and how it went. The caller makes it, the thread that writes the
 * batch fills in the outcome; {@link DurableQueue} hands it from one to the other under its lock.
 */
abstract sealed class Change {
  private @Nullable IOException failure;
  private boolean done;

  /** Bytes it takes in a segment. */
  abstract int size();

  void fail(IOException cause) {
    failure = cause;
  }

  @Nullable IOException failure() {
    return failure;
  }

  void done() {
    done = true;
  }

  boolean isDone() {
    return done;
  }

  /** A new record. */
  static final class Append extends Change {
    private final long time;
    private final Payloads.Packed payload;
    private long sequence;

    Append(long time, Payloads.Packed payload) {
      this.time = time;
      this.payload = payload;
    }

    long time() {
      return time;
    }

    Payloads.Packed payload() {
      return payload;
    }

    long sequence() {
      return sequence;
    }

    void sequence(long given) {
      sequence = given;
    }

    @Override
    int size() {
      return SegmentFormat.dataSize(payload);
    }
  }

  /** The end of a lease; without ranges it writes nothing and only has what is too old dropped. */
  static final class Forget extends Change {
    private final List<Range> ranges;

    Forget(List<Range> ranges) {
      this.ranges = ranges;
    }

    List<Range> ranges() {
      return ranges;
    }

    @Override
    int size() {
      return ranges.isEmpty() ? 0 : SegmentFormat.forgetSize(ranges);
    }
  }
}
