package io.happo.core;

/** UTF-8 as the original reads it. */
public final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  /**
   * A surrogate that stands alone: no text holds it, and {@link JsonWriter} writes it as an escape.
   */
  private static final char MARK = '\uDC80';

  private Utf8() {}

  /**
   * Text of any bytes: each byte that does not belong to a well-formed sequence (RFC 3629) becomes
   * one U+FFFD. The JDK replaces a whole truncated sequence at once, Go each of its bytes; clients
   * compare with Go.
   */
  public static String decode(byte[] bytes) {
    return decode(bytes, REPLACEMENT);
  }

  /**
   * The same for bytes that go out as JSON: Go writes a byte that is no UTF-8 as the escape of
   * U+FFFD, but a U+FFFD that was in the text as itself. Such bytes become a lone surrogate here to
   * keep the two apart.
   */
  public static String decodeForJson(byte[] bytes) {
    return decode(bytes, MARK);
  }

  private static String decode(byte[] bytes, char replacement) {
    int i = 0;
    while (i < bytes.length && bytes[i] >= 0) {
      i++;
    }
    if (i == bytes.length) {
      return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
    var text = new StringBuilder(bytes.length);
    for (i = 0; i < bytes.length; ) {
      int length = sequence(bytes, i);
      switch (length) {
        case 0 -> {
          text.append(replacement);
          length = 1;
        }
        case 1 -> text.append((char) bytes[i]);
        case 2 -> text.append((char) (bits(bytes, i, 0x1F, 6) | bits(bytes, i + 1, 0x3F, 0)));
        case 3 ->
            text.append(
                (char)
                    (bits(bytes, i, 0x0F, 12)
                        | bits(bytes, i + 1, 0x3F, 6)
                        | bits(bytes, i + 2, 0x3F, 0)));
        default ->
            text.appendCodePoint(
                bits(bytes, i, 0x07, 18)
                    | bits(bytes, i + 1, 0x3F, 12)
                    | bits(bytes, i + 2, 0x3F, 6)
                    | bits(bytes, i + 3, 0x3F, 0));
      }
      i += length;
    }
    return text.toString();
  }

  private static int bits(byte[] bytes, int at, int mask, int shift) {
    return (bytes[at] & mask) << shift;
  }

  /** How long the well-formed sequence at that index is; 0 when there is none. */
  private static int sequence(byte[] bytes, int at) {
    int first = bytes[at] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (at + length > bytes.length) {
      return 0;
    }
    int second = bytes[at + 1] & 0xFF;
    int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
