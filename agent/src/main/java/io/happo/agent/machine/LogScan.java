package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Goes through the new lines of a log and keeps those that match. Bounded in time, in bytes and in
 * what it keeps; what it does not come to is left for the next run. Of one thread.
 */
final class LogScan {
  /** In a run; of what is more, the next run reads on. */
  private static final long MAX_BYTES = 64L << 20;

  /** Of a line; the rest of a longer one is passed over. */
  private static final int MAX_LINE_BYTES = 16 << 10;

  /** Of the lines that are told; the last ones. */
  private static final int MOST_LINES = 50;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Pattern query;
  private final List<Pattern> excluded;
  private final Machine machine;
  private final long end;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private final List<String> matches = new ArrayList<>();
  private long bytes;
  private long lines;
  private long count;

  LogScan(Pattern query, List<Pattern> excluded, Machine machine) {
    this.query = query;
    this.excluded = excluded;
    this.machine = machine;
    this.end = machine.nanos().getAsLong() + machine.left().dividedBy(2).toNanos();
  }

  /**
   * Reads from an offset on.
   *
   * @param takesTail whether what stands behind the last line feed is a line
   * @return behind the last line that was read
   */
  long read(FileChannel file, long from, boolean takesTail)
      throws IOException, CheckException, InterruptedException {
    long size = file.size();
    long at = from;
    long behind = from;
    while (at < size && !isFull()) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, size - at));
      int read = file.read(buffer, at);
      if (read <= 0) {
        break;
      }
      for (int i = 0; i < read; i++) {
        byte b = buffer.get(i);
        if (b == '\n') {
          behind = at + i + 1;
          endLine();
        } else if (line.size() < MAX_LINE_BYTES) {
          line.write(b);
        }
      }
      at += read;
      bytes += read;
    }
    boolean isAtEnd = at >= size;
    if (line.size() == 0 || !isAtEnd || !takesTail) {
      // A line without an end that is longer than all that is read would be read for ever.
      behind = at - behind > MAX_BYTES / 4 ? at : behind;
      line.reset();
      return behind;
    }
    endLine();
    return at;
  }

  /** Whether no more is read in this run. */
  boolean isFull() {
    return bytes >= MAX_BYTES || machine.nanos().getAsLong() - end > 0;
  }

  private void endLine() throws CheckException, InterruptedException {
    var text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    lines++;
    if (!Interruptible.finds(query, text)) {
      return;
    }
    for (var pattern : excluded) {
      if (Interruptible.finds(pattern, text)) {
        return;
      }
    }
    count++;
    matches.add(text);
    if (matches.size() > MOST_LINES) {
      matches.removeFirst();
    }
  }

  /** How many lines were read. */
  long lines() {
    return lines;
  }

  /** How many of them matched. */
  long count() {
    return count;
  }

  /** The last of those that matched. */
  List<String> matches() {
    return matches;
  }
}
