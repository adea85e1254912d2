package io.happo.core.nrpe;

import static io.happo.core.nrpe.NrpeVersion.int16;
import static io.happo.core.nrpe.NrpeVersion.int32;

import io.happo.core.nrpe.RefusedQueryException.Reason;

/**
 * One query as it came in: which layout it had, and its text, {@code command!argument!argument...}.
 * The answer takes the same layout.
 *
 * @param text one byte a character, up to the first NUL of the packet; never empty, at most 65,536
 *     characters
 */
public record NrpeQuery(NrpeVersion version, String text) {
  /** The most bytes that {@link #length} ever asks for. */
  public static final int MAX_PACKET_BYTES = NrpeVersion.V4.packetBytes(NrpeVersion.MAX_LENGTH);

  private static final int QUERY = 1;

  /** The first two bytes of TLS 1.0 to 1.3: a handshake record of version 3.x. */
  private static final int TLS = 0x1603;

  public NrpeQuery {
    if (text.isEmpty() || text.length() > NrpeVersion.MAX_LENGTH || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a query has 1 to " + NrpeVersion.MAX_LENGTH + " characters and no NUL");
    }
  }

  /**
   * How many bytes the whole packet has that begins with these. The answer does not change when
   * more bytes arrive. The three bytes at the end of version 3 are not counted: not every client
   * sends them, and they mean nothing.
   *
   * @param head what has arrived; may be longer
   * @param count how much of it has arrived; nothing behind is looked at
   * @return 17 to {@link #MAX_PACKET_BYTES}; 0 while it cannot be told, which is so for less than
   *     16 bytes only
   * @throws RefusedQueryException VERSION, TYPE or LENGTH, as soon as it shows
   */
  public static int length(byte[] head, int count) throws RefusedQueryException {
    if (count < 2) {
      return 0;
    }
    var version = version(head);
    if (count < NrpeVersion.TYPE_AT + 2) {
      return 0;
    }
    int type = int16(head, NrpeVersion.TYPE_AT);
    if (type != QUERY) {
      throw new RefusedQueryException(
          Reason.TYPE, "packet type " + type + ", a query has type " + QUERY);
    }
    if (count < version.headBytes()) {
      return 0;
    }
    int textBytes = version.textBytes(head);
    if (textBytes < 1 || textBytes > NrpeVersion.MAX_LENGTH) {
      throw new RefusedQueryException(
          Reason.LENGTH,
          "the packet says that its text has "
              + textBytes
              + " bytes, allowed are 1 to "
              + NrpeVersion.MAX_LENGTH);
    }
    return version.packetBytes(textBytes);
  }

  /**
   * Reads a packet.
   *
   * @param packet at least the bytes that {@link #length} asked for; what follows them is ignored
   * @throws RefusedQueryException VERSION, TYPE, LENGTH, INCOMPLETE, CHECKSUM or EMPTY
   */
  public static NrpeQuery decode(byte[] packet) throws RefusedQueryException {
    int length = length(packet, packet.length);
    if (length == 0 || packet.length < length) {
      throw new RefusedQueryException(
          Reason.INCOMPLETE,
          "the connection ended after "
              + packet.length
              + (length == 0 ? " bytes of a packet" : " of the packet's " + length + " bytes"));
    }
    var version = version(packet);
    int textBytes = version.textBytes(packet);
    int sent = int32(packet, NrpeVersion.CHECKSUM_AT);
    int right = version.checksum(packet, textBytes);
    if (sent != right) {
      throw new RefusedQueryException(
          Reason.CHECKSUM,
          "the packet's checksum is "
              + hex(sent)
              + " where "
              + hex(right)
              + " is right: it was damaged on its way, or its sender is no NRPE client");
    }
    int from = version.textAt();
    // The last byte of version 2 is a NUL by definition. Versions 3 and 4 need none.
    int room = textBytes - (version == NrpeVersion.V2 ? 1 : 0);
    var text = NrpeVersion.text(packet, from, room);
    if (text.isEmpty()) {
      throw new RefusedQueryException(
          Reason.EMPTY, "the query is empty; check_nrpe names a command with -c");
    }
    return new NrpeQuery(version, text);
  }

  private static NrpeVersion version(byte[] head) throws RefusedQueryException {
    int number = int16(head, 0);
    return switch (number) {
      case 2 -> NrpeVersion.V2;
      case 3 -> NrpeVersion.V3;
      case 4 -> NrpeVersion.V4;
      case TLS ->
          throw new RefusedQueryException(
              Reason.VERSION,
              "the client speaks TLS, this port does not: give check_nrpe -n, or serve TLS here");
      default ->
          throw new RefusedQueryException(
              Reason.VERSION,
              "packet version " + number + ", known are 2, 3 and 4: the sender is no NRPE client");
    };
  }

  private static String hex(int checksum) {
    return String.format("%08x", checksum);
  }
}
