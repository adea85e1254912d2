package io.happo.core.nrpe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Packets as the table of the protocol has them, written and read without a line of the code under
 * test: the other side of the wire.
 */
final class HandMadePackets {
  /** A reply as a client reads it. */
  record Reply(int version, int type, boolean checksumRight, int status, int length, String text) {}

  private HandMadePackets() {}

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** A query with its NUL and nothing behind. */
  static byte[] query(int version, String text) {
    return version == 2
        ? sealed(v2(1, 0, latin1(text)))
        : sealed(v3Or4(version, 1, latin1(text + "\0")));
  }

  /** A query as check_nrpe pads it: 1,036 bytes in all. */
  static byte[] paddedQuery(int version, String text) {
    int room = version == 3 ? 1017 : 1020;
    return sealed(v3Or4(version, 1, Arrays.copyOf(latin1(text), room)));
  }

  /** Version 2 without checksum: at most 1,024 bytes of text, as they are. */
  static byte[] v2(int type, int result, byte[] text) {
    return ByteBuffer.allocate(1036)
        .putShort((short) 2)
        .putShort((short) type)
        .putInt(0)
        .putShort((short) result)
        .put(text, 0, Math.min(text.length, 1024))
        .array();
  }

  /** Version 3 or 4 without checksum, its text field as given. */
  static byte[] v3Or4(int version, int type, byte[] text) {
    return ByteBuffer.allocate(16 + text.length + (version == 3 ? 3 : 0))
        .putShort((short) version)
        .putShort((short) type)
        .putInt(0)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(text.length)
        .put(text)
        .array();
  }

  /**
   * Puts the right checksum into a packet, the three bytes behind version 3 counted as they are.
   */
  static byte[] sealed(byte[] packet) {
    ByteBuffer.wrap(packet).putInt(4, checksum(packet));
    return packet;
  }

  private static int checksum(byte[] packet) {
    var counted = packet.clone();
    ByteBuffer.wrap(counted).putInt(4, 0);
    if (ByteBuffer.wrap(packet).getShort(0) != 2) {
      ByteBuffer.wrap(counted).putShort(10, (short) 0);
    }
    var checksum = new CRC32();
    checksum.update(counted);
    return (int) checksum.getValue();
  }

  static Reply read(byte[] packet) {
    var in = ByteBuffer.wrap(packet);
    int version = in.getShort(0);
    int from = version == 2 ? 10 : 16;
    int length = version == 2 ? 1024 : in.getInt(12);
    var text = latin1(Arrays.copyOfRange(packet, from, from + length));
    int end = text.indexOf('\0');
    return new Reply(
        version,
        in.getShort(2),
        in.getInt(4) == checksum(packet),
        in.getShort(8),
        length,
        end < 0 ? text : text.substring(0, end));
  }
}
