package io.happo.net;

import java.util.Arrays;

/**
 * What a client says first when it speaks TLS (RFC 8446, 4.1.2; RFC 5246, E.2 for the form of SSL
 * 2), as far as one must know it to choose who goes on with it. Pure.
 */
sealed interface ClientHello {
  /** Not all of it has arrived. */
  record Unfinished() implements ClientHello {}

  /** The peer does not speak TLS. */
  record NotTls() implements ClientHello {}

  /** It speaks TLS, but this is no beginning that can be read; the library will refuse it. */
  record Unreadable() implements ClientHello {}

  /**
   * A greeting.
   *
   * @param version the newest version up to TLS 1.2 that the client speaks, as in the protocol
   * @param suites the suites it offers, as in the protocol
   */
  record Offer(int version, int[] suites) implements ClientHello {
    @Override
    public boolean equals(Object other) {
      return other instanceof Offer offer
          && version == offer.version
          && Arrays.equals(suites, offer.suites);
    }

    @Override
    public int hashCode() {
      return 31 * version + Arrays.hashCode(suites);
    }
  }

  /** Up to here the suites must have come; a greeting that is longer is not read. */
  int MOST_BYTES = 16 * 1024;

  int HANDSHAKE = 0x16;
  int CLIENT_HELLO = 1;
  int RECORD_HEADER_BYTES = 5;
  int RECORD_MOST_BYTES = 1 << 14;

  /**
   * Reads the beginning of a connection.
   *
   * @param bytes what has arrived, from index 0
   * @param count how many bytes of it, at least 1
   */
  static ClientHello read(byte[] bytes, int count) {
    int first = bytes[0] & 0xff;
    if (first >= 0x80) {
      return readOld(bytes, count);
    }
    if (first != HANDSHAKE || (count > 1 && bytes[1] != 3)) {
      return new NotTls();
    }
    var message = new byte[Math.min(count, MOST_BYTES)];
    int length = 0;
    // A greeting may lie in several records.
    for (int at = 0; at + RECORD_HEADER_BYTES <= count; ) {
      int size = uint16(bytes, at + 3);
      if (bytes[at] != HANDSHAKE || size == 0 || size > RECORD_MOST_BYTES) {
        return new Unreadable();
      }
      at += RECORD_HEADER_BYTES;
      int here = Math.min(Math.min(size, count - at), message.length - length);
      System.arraycopy(bytes, at, message, length, here);
      length += here;
      at += size;
    }
    var read = readMessage(message, length);
    return read instanceof Unfinished && count >= MOST_BYTES ? new Unreadable() : read;
  }

  private static ClientHello readMessage(byte[] message, int length) {
    if (length > 0 && message[0] != CLIENT_HELLO) {
      return new Unreadable();
    }
    int session = 4 + 2 + 32; // Type and length, version, random.
    if (length <= session) {
      return new Unfinished();
    }
    int at = session + 1 + (message[session] & 0xff);
    if (length < at + 2) {
      return new Unfinished();
    }
    int size = uint16(message, at);
    at += 2;
    if (size == 0 || size % 2 != 0) {
      return new Unreadable();
    }
    return length < at + size
        ? new Unfinished()
        : new Offer(uint16(message, 4), suites(message, at, size / 2, 2));
  }

  private static ClientHello readOld(byte[] bytes, int count) {
    int header = 11; // Length, type, version, then three lengths.
    if ((count > 2 && bytes[2] != CLIENT_HELLO) || (count > 3 && bytes[3] != 3)) {
      return new NotTls();
    }
    if (count < header) {
      return new Unfinished();
    }
    int size = uint16(bytes, 5);
    if (size == 0 || size % 3 != 0 || size > MOST_BYTES) {
      return new Unreadable();
    }
    return count < header + size
        ? new Unfinished()
        : new Offer(uint16(bytes, 3), suites(bytes, header, size / 3, 3));
  }

  private static int[] suites(byte[] bytes, int at, int count, int width) {
    var suites = new int[count];
    for (int i = 0; i < count; i++) {
      // Of three bytes, those of TLS begin with a zero; the others are of SSL 2 and equal none.
      suites[i] = uint16(bytes, at + i * width + width - 2);
      if (width == 3 && bytes[at + i * width] != 0) {
        suites[i] = -1;
      }
    }
    return suites;
  }

  private static int uint16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
