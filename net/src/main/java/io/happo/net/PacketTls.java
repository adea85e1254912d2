package io.happo.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a {@link PacketServer} speaks TLS.
 *
 * @param identity its certificate and key; never shown to clients that want anonymous
 *     Diffie-Hellman
 * @param ciphers the suites up to TLS 1.2, as OpenSSL writes them; {@code @SECLEVEL} in it means
 *     nothing here. Absent: all but the weak ones. Those of TLS 1.3 are always offered
 * @param clientCertificates what clients have to show
 * @param clientCa authorities of client certificates (PEM)
 * @param anonymousDh lets clients in that offer nothing but anonymous Diffie-Hellman, as far as the
 *     versions and the suites above have that (TLS 1.0 to 1.2, by the JDK): their connections are
 *     encrypted, yet anybody in between could read them, and no certificate is asked of them
 */
public record PacketTls(
    Identity identity,
    TlsVersions versions,
    Optional<String> ciphers,
    ClientCertificates clientCertificates,
    Optional<Path> clientCa,
    boolean anonymousDh) {
  /** What clients have to show. */
  public enum ClientCertificates {
    /** Nothing; none is asked for. */
    NONE,
    /** Nothing, or a certificate that the authorities vouch for. */
    ASK,
    /** A certificate that the authorities vouch for. */
    REQUIRE
  }

  public PacketTls {
    if (clientCertificates != ClientCertificates.NONE && clientCa.isEmpty()) {
      throw new IllegalArgumentException(
          "client certificates can only be judged by authorities: give the file of those that"
              + " issue them, or ask for no certificates");
    }
    if (clientCertificates == ClientCertificates.REQUIRE && anonymousDh) {
      throw new IllegalArgumentException(
          "clients of anonymous Diffie-Hellman have no certificate: require certificates or let"
              + " these clients in, not both");
    }
  }

  /**
   * Makes the offer as a server would, for who wants to know before its start whether it can be
   * used.
   *
   * @throws IOException with a message that names what cannot be used
   */
  public void check() throws IOException {
    new TlsOffer(this).release();
  }

  /** Why a client is not let in that offers nothing but anonymous Diffie-Hellman, if it is not. */
  public Optional<String> anonymousRefusal() {
    if (!anonymousDh) {
      return Optional.of("--nrpe-legacy-tls lets it in");
    }
    if (versions.oldest() == TlsVersions.Version.TLS_1_3) {
      return Optional.of("TLS 1.3, the only version that is allowed here, does not have it");
    }
    if (AnonymousSuites.of(ciphers).isEmpty()) {
      return Optional.of("the list of cipher suites leaves it out");
    }
    return Optional.empty();
  }
}
