package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Frames of RFC 6455, 5: cuts what arrives into text messages and control frames, and wraps what is
 * sent. For one thread.
 */
final class WebSocketFrames {
  /** What arrived. */
  sealed interface Frame {
    record Text(String text) implements Frame {}

    record Ping(byte[] data) implements Frame {}

    record Pong() implements Frame {}

    record Close(int code, String reason) implements Frame {}
  }

  /** The peer breaks the protocol; it is told this code. */
  static final class BrokenException extends Exception {
    private final int code;

    BrokenException(int code, String message) {
      super(message);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int NO_CODE = 1005;
  static final int LOST = 1006;
  static final int MAX_CONTROL_BYTES = 125;
  private static final int CONTINUATION = 0;
  private static final int BINARY = 2;
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final boolean server;
  private final int maxMessageBytes;
  private final ByteQueue input = new ByteQueue();
  private @Nullable ByteArrayOutputStream parts;
  private long awaited;

  WebSocketFrames(boolean server, int maxMessageBytes) {
    this.server = server;
    this.maxMessageBytes = maxMessageBytes;
  }

  void add(byte[] bytes) {
    input.add(bytes);
  }

  /** The next message or control frame, or null while it is not complete. */
  @Nullable Frame next() throws BrokenException {
    awaited = partBytes();
    while (input.size() >= 2) {
      int first = input.at(0);
      int second = input.at(1);
      boolean last = (first & 0x80) != 0;
      int kind = first & 0x0f;
      boolean masked = (second & 0x80) != 0;
      long length = second & 0x7f;
      int head = 2;
      if (length >= 126) {
        int lengthBytes = length == 126 ? 2 : 8;
        if (input.size() < head + lengthBytes) {
          return null;
        }
        length = 0;
        for (int i = 0; i < lengthBytes; i++) {
          length = (length << 8) | input.at(head + i);
        }
        head += lengthBytes;
      }
      check(first, kind, last, masked, length);
      int maskBytes = masked ? 4 : 0;
      awaited = partBytes() + length;
      if (input.size() < head + maskBytes + length) {
        return null;
      }
      input.take(head);
      var mask = input.take(maskBytes);
      var data = input.take((int) length);
      for (int i = 0; masked && i < data.length; i++) {
        data[i] ^= mask[i & 3];
      }
      var frame = frame(kind, last, data);
      if (frame != null) {
        return frame;
      }
    }
    return null;
  }

  /** What the message will take that is arriving, as far as that has been announced. */
  long awaitedBytes() {
    return awaited;
  }

  private int partBytes() {
    return parts == null ? 0 : parts.size();
  }

  private void check(int first, int kind, boolean last, boolean masked, long length)
      throws BrokenException {
    if ((first & 0x70) != 0) {
      throw new BrokenException(1002, "extension bits without an extension");
    }
    if (masked != server) {
      throw new BrokenException(1002, server ? "frame without a mask" : "frame with a mask");
    }
    if (kind >= CLOSE) {
      if (!last || length > MAX_CONTROL_BYTES) {
        throw new BrokenException(1002, "control frame in parts or too long");
      }
    } else if (kind == BINARY) {
      throw new BrokenException(1003, "binary messages are not understood");
    } else if ((kind == CONTINUATION) == (parts == null)) {
      throw new BrokenException(1002, "parts of messages out of order");
    }
    if (length < 0 || (kind < CLOSE && length + partBytes() > maxMessageBytes)) {
      throw new BrokenException(1009, "message of more than " + maxMessageBytes + " bytes");
    }
  }

  private @Nullable Frame frame(int kind, boolean last, byte[] data) throws BrokenException {
    return switch (kind) {
      case CONTINUATION, TEXT -> {
        if (last && parts == null) {
          yield new Frame.Text(text(data));
        }
        var all = parts == null ? new ByteArrayOutputStream() : parts;
        all.writeBytes(data);
        parts = last ? null : all;
        if (last) {
          yield new Frame.Text(text(all.toByteArray()));
        }
        yield null;
      }
      case PING -> new Frame.Ping(data);
      case PONG -> new Frame.Pong();
      case CLOSE -> {
        if (data.length == 1) {
          throw new BrokenException(1002, "half a close code");
        }
        yield data.length == 0
            ? new Frame.Close(NO_CODE, "")
            : new Frame.Close(
                ByteBuffer.wrap(data).getShort() & 0xffff,
                new String(data, 2, data.length - 2, StandardCharsets.UTF_8));
      }
      default -> throw new BrokenException(1002, "unknown kind of frame: " + kind);
    };
  }

  private static String text(byte[] data) throws BrokenException {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data));
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new BrokenException(1007, "text that is not UTF-8");
    }
  }

  /** One whole frame, ready for the wire. Only clients mask (RFC 6455, 5.3). */
  byte[] wrap(int kind, byte[] data) {
    int lengthBytes = data.length < 126 ? 0 : data.length < 0x1_0000 ? 2 : 8;
    int maskBytes = server ? 0 : 4;
    var frame = ByteBuffer.allocate(2 + lengthBytes + maskBytes + data.length);
    frame.put((byte) (0x80 | kind));
    int maskBit = server ? 0 : 0x80;
    switch (lengthBytes) {
      case 0 -> frame.put((byte) (maskBit | data.length));
      case 2 -> frame.put((byte) (maskBit | 126)).putShort((short) data.length);
      default -> frame.put((byte) (maskBit | 127)).putLong(data.length);
    }
    if (server) {
      return frame.put(data).array();
    }
    // The mask keeps proxies from taking frames for HTTP; TLS does so already, so it need not be
    // unguessable.
    var mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    frame.put(mask);
    for (int i = 0; i < data.length; i++) {
      frame.put((byte) (data[i] ^ mask[i & 3]));
    }
    return frame.array();
  }

  static byte[] closing(int code, String reason) {
    var text = reason.getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_CONTROL_BYTES - 2) {
      throw new IllegalArgumentException(
          "the reason of a close holds at most 123 bytes, not " + text.length);
    }
    return code == NO_CODE
        ? new byte[0]
        : ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
  }

  /** What a server answers to a client's key (RFC 6455, 4.2.2). */
  static String accept(String key) {
    try {
      var sha1 =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(sha1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
