package io.happo.agent.lists;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A socket of {@code /proc/net/tcp} and the like that waits for others.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param address as people write it; of IPv6 in brackets (RFC 5952)
 * @param inode what tells it from others; {@code 0} for one of the kernel's own
 */
record ListeningSocket(String protocol, String address, int port, String inode) {
  /** How lines of such sockets of TCP have their state. */
  static final String LISTEN = " 0A ";

  /** How lines of sockets of UDP have theirs that take packets of anybody. */
  static final String UNCONNECTED = " 07 ";

  // Fields of a line.
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int INODE = 9;

  private static final int IPV6_DIGITS = 32;
  private static final int HEX = 16;
  private static final int IPV6_WORDS = 8;

  /** Reads a line of {@code tcp}, {@code tcp6}, {@code udp} or {@code udp6}; null for another. */
  static @Nullable ListeningSocket parse(String protocol, String line) {
    var words = new StringTokenizer(line, " ");
    var fields = new ArrayList<String>();
    while (words.hasMoreTokens() && fields.size() <= INODE) {
      fields.add(words.nextToken());
    }
    if (fields.size() <= INODE || !fields.get(REMOTE).endsWith(":0000")) {
      return null;
    }
    var local = fields.get(LOCAL);
    int colon = local.indexOf(':');
    try {
      int port = Integer.parseInt(local, colon + 1, local.length(), HEX);
      return new ListeningSocket(
          protocol.substring(0, 3), address(local.substring(0, colon)), port, fields.get(INODE));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Words of 32 bits as this processor has them in memory, each as a number. */
  private static String address(String hex) {
    var bytes = new int[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int at = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? i ^ 3 : i;
      bytes[at] = Integer.parseInt(hex, i * 2, i * 2 + 2, HEX);
    }
    return hex.length() == IPV6_DIGITS ? "[" + ipv6(bytes) + "]" : ipv4(bytes, 0);
  }

  private static String ipv4(int[] bytes, int from) {
    return bytes[from] + "." + bytes[from + 1] + "." + bytes[from + 2] + "." + bytes[from + 3];
  }

  private static String ipv6(int[] bytes) {
    var words = new int[IPV6_WORDS];
    for (int i = 0; i < IPV6_WORDS; i++) {
      words[i] = bytes[i * 2] << 8 | bytes[i * 2 + 1];
    }
    int best = 0;
    int zeros = 0;
    for (int i = 0; i < IPV6_WORDS; i++) {
      int end = i;
      while (end < IPV6_WORDS && words[end] == 0) {
        end++;
      }
      if (end - i > zeros) {
        best = i;
        zeros = end - i;
      }
    }
    if (best == 0 && zeros == 5 && words[5] == 0xffff) {
      return "::ffff:" + ipv4(bytes, 12);
    }
    var text = new StringBuilder();
    for (int i = 0; i < IPV6_WORDS; i++) {
      if (zeros > 1 && i == best) {
        text.append("::");
        i += zeros - 1;
      } else {
        boolean isFirst = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(isFirst ? "" : ":").append(Integer.toHexString(words[i]));
      }
    }
    return text.toString();
  }

  /**
   * Whether the system may have given the port to a program that asks others.
   *
   * @param range text of {@code ip_local_port_range}; empty where it is not known
   */
  boolean isGivenOut(String range) {
    var words = new StringTokenizer(range);
    try {
      // What the kernel itself listens at (WireGuard) is set by somebody.
      return protocol.equals("udp")
          && !inode.equals("0")
          && words.countTokens() == 2
          && port >= Integer.parseInt(words.nextToken())
          && port <= Integer.parseInt(words.nextToken());
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
