package io.happo.agent.probes;

import java.nio.ByteBuffer;

/** Echo messages of ICMP (RFC 792) and ICMPv6 (RFC 4443, 4). */
final class Echo {
  /** As ping(8) sends them: a header of 8 bytes, and so many of data. */
  private static final int HEADER = 8;

  private static final int DATA = 56;

  private Echo() {}

  /**
   * A request.
   *
   * @param cookie by which its answer is known
   */
  static byte[] request(boolean isIpv4, int number, long cookie) {
    var bytes = ByteBuffer.allocate(HEADER + DATA);
    bytes.put(0, (byte) (isIpv4 ? 8 : 128));
    bytes.putShort(4, (short) cookie).putShort(6, (short) number).putLong(HEADER, cookie);
    if (isIpv4) {
      bytes.putShort(2, checksum(bytes));
    }
    return bytes.array();
  }

  /** The sum of the complement of one, over all (RFC 1071). That of ICMPv6 counts the system. */
  private static short checksum(ByteBuffer bytes) {
    int sum = 0;
    for (int i = 0; i < bytes.capacity(); i += 2) {
      sum += bytes.getShort(i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum += sum >>> 16;
    return (short) ~sum;
  }

  /** The number of the request that a message answers; -1 when it is no answer to ours. */
  static int answered(byte[] message, boolean isIpv4, long cookie) {
    if (message.length < HEADER + Long.BYTES) {
      return -1;
    }
    var bytes = ByteBuffer.wrap(message);
    boolean isReply = message[0] == (byte) (isIpv4 ? 0 : 129) && message[1] == 0;
    return isReply && bytes.getLong(HEADER) == cookie ? bytes.getShort(6) & 0xffff : -1;
  }
}
