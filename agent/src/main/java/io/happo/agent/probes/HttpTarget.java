package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import org.jspecify.annotations.Nullable;

/**
 * Where a page is asked for.
 *
 * @param host the name of the server, without brackets; null when it is known by its address alone,
 *     and is spoken to in HTTP/1.0
 * @param address a name or an address to connect to
 * @param hostPort the port that the server is told
 * @param path with a slash at its beginning, and the query
 */
record HttpTarget(
    @Nullable String host, String address, int port, int hostPort, boolean isTls, String path) {
  static final int HTTP = 80;
  static final int HTTPS = 443;
  private static final int MAX_PORT = 65_535;

  /** What of it stays when a server sends elsewhere. */
  enum Sticks {
    NOTHING,
    ADDRESS,
    ADDRESS_AND_PORT
  }

  /** The name of the server, else its address. */
  String name() {
    return host == null ? address : host;
  }

  /** Its URL. */
  String url() {
    return (isTls ? "https://" : "http://") + name() + ":" + port + path;
  }

  /** What the field Host says of it. */
  String hostField() {
    var name = bracketed(name());
    return hostPort == (isTls ? HTTPS : HTTP) ? name : name + ":" + hostPort;
  }

  static String bracketed(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /**
   * Where a redirect leads.
   *
   * @param location as the server gave it
   */
  HttpTarget redirected(String location, Sticks sticks) throws CheckException {
    boolean isHttps = starts(location, "https:");
    boolean hasScheme = isHttps || starts(location, "http:");
    var rest = hasScheme ? location.substring(location.indexOf(':') + 1) : location;
    boolean hasTls = hasScheme ? isHttps : isTls;
    if (!rest.startsWith("//")) {
      if (rest.isEmpty() || hasScheme || !isPathLike(rest)) {
        throw notUnderstood(location);
      }
      return elsewhere(name(), port, isTls, beside(rest), sticks);
    }
    int end = 2;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    var authority =
        rest.substring(
            rest.lastIndexOf('@', end - 1) < 2 ? 2 : rest.lastIndexOf('@', end - 1) + 1, end);
    var there = new HostPort(authority);
    if (there.host().isEmpty() || there.port() < 0) {
      throw notUnderstood(location);
    }
    if (there.port() > MAX_PORT) {
      throw new CheckException(
          Status.UNKNOWN,
          "HTTP UNKNOWN - Redirection to port above " + MAX_PORT + " - " + OneLine.of(location));
    }
    int wanted = there.port() == 0 ? (hasTls ? HTTPS : HTTP) : there.port();
    var path = withoutFragment(rest.substring(end));
    return elsewhere(
        there.host(), wanted, hasTls, path.startsWith("/") ? path : "/" + path, sticks);
  }

  private HttpTarget elsewhere(
      String newHost, int newPort, boolean newTls, String newPath, Sticks sticks) {
    int nextPort = sticks == Sticks.ADDRESS_AND_PORT ? port : newPort;
    return new HttpTarget(
        newHost, sticks == Sticks.NOTHING ? newHost : address, nextPort, nextPort, newTls, newPath);
  }

  private String beside(String relative) {
    var there = withoutFragment(relative);
    if (there.startsWith("/")) {
      return there;
    }
    int query = path.indexOf('?');
    var here = query < 0 ? path : path.substring(0, query);
    return there.startsWith("?") || there.isEmpty()
        ? here + there
        : here.substring(0, here.lastIndexOf('/') + 1) + there;
  }

  /** What stands behind the first blank is no part of a URL either. */
  private static String withoutFragment(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '#' || path.charAt(i) <= ' ') {
        return path.substring(0, i);
      }
    }
    return path;
  }

  /** Neither another scheme nor what no URL has in it. */
  private static boolean isPathLike(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return true;
      }
      if (c == ':' || "<>|\"{}\\^`".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean starts(String text, String scheme) {
    return text.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static CheckException notUnderstood(String location) {
    return new CheckException(
        Status.UNKNOWN,
        "HTTP UNKNOWN - Could not parse redirect location - " + OneLine.of(location));
  }

  /**
   * A host and perhaps a port.
   *
   * @param host without brackets
   * @param port 0 when there is none, -1 when it is no number
   */
  record HostPort(String host, int port) {
    HostPort(String text) {
      this(hostOf(text), portOf(text));
    }

    /** Where the colon before the port is; the length when there is none. */
    private static int colon(String text) {
      int colon = text.lastIndexOf(':');
      boolean isOne = colon > 0 && (text.charAt(colon - 1) == ']' || text.indexOf(':') == colon);
      return isOne ? colon : text.length();
    }

    private static String hostOf(String text) {
      var host = text.substring(0, colon(text));
      return host.startsWith("[") && host.endsWith("]")
          ? host.substring(1, host.length() - 1)
          : host;
    }

    private static int portOf(String text) {
      int colon = colon(text);
      if (colon >= text.length() - 1) {
        return 0;
      }
      try {
        return Math.max(-1, Integer.parseInt(text.substring(colon + 1)));
      } catch (NumberFormatException e) {
        return -1;
      }
    }
  }
}
