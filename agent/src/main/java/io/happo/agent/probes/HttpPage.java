package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * The answer of a server of HTTP/1.0 or 1.1 (RFC 9112) as it arrives, right or wrong. It ends where
 * its length or its last chunk says, else where the server closes the connection; interim answers
 * (1xx) are passed over. Of one thread.
 */
final class HttpPage implements AutoCloseable {
  /** The most that is taken, in bytes. */
  private static final int MAX_BYTES = 4 << 20;

  private static final int FIRST_BYTES = 4 << 10;

  /**
   * Larger ones have to wait for a place: with what is made of it, one of the largest takes 20 MB
   * of the agent's memory, which servers without an end would fill.
   */
  private static final int LARGE_BYTES = 512 << 10;

  private static final Semaphore LARGE = new Semaphore(2);

  private final boolean hasNoBody;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;
  private int start;
  private int scanned;
  private int bodyStart = -1;
  private long end = Long.MAX_VALUE;
  private boolean isChunked;
  private int chunkAt;
  private boolean isLastChunkSeen;
  private boolean isBroken;
  private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
  private long firstByteNanos;
  private boolean hasPlace;

  /**
   * @param hasNoBody whether none is sent or wanted behind its head
   */
  HttpPage(boolean hasNoBody) {
    this.hasNoBody = hasNoBody;
  }

  /** Reads it. An end in the middle is one as any other. */
  void read(InputStream in) throws IOException, CheckException, InterruptedException {
    while (!isWhole()) {
      if (size == bytes.length) {
        if (size >= LARGE_BYTES && !hasPlace) {
          LARGE.acquire();
          hasPlace = true;
        }
        bytes = Arrays.copyOf(bytes, Math.min(size * 2, MAX_BYTES + 1));
      }
      int count = next(in);
      if (count < 0) {
        return;
      }
      firstByteNanos = firstByteNanos == 0 ? System.nanoTime() : firstByteNanos;
      size += count;
      if (size > MAX_BYTES) {
        throw new CheckException(
            Status.UNKNOWN,
            "HTTP UNKNOWN - the page has more than "
                + (MAX_BYTES >> 20)
                + " MiB; ask for a smaller one, or for its head alone with --no-body");
      }
    }
  }

  private int next(InputStream in) throws IOException {
    try {
      return in.read(bytes, size, bytes.length - size);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("reset")) {
        return -1;
      }
      throw e;
    }
  }

  private boolean isWhole() {
    while (bodyStart < 0) {
      int headEnd = headEnd();
      if (headEnd < 0) {
        return false;
      }
      int code = code();
      if (code >= 100 && code < 200 && code != 101) {
        start = headEnd;
      } else {
        bodyStart = headEnd;
        begin(code);
      }
    }
    if (isChunked && !isBroken) {
      takeChunks();
    }
    return size >= end || isBroken;
  }

  /** Where the body begins: behind the first empty line; -1 when that has not come. */
  private int headEnd() {
    for (int next = line(scanned); next >= 0; next = line(scanned)) {
      int length = next - scanned;
      boolean isEmpty = length == 1 || (length == 2 && bytes[scanned] == '\r');
      boolean isFirst = scanned == start;
      scanned = next;
      if (isEmpty && !isFirst) {
        return next;
      }
    }
    return -1;
  }

  /** Where the line after this one begins; -1 when it does not end yet. */
  private int line(int from) {
    for (int at = from; at < size; at++) {
      if (bytes[at] == '\n') {
        return at + 1;
      }
    }
    return -1;
  }

  private void begin(int code) {
    if (hasNoBody || code == 204 || code == 304) {
      end = bodyStart;
      return;
    }
    if (field("Transfer-Encoding").toLowerCase(Locale.ROOT).endsWith("chunked")) {
      isChunked = true;
      chunkAt = bodyStart;
      return;
    }
    try {
      long length = Long.parseLong(field("Content-Length"));
      end = length < 0 || length > Integer.MAX_VALUE ? end : bodyStart + length;
    } catch (NumberFormatException e) {
      // Until the server closes the connection, then.
    }
  }

  /** Goes on with the chunks, and the fields behind them up to an empty line. */
  private void takeChunks() {
    int next = line(chunkAt);
    while (next >= 0 && end == Long.MAX_VALUE && !isBroken) {
      if (isLastChunkSeen) {
        end = bytes[chunkAt] == '\r' || bytes[chunkAt] == '\n' ? next : end;
      } else {
        int length = chunkLength();
        int behind = length > 0 ? line(next + length) : next;
        if (behind < 0) {
          return;
        }
        isBroken = length < 0;
        isLastChunkSeen = length == 0;
        joined.write(bytes, next, Math.max(0, length));
        next = behind;
      }
      chunkAt = next;
      next = line(chunkAt);
    }
  }

  private int chunkLength() {
    int length = -1;
    for (int at = chunkAt; ; at++) {
      int digit = Character.digit(bytes[at], 16);
      if (digit < 0) {
        return length;
      }
      length = Math.max(0, length) * 16 + digit;
      if (length > MAX_BYTES) {
        return -1;
      }
    }
  }

  /** How many bytes have come, those of heads and chunks too. */
  int size() {
    return size;
  }

  /** When the first byte came, as of {@link System#nanoTime}; 0 when none has. */
  long firstByteNanos() {
    return firstByteNanos;
  }

  /** Whether it is in chunks that end in the middle or are none. */
  boolean isCutOff() {
    return isChunked && !isLastChunkSeen;
  }

  /** Its first line. */
  String statusLine() {
    int next = line(start);
    return text(start, next < 0 ? size : next).strip();
  }

  /** The status; -1 when there is none of three digits. */
  int code() {
    var line = statusLine();
    int blank = line.indexOf(' ');
    int code = 0;
    for (int i = blank + 1; i < blank + 4; i++) {
      int digit = blank < 0 || i >= line.length() ? -1 : Character.digit(line.charAt(i), 10);
      if (digit < 0) {
        return -1;
      }
      code = code * 10 + digit;
    }
    boolean isMore = blank + 4 < line.length() && Character.isDigit(line.charAt(blank + 4));
    return isMore ? -1 : code;
  }

  /** The lines between the first one and the body. */
  String head() {
    int next = line(start);
    return next < 0 ? "" : text(next, bodyStart < 0 ? size : bodyStart).stripTrailing();
  }

  /** The value of a header field; empty when there is none. */
  String field(String name) {
    for (var line : head().split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon == name.length() && line.regionMatches(true, 0, name, 0, colon)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }

  /** Whether there is such a header field. */
  boolean has(String name) {
    for (var line : head().split("\n", -1)) {
      if (line.indexOf(':') == name.length()
          && line.regionMatches(true, 0, name, 0, name.length())) {
        return true;
      }
    }
    return false;
  }

  /** The body as text, joined where it came in chunks; empty when none was wanted. */
  String body() {
    if (isChunked) {
      return joined.toString(StandardCharsets.UTF_8);
    }
    return bodyStart < 0 || hasNoBody ? "" : text(bodyStart, size);
  }

  /** Nothing is wanted of it any more. */
  @Override
  public void close() {
    if (hasPlace) {
      hasPlace = false;
      LARGE.release();
    }
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
