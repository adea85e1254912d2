package io.happo.agent.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The values of a D-Bus message, read one after the other. What does not fit into the message is an
 * IOException. Of one thread.
 */
final class DBusValues {
  private final ByteBuffer bytes;

  DBusValues(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return bytes.hasRemaining();
  }

  /** How many bytes were read. */
  int position() {
    return bytes.position();
  }

  void align(int size) throws IOException {
    skip(-bytes.position() & (size - 1));
  }

  private void skip(long count) throws IOException {
    need(count);
    bytes.position(bytes.position() + (int) count);
  }

  private void need(long count) throws IOException {
    if (count > bytes.remaining()) {
      throw new IOException("it sends a message that is too short for what is in it");
    }
  }

  int octet() throws IOException {
    need(1);
    return bytes.get() & 0xff;
  }

  long number() throws IOException {
    align(4);
    need(4);
    return bytes.getInt() & 0xffff_ffffL;
  }

  private long longNumber() throws IOException {
    align(8);
    need(8);
    return bytes.getLong();
  }

  /** A text or the path of an object. */
  String text() throws IOException {
    return characters(number());
  }

  private String signature() throws IOException {
    return characters(octet());
  }

  private String characters(long length) throws IOException {
    need(length + 1);
    var text = new byte[(int) length];
    bytes.get(text);
    bytes.get();
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A value of any of the plain types, as a text. */
  String variant() throws IOException {
    var type = signature();
    return switch (type) {
      case "s", "o" -> text();
      case "g" -> signature();
      case "y" -> String.valueOf(octet());
      case "b", "u", "h" -> String.valueOf(number());
      case "i" -> String.valueOf((int) number());
      case "t" -> Long.toUnsignedString(longNumber());
      case "x" -> String.valueOf(longNumber());
      default -> throw new IOException("it sends a value of the type '" + type + "'");
    };
  }

  /** Where an array ends whose elements are structures, the first of which is next. */
  int array() throws IOException {
    long length = number();
    align(8);
    need(length);
    return bytes.position() + (int) length;
  }
}
