package io.happo.agent.api;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The next agent of a chain, written {@code host}, {@code host:port}, {@code [address]} or {@code
 * [address]:port}; a port that is missing or no number is 6777, and whatever precedes an {@code @}
 * is ignored, as in the original.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port 0 to 65535
 */
record Hop(String host, int port) {
  static final int DEFAULT_PORT = 6777;

  /**
   * @throws IllegalArgumentException saying why the text names no host
   */
  static Hop parse(String text) {
    var hostport = text.substring(text.lastIndexOf('@') + 1);
    int bracket = hostport.lastIndexOf(']');
    int colon = hostport.indexOf(':', Math.max(bracket, 0));
    boolean bareIpv6 = bracket < 0 && colon >= 0 && hostport.indexOf(':', colon + 1) >= 0;
    var host = bareIpv6 || colon < 0 ? hostport : hostport.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || !host.chars().allMatch(Hop::mayBeInHost)) {
      throw new IllegalArgumentException("'" + text + "' names no host");
    }
    return new Hop(
        host, bareIpv6 || colon < 0 ? DEFAULT_PORT : port(text, hostport.substring(colon + 1)));
  }

  /**
   * Letters, digits and what names (with the underscore that some have) and addresses are written
   * with.
   */
  private static boolean mayBeInHost(int c) {
    return Character.isLetterOrDigit(c) || "-._:%".indexOf(c) >= 0;
  }

  private static int port(String text, String port) {
    int number;
    try {
      number = Integer.parseInt(port);
    } catch (NumberFormatException e) {
      return DEFAULT_PORT;
    }
    if (number < 0 || number > 65_535) {
      throw new IllegalArgumentException(
          "'" + text + "' has a port that is not between 0 and 65535");
    }
    return number;
  }

  /**
   * The address of a path at this agent.
   *
   * @throws IllegalArgumentException when host or path hold what no URL may hold
   */
  URI uri(String path) {
    try {
      var authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
      return new URI("https://" + authority + "/" + path);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "'" + host + "' and '" + path + "' make no URL: " + e.getReason(), e);
    }
  }
}
