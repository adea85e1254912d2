package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into whole HTTP/1.x messages (RFC 9112). Bytes enter in pieces of any
 * size; a message leaves when its last byte is there. Strict where tolerance lets one peer see
 * other messages than the next one does: a length given twice, length and chunks together, blanks
 * before a colon, folded lines and foreign transfer codings are errors. For one thread.
 */
final class MessageReader {
  /** How long a body is, by its head. */
  sealed interface Framing {
    record Length(int bytes) implements Framing {}

    record Chunked() implements Framing {}

    record UntilEnd() implements Framing {}
  }

  /** Decides from a head how the body is framed. */
  @FunctionalInterface
  interface FramingRule {
    Framing of(String startLine, Headers headers) throws MalformedMessageException;
  }

  record Message(String startLine, Headers headers, byte[] body) {}

  private record Head(String startLine, Headers headers, Framing framing) {}

  private static final int MAX_CHUNK_LINE_BYTES = 1_024;
  private static final int MAX_HEADER_FIELDS = 256;

  private final FramingRule rule;
  private final int maxHeaderBytes;
  private final int maxBodyBytes;
  private final ByteQueue input = new ByteQueue();
  private final List<String> lines = new ArrayList<>();
  private @Nullable Head head;
  private ByteArrayOutputStream chunks = new ByteArrayOutputStream(0);
  private int scanned;
  private int headBytes;
  private int chunkLeft = -1;
  private boolean inTrailer;

  MessageReader(FramingRule rule, int maxHeaderBytes, int maxBodyBytes) {
    this.rule = rule;
    this.maxHeaderBytes = maxHeaderBytes;
    this.maxBodyBytes = maxBodyBytes;
  }

  void add(byte[] bytes) {
    input.add(bytes);
  }

  /** Whether some of the next message is here already. */
  boolean hasBegun() {
    return head != null || !lines.isEmpty() || input.size() > 0;
  }

  /**
   * Bytes that have arrived and are in no message yet; right after a message and before the next.
   */
  int size() {
    return input.size();
  }

  /** Forgets what has arrived. Nothing may be asked of this reader afterwards. */
  void clear() {
    input.clear();
    lines.clear();
    head = null;
    chunks = new ByteArrayOutputStream(0);
  }

  /** The headers of the message whose body is still to come; null when there is none such. */
  @Nullable Headers headersAwaitingBody() {
    return head == null ? null : head.headers();
  }

  /** What arrived after the last message. */
  byte[] rest() {
    return input.take(input.size());
  }

  /** The next whole message, or null while it is not complete. */
  @Nullable Message next() throws MalformedMessageException {
    if (head == null && !readHead()) {
      return null;
    }
    var current = head;
    if (current == null) {
      return null;
    }
    byte[] body = null;
    if (current.framing() instanceof Framing.Length length) {
      body = input.size() < length.bytes() ? null : input.take(length.bytes());
    } else if (current.framing() instanceof Framing.Chunked) {
      body = readChunks();
    } else {
      checkBody(input.size());
    }
    return body == null ? null : done(current, body);
  }

  /**
   * The message that the end of the stream completes, or null when the stream ended in the middle
   * of one.
   */
  @Nullable Message end() {
    return head != null && head.framing() instanceof Framing.UntilEnd ? done(head, rest()) : null;
  }

  private Message done(Head current, byte[] body) {
    head = null;
    return new Message(current.startLine(), current.headers(), body);
  }

  private boolean readHead() throws MalformedMessageException {
    while (true) {
      var line = readLine(maxHeaderBytes - headBytes, 431, "Request Header Fields Too Large");
      if (line == null) {
        return false;
      }
      if (!line.isEmpty()) {
        if (lines.size() > MAX_HEADER_FIELDS) {
          throw new MalformedMessageException(
              431, "more than " + MAX_HEADER_FIELDS + " header fields");
        }
        lines.add(line);
      } else if (!lines.isEmpty()) {
        break;
      }
      // A blank line before the first one is skipped (RFC 9112, 2.2).
    }
    var startLine = lines.getFirst();
    var headers = fields(lines.subList(1, lines.size()));
    lines.clear();
    headBytes = 0;
    var framing = rule.of(startLine, headers);
    if (framing instanceof Framing.Length(int bytes)) {
      checkBody(bytes);
    }
    head = new Head(startLine, headers, framing);
    return true;
  }

  private static Headers fields(List<String> lines) throws MalformedMessageException {
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (var line : lines) {
      int colon = line.indexOf(':');
      if (colon <= 0 || !Characters.isToken(line.substring(0, colon))) {
        throw MalformedMessageException.told("invalid header name");
      }
      var value = trim(line.substring(colon + 1));
      if (!Characters.all(value, Characters::isOfField)) {
        throw MalformedMessageException.told("invalid header value");
      }
      fields.add(Map.entry(line.substring(0, colon), value));
    }
    return new Headers(fields);
  }

  private byte @Nullable [] readChunks() throws MalformedMessageException {
    while (true) {
      if (inTrailer) {
        var line = readLine(maxHeaderBytes - headBytes, 431, "trailer too large");
        if (line == null) {
          return null;
        }
        if (line.isEmpty()) {
          var body = chunks.toByteArray();
          chunks = new ByteArrayOutputStream(0);
          inTrailer = false;
          headBytes = 0;
          return body;
        }
      } else if (chunkLeft < 0) {
        var line = readLine(MAX_CHUNK_LINE_BYTES, 400, "chunk line too long");
        if (line == null) {
          return null;
        }
        headBytes = 0;
        int size = chunkSize(line);
        checkBody((long) chunks.size() + size);
        inTrailer = size == 0;
        chunkLeft = size == 0 ? -1 : size;
      } else if (chunkLeft > 0) {
        if (input.size() == 0) {
          return null;
        }
        var part = input.take(Math.min(chunkLeft, input.size()));
        chunks.writeBytes(part);
        chunkLeft -= part.length;
      } else {
        var line = readLine(2, 400, "chunk of another length than announced");
        if (line == null) {
          return null;
        }
        headBytes = 0;
        if (!line.isEmpty()) {
          throw new MalformedMessageException(400, "chunk of another length than announced");
        }
        chunkLeft = -1;
      }
    }
  }

  private static int chunkSize(String line) throws MalformedMessageException {
    int semicolon = line.indexOf(';');
    var size = trim(semicolon < 0 ? line : line.substring(0, semicolon));
    if (size.isEmpty()
        || size.length() > 8
        || !Characters.all(size, c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
      throw new MalformedMessageException(400, "invalid chunk size");
    }
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(size, 16));
  }

  /**
   * The next line without its end; null while that has not arrived. Counts into {@code headBytes}.
   */
  private @Nullable String readLine(int most, int status, String tooLong)
      throws MalformedMessageException {
    int end = input.find('\n', scanned);
    int length = end < 0 ? input.size() : end + 1;
    if (length > most) {
      throw new MalformedMessageException(status, tooLong);
    }
    if (end < 0) {
      scanned = length;
      return null;
    }
    scanned = 0;
    headBytes += length;
    // ISO 8859-1 keeps every byte; nothing outside of ASCII has a meaning in a head.
    var line = new String(input.take(length), StandardCharsets.ISO_8859_1);
    line = line.substring(0, length - 1);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private void checkBody(long bytes) throws MalformedMessageException {
    if (bytes > maxBodyBytes) {
      throw new MalformedMessageException(413, "body of more than " + maxBodyBytes + " bytes");
    }
  }

  /** The framing that the headers tell; null when they tell none. */
  static @Nullable Framing framing(Headers headers) throws MalformedMessageException {
    var lengths = headers.all("Content-Length");
    var codings = headers.all("Transfer-Encoding");
    if (!codings.isEmpty()) {
      if (codings.size() > 1 || !codings.getFirst().toLowerCase(Locale.ROOT).equals("chunked")) {
        throw new MalformedMessageException(501, "unsupported transfer encoding");
      }
      if (!lengths.isEmpty()) {
        throw new MalformedMessageException(400, "both Content-Length and Transfer-Encoding");
      }
      return new Framing.Chunked();
    }
    if (lengths.isEmpty()) {
      return null;
    }
    var length = lengths.getFirst();
    if (Collections.frequency(lengths, length) < lengths.size()
        || length.isEmpty()
        || length.length() > 18
        || !Characters.all(length, Characters::isDigit)) {
      throw new MalformedMessageException(400, "bad Content-Length");
    }
    return new Framing.Length((int) Math.min(Integer.MAX_VALUE, Long.parseLong(length)));
  }

  /** A text without the blanks and tabs around it; no other character may be dropped unseen. */
  private static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
