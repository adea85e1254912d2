package io.happo.agent.machine;

import io.happo.core.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * How far a log file has been read.
 *
 * @param inode of the file; 0 where there are none
 * @param offset up to which it has been read
 * @param size which it had then; more than the offset when its last line was not complete
 * @param head fingerprint of its beginning, of {@link #headBytes}
 */
record LogPosition(long inode, long offset, long size, String head) {
  private static final String FORM = "check_log of happo-agent, position 1:";
  private static final int WORDS = 4;

  /** Of the beginning of a file; more than a date and a host name, so that files differ in it. */
  private static final int MAX_HEAD_BYTES = 1024;

  static LogPosition of(long inode, FileChannel file, long offset, long size) throws IOException {
    return new LogPosition(inode, offset, size, head(file, headBytes(offset)));
  }

  /** Empty when the text is none that {@link #text} made. */
  static Optional<LogPosition> parse(String text) {
    if (!text.startsWith(FORM)) {
      return Optional.empty();
    }
    var words = text.substring(FORM.length()).strip().split(" ", -1);
    try {
      return words.length == WORDS
          ? Optional.of(
              new LogPosition(
                  Long.parseLong(words[0]),
                  Long.parseLong(words[1]),
                  Long.parseLong(words[2]),
                  words[3]))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  String text() {
    return FORM + " " + inode + " " + offset + " " + size + " " + head + "\n";
  }

  /** Whether a file is the one that was read, so far as its content tells. */
  boolean fits(FileChannel file) throws IOException {
    return file.size() >= offset && head(file, headBytes(offset)).equals(head);
  }

  /** How much of a file that was read so far can be told again. */
  private static int headBytes(long offset) {
    return Math.clamp(offset, 0, MAX_HEAD_BYTES);
  }

  private static String head(FileChannel file, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && file.read(buffer, buffer.position()) > 0) {
      // Goes on until the buffer is full or the file ends.
    }
    return Sha256.of(buffer.array());
  }
}
