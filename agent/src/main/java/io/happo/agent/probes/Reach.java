package io.happo.agent.probes;

import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.net.ClientSocket;
import io.happo.net.Network;
import io.happo.net.Resolver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;

/** How a host is reached, and what plugins say when it is not. */
final class Reach {
  /** Which addresses of a host are tried. */
  enum Family {
    ANY,
    IPV4,
    IPV6
  }

  private Reach() {}

  /** What the options {@code use-ipv4} and {@code use-ipv6} say; the last one wins. */
  static Family family(Given given) {
    var family = Family.ANY;
    for (var one : given.inOrder()) {
      family =
          one.name().equals("use-ipv4")
              ? Family.IPV4
              : one.name().equals("use-ipv6") ? Family.IPV6 : family;
    }
    return family;
  }

  /**
   * Connects to the first address of a host that takes it.
   *
   * @throws IOException with what plugins say then
   * @throws InterruptedException when the time is over
   */
  static ClientSocket connect(String host, int port, Family family, Machine machine)
      throws IOException, InterruptedException {
    boolean isLiteral = Network.literal(host).isPresent();
    var failure =
        isLiteral ? "Address family for hostname not supported" : "Name or service not known";
    for (var address : addresses(host, port, machine)) {
      if (family == Family.ANY
          || (address.getAddress() instanceof Inet4Address) == (family == Family.IPV4)) {
        try {
          return ClientSocket.connect(address, machine.left());
        } catch (IOException e) {
          endIfOver(e);
          failure = "connect to address " + host + " and port " + port + ": " + e.getMessage();
        }
      }
    }
    throw new IOException(failure);
  }

  private static List<InetSocketAddress> addresses(String host, int port, Machine machine)
      throws IOException, InterruptedException {
    try {
      return Resolver.resolve(host, port, machine.left());
    } catch (UnknownHostException e) {
      return List.of();
    } catch (IOException e) {
      endIfOver(e);
      throw e;
    }
  }

  /** Ends the check when it failed because its time is over; who runs it says so. */
  static void endIfOver(IOException failure) throws InterruptedException {
    if (failure instanceof SocketTimeoutException || failure instanceof InterruptedIOException) {
      throw new InterruptedException();
    }
  }

  /** Why something failed, in a line. */
  static String words(Exception failure) {
    return OneLine.of(String.valueOf(failure.getMessage()));
  }
}
