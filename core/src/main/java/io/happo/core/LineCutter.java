package io.happo.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Cuts bytes, as they arrive, into lines of UTF-8 that end with LF or CRLF. A line that is too long
 * is passed over whole. It holds at most one line. Belongs to one stream and one thread.
 */
public final class LineCutter {
  /** Who gets the lines. */
  public interface Lines {
    /** A line, without its end; not empty. */
    void line(String text);

    /** There was one that is longer than it may be. */
    void tooLong();
  }

  private final byte[] held;
  private final Lines lines;
  private int length;
  private boolean passingOver;

  /**
   * @param maxBytes of a line, without its end
   */
  public LineCutter(int maxBytes, Lines lines) {
    held = new byte[maxBytes + 1]; // And the CR, which is no part of the line.
    this.lines = lines;
  }

  /** Takes all that remains in the buffer. */
  public void take(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte one = bytes.get();
      if (one == '\n') {
        end();
      } else if (length < held.length) {
        held[length++] = one;
      } else {
        passingOver = true;
      }
    }
  }

  /** What came last is the end of a line, though no end of a line came; as of a packet. */
  public void end() {
    int text = length > 0 && held[length - 1] == '\r' ? length - 1 : length;
    boolean tooLong = passingOver || text == held.length;
    length = 0;
    passingOver = false;
    if (tooLong) {
      lines.tooLong();
    } else if (text > 0) {
      lines.line(new String(held, 0, text, StandardCharsets.UTF_8));
    }
  }

  /** Whether something came after the last end of a line. */
  public boolean isWithinLine() {
    return length > 0;
  }
}
