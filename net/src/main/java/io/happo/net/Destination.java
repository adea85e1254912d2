package io.happo.net;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/**
 * Where a URI leads.
 *
 * @param secure whether TLS is spoken there
 * @param host a name or an address literal, without brackets
 * @param target path and query, as the request line has them
 */
record Destination(boolean secure, String host, int port, String target) {
  /** Takes a URI of https, http, wss or ws apart; user-info and fragment are not sent anywhere. */
  static Destination of(URI uri) throws IOException {
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean secure = scheme.equals("https") || scheme.equals("wss");
    if (!secure && !scheme.equals("http") && !scheme.equals("ws")) {
      throw new IOException(
          "cannot ask " + shown(uri) + ": the address must begin with https:// or http://");
    }
    // Not URI.getHost: it is null for names with an underscore, which Windows machines have.
    var authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    var hostPort = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = hostPort.lastIndexOf(':');
    boolean hasPort = colon > hostPort.lastIndexOf(']');
    var host = hasPort ? hostPort.substring(0, colon) : hostPort;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    var port = hasPort ? hostPort.substring(colon + 1) : "";
    if (host.isEmpty() || !Characters.all(port, Characters::isDigit) || port.length() > 5) {
      throw new IOException(
          "cannot ask " + shown(uri) + ": it names no host, or a port that is no number");
    }
    int number = port.isEmpty() ? (secure ? 443 : 80) : Integer.parseInt(port);
    if (number < 1 || number > 65_535) {
      throw new IOException("cannot ask " + shown(uri) + ": a port is between 1 and 65535");
    }
    var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new Destination(
        secure, host, number, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }

  private static String shown(URI uri) {
    return uri.toString().replaceFirst("//[^/@]*@", "//");
  }

  /** For the Host field. */
  String hostField() {
    var name = host.contains(":") ? "[" + host + "]" : host;
    return port == (secure ? 443 : 80) ? name : name + ":" + port;
  }

  /** For people. */
  @Override
  public String toString() {
    return host + " port " + port;
  }
}
