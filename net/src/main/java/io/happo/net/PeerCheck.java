package io.happo.net;

import java.io.IOException;
import java.security.cert.CertificateException;

/** Decides after a handshake whether the server that answered is one to talk to. */
@FunctionalInterface
interface PeerCheck {
  /**
   * Accepts the server.
   *
   * @param chain its certificates, DER, its own first
   * @param host the name or address literal that was asked for
   * @throws CertificateException with what is wrong
   */
  void check(byte[][] chain, String host) throws CertificateException;

  /** The check that a trust demands; reads its files. */
  static PeerCheck of(Trust trust) throws IOException {
    return switch (trust) {
      case Trust.Anything() -> (chain, host) -> {};
      case Trust.Pin wanted -> (chain, host) -> checkPin(wanted, chain);
      case Trust.Authorities(var file) -> byAuthorities(CertificateJudge.read(file));
      case Trust.PublicRoots() -> byAuthorities(CertificateJudge.publicRoots());
    };
  }

  private static PeerCheck byAuthorities(CertificateJudge judge) {
    return (chain, host) -> {
      judge.check(chain, CertificateJudge.SERVER);
      CertificateJudge.checkName(chain, host);
    };
  }

  private static void checkPin(Trust.Pin wanted, byte[][] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer showed no certificate");
    }
    Trust.Pin seen;
    try {
      seen = Trust.Pin.ofCertificate(chain[0]);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("the peer showed something that is no certificate", e);
    }
    if (!seen.equals(wanted)) {
      throw new CertificateException(
          "its public key has the SHA-256 digest "
              + seen.hex()
              + ", not the pinned "
              + wanted.hex()
              + "; if the key was changed on purpose, pin the new one");
    }
  }
}
