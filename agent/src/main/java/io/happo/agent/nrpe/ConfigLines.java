package io.happo.agent.nrpe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Cuts a file into lines the way NRPE does, holding no more than one line of bounded length at a
 * time. Blanks at both ends are cut off, and a NUL ends a line early.
 */
final class ConfigLines {
  /** NRPE reads this many bytes of a line, and takes the rest for another line. */
  static final int MAX_LINE_BYTES = 2046;

  private static final String BYTE_ORDER_MARK = "\ufeff";

  /**
   * A line.
   *
   * @param number from 1
   * @param text without blanks at both ends; empty unless it is text
   * @param length its bytes in the file, without what ends it
   * @param isText whether it is UTF-8
   * @param hadNul whether a NUL cut it short
   * @param hadMark whether a byte order mark stood before it
   */
  record Line(
      int number, String text, long length, boolean isText, boolean hadNul, boolean hadMark) {
    /** Whether it says nothing. */
    boolean isEmpty() {
      return isText && (text.isEmpty() || text.startsWith("#"));
    }
  }

  private final InputStream in;
  private final byte[] bytes = new byte[MAX_LINE_BYTES];
  private long read;
  private int number;

  ConfigLines(InputStream in) {
    this.in = in;
  }

  /** How many bytes were read. */
  long bytesRead() {
    return read;
  }

  /** The next line; none at the end, or when so many bytes were read. */
  Optional<Line> next(long mostBytes) throws IOException {
    long length = 0;
    int kept = 0;
    int b = -1;
    while (read < mostBytes && (b = in.read()) >= 0) {
      read++;
      if (b == '\n') {
        break;
      }
      if (kept < bytes.length) {
        bytes[kept++] = (byte) b;
      }
      length++;
    }
    if (b < 0 && length == 0) {
      return Optional.empty();
    }
    number++;
    return Optional.of(line(kept, length));
  }

  private Line line(int kept, long length) {
    int end = 0;
    while (end < kept && bytes[end] != 0) {
      end++;
    }
    boolean hadNul = end < kept;
    int start = 0;
    boolean hadMark =
        number == 1
            && end >= 3
            && new String(bytes, 0, 3, StandardCharsets.UTF_8).equals(BYTE_ORDER_MARK);
    if (hadMark) {
      start = 3;
    }
    while (start < end && isBlank(bytes[start])) {
      start++;
    }
    while (end > start && isBlank(bytes[end - 1])) {
      end--;
    }
    if (start < end && bytes[start] == '#') {
      return new Line(number, "#", length, true, hadNul, hadMark);
    }
    try {
      var text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, end - start))
              .toString();
      return new Line(number, text, length, true, hadNul, hadMark);
    } catch (CharacterCodingException e) {
      return new Line(number, "", length, false, hadNul, hadMark);
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }
}
