package io.happo.net;

import java.net.InetAddress;

/** Address literals, told apart from names. */
final class Addresses {
  private Addresses() {}

  /**
   * Whether a host is an IPv4 or IPv6 literal without brackets, so that nothing has to be looked
   * up.
   */
  static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
