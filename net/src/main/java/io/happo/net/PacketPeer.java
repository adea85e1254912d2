package io.happo.net;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who sent a packet.
 *
 * @param tls how its connection is secured; absent: it is not
 */
public record PacketPeer(InetSocketAddress address, Optional<Tls> tls) {
  /**
   * What both sides agreed on.
   *
   * @param version as {@code TLSv1.3}
   * @param cipher the suite, by its name in OpenSSL; that of anonymous Diffie-Hellman by its name
   *     in the registry of IANA
   * @param certificate what the peer showed; only of those that were asked for one and whose one is
   *     good
   */
  public record Tls(String version, String cipher, Optional<Certificate> certificate) {}

  /** Whose a certificate is and who issued it (RFC 2253). */
  public record Certificate(String subject, String issuer) {}
}
