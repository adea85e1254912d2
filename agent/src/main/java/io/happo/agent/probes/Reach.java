package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.core.Decimal;
import io.happo.net.ClientSocket;
import io.happo.net.Network;
import io.happo.net.Resolver;
import io.happo.net.TlsVersions;
import io.happo.net.TlsVersions.Version;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a host is reached, and what plugins say when it is not. */
final class Reach {
  /** Which addresses of a host are tried. */
  enum Family {
    ANY,
    IPV4,
    IPV6
  }

  /** All versions there are: what a server speaks is not to be judged. */
  static final TlsVersions TLS = new TlsVersions(Version.TLS_1_0, Version.TLS_1_3);

  private static final String NO_ADDRESS = "Address family for hostname not supported";

  private Reach() {}

  /** The options {@code use-ipv4} and {@code use-ipv6}, and then others. */
  static List<Option> options(Option... others) {
    var options = new ArrayList<Option>();
    options.add(Option.flag("use-ipv4", "Use IPv4 alone.").withKey('4'));
    options.add(Option.flag("use-ipv6", "Use IPv6 alone.").withKey('6'));
    options.addAll(List.of(others));
    return options;
  }

  /** The option {@code port}. */
  static Option port(String doc) {
    return Option.of("port", Type.whole(1, 65_535), "PORT", doc).withKey('p');
  }

  /** The option {@code hostname}. */
  static Option host(String placeholder, String doc) {
    return Option.of("hostname", Type.TEXT, placeholder, doc).withKey('H');
  }

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

  /** The number of seconds of the option {@code timeout}. */
  static double timeoutSeconds(Given given) {
    var timeout = given.text("timeout");
    int colon = timeout.indexOf(':');
    return Decimal.read(colon < 0 ? timeout : timeout.substring(0, colon));
  }

  /**
   * Connects to the first address of a host that takes it.
   *
   * @throws CheckException CRITICAL when none does, UNKNOWN when it has none
   */
  static ClientSocket open(String host, int port, Given given, Machine machine)
      throws CheckException, InterruptedException {
    try {
      return connect(host, port, family(given), machine);
    } catch (IOException e) {
      throw new CheckException(e.getCause() == null ? Status.UNKNOWN : Status.CRITICAL, words(e));
    }
  }

  /**
   * Connects to the first address of a host that takes it.
   *
   * @throws IOException with what plugins say then
   * @throws InterruptedException when the time is over
   */
  static ClientSocket connect(String host, int port, Family family, Machine machine)
      throws IOException, InterruptedException {
    return connect(addresses(host, port, family, machine), host, port, machine);
  }

  /**
   * Connects to the first of these addresses of a host that takes it.
   *
   * @throws IOException with what plugins say then; its cause is that of the last address
   */
  static ClientSocket connect(
      List<InetSocketAddress> addresses, String host, int port, Machine machine)
      throws IOException, InterruptedException {
    IOException failure = null;
    for (var address : addresses) {
      try {
        return ClientSocket.connect(address, machine.left());
      } catch (IOException e) {
        endIfOver(e);
        failure = e;
      }
    }
    if (failure == null) {
      throw new IOException(NO_ADDRESS);
    }
    throw new IOException(
        "connect to address " + host + " and port " + port + ": " + failure.getMessage(), failure);
  }

  /**
   * The addresses of a host, of one family or any; not empty.
   *
   * @throws IOException with what plugins say then
   */
  static List<InetSocketAddress> addresses(String host, int port, Family family, Machine machine)
      throws IOException, InterruptedException {
    var found = new ArrayList<InetSocketAddress>();
    for (var address : resolve(host, port, machine)) {
      if (family == Family.ANY
          || (address.getAddress() instanceof Inet4Address) == (family == Family.IPV4)) {
        found.add(address);
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          Network.literal(host).isPresent() ? NO_ADDRESS : "Name or service not known");
    }
    return found;
  }

  private static List<InetSocketAddress> resolve(String host, int port, Machine machine)
      throws IOException, InterruptedException {
    if (host.isEmpty()) {
      return List.of();
    }
    try {
      return Resolver.resolve(host, port, machine.left());
    } catch (UnknownHostException e) {
      return List.of();
    } catch (IOException e) {
      endIfOver(e);
      throw e;
    }
  }

  /** Whether nobody listens there. */
  static boolean isRefused(IOException failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage()).equals("Connection refused");
  }

  /** Ends the check when it failed because its time is over; who runs it says so. */
  static void endIfOver(IOException failure) throws InterruptedException {
    if (failure instanceof SocketTimeoutException || failure instanceof InterruptedIOException) {
      throw new InterruptedException();
    }
  }

  /**
   * Has a connection go on in TLS.
   *
   * @param serverName what the server is asked for; null when it is not to be told
   * @throws CheckException with what plugins say then
   */
  static void secure(ClientSocket socket, @Nullable String serverName)
      throws CheckException, InterruptedException {
    try {
      socket.startTls(serverName, TLS, Optional.empty());
    } catch (IOException e) {
      endIfOver(e);
      throw new CheckException(
          Status.CRITICAL, "CRITICAL - Cannot make SSL connection.\n" + words(e));
    }
  }

  /** How long the certificate of a server is good, by the option {@code certificate}. */
  static Finding certificate(ClientSocket socket, CertificateExpiry expiry, Machine machine)
      throws CheckException {
    try {
      return expiry.of(socket.certificates().getFirst(), machine.clock().instant());
    } catch (CertificateException e) {
      throw new CheckException(Status.CRITICAL, "CRITICAL - Cannot retrieve server certificate.");
    }
  }

  /** Why something failed, in a line. */
  static String words(Exception failure) {
    return OneLine.of(String.valueOf(failure.getMessage()));
  }
}
