package io.happo.core.nrpe;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The three packet layouts. All numbers are big-endian.
 *
 * <pre>
 * offset  version 2            versions 3 and 4
 * 0       version              version
 * 2       type                 type
 * 4       checksum             checksum
 * 8       result               result
 * 10      text, 1,024 bytes    alignment, 2 bytes of no meaning
 * 12                           L, the length of the text with its NUL
 * 16                           text, L bytes; version 3 sends three more bytes
 * 1034    2 bytes of padding
 * </pre>
 *
 * The checksum is CRC-32 over the whole packet with checksum and alignment taken as 0. Version 3
 * counts three zero bytes behind the text, whatever was sent there, and whether or not it was.
 */
public enum NrpeVersion {
  V2(2),
  V3(3),
  V4(4);

  /** The largest L of versions 3 and 4: 65,535 bytes of text and the NUL. */
  static final int MAX_LENGTH = 65_536;

  static final int TYPE_AT = 2;
  static final int CHECKSUM_AT = 4;
  static final int RESULT_AT = 8;

  private static final int ALIGNMENT_AT = 10;
  private static final int V2_BYTES = 1036;
  private static final int V2_TEXT_AT = 10;
  private static final int V2_TEXT_BYTES = 1024;
  private static final int LENGTH_AT = 12;
  private static final int LONG_TEXT_AT = 16;
  private static final int V3_TAIL = 3;
  private static final byte[] ZEROS = new byte[4];

  private final int number;

  NrpeVersion(int number) {
    this.number = number;
  }

  /** 2, 3 or 4. */
  public int number() {
    return number;
  }

  /** Where the text begins. */
  int textAt() {
    return this == V2 ? V2_TEXT_AT : LONG_TEXT_AT;
  }

  /** How many bytes of a packet say how long it is. */
  int headBytes() {
    return this == V2 ? TYPE_AT + 2 : LONG_TEXT_AT;
  }

  /**
   * The size of the text field of a packet whose {@link #headBytes} are there, as it stands there.
   */
  int textBytes(byte[] packet) {
    return this == V2 ? V2_TEXT_BYTES : int32(packet, LENGTH_AT);
  }

  /** How many bytes of a packet with a text field of that size must be read to understand it. */
  int packetBytes(int textBytes) {
    return this == V2 ? V2_BYTES : LONG_TEXT_AT + textBytes;
  }

  /** A packet to send: version, type and length are set, all else is 0. */
  byte[] blank(int type, int textBytes) {
    var packet = new byte[packetBytes(textBytes) + (this == V3 ? V3_TAIL : 0)];
    put(packet, 0, 2, number);
    put(packet, TYPE_AT, 2, type);
    if (this != V2) {
      put(packet, LENGTH_AT, 4, textBytes);
    }
    return packet;
  }

  /** The checksum that belongs to a packet; what stands in it as such does not matter. */
  int checksum(byte[] packet, int textBytes) {
    var checksum = new CRC32();
    checksum.update(packet, 0, CHECKSUM_AT);
    checksum.update(ZEROS, 0, 4);
    if (this == V2) {
      checksum.update(packet, RESULT_AT, V2_BYTES - RESULT_AT);
    } else {
      checksum.update(packet, RESULT_AT, 2);
      checksum.update(ZEROS, 0, LENGTH_AT - ALIGNMENT_AT);
      checksum.update(packet, LENGTH_AT, LONG_TEXT_AT - LENGTH_AT + textBytes);
      if (this == V3) {
        checksum.update(ZEROS, 0, V3_TAIL);
      }
    }
    return (int) checksum.getValue();
  }

  /** What stands in those bytes up to the first NUL, one byte a character. */
  static String text(byte[] bytes, int from, int length) {
    var text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  static int int16(byte[] packet, int at) {
    return packet[at] << 8 | (packet[at + 1] & 0xFF);
  }

  static int int32(byte[] packet, int at) {
    return int16(packet, at) << 16 | (int16(packet, at + 2) & 0xFFFF);
  }

  static void put(byte[] packet, int at, int bytes, int value) {
    for (int i = bytes - 1; i >= 0; i--) {
      packet[at + i] = (byte) value;
      value >>>= 8;
    }
  }
}
