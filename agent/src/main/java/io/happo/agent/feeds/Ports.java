package io.happo.agent.feeds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The addresses that feeds listen on. */
final class Ports {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private Ports() {}

  static InetSocketAddress loopback(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
  }

  /** Why a port cannot be had, and what to do. */
  static IOException refused(String option, int port, IOException cause) {
    var words = words(cause);
    var what =
        words.contains("in use")
            ? "another program listens there already; stop it, or choose another port"
            : words;
    return new IOException(
        option + ": cannot listen on 127.0.0.1 port " + port + ": " + what, cause);
  }

  /** The system's words. */
  static String words(IOException cause) {
    return String.valueOf(cause.getMessage());
  }
}
