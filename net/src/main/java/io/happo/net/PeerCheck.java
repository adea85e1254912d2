package io.happo.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Instant;

/** Decides after a handshake whether the server that answered is one to talk to. */
@FunctionalInterface
interface PeerCheck {
  /**
   * Accepts the server.
   *
   * @param chain its certificates, DER, its own first
   * @param asked where it was asked for
   * @throws CertificateException with what is wrong
   */
  void check(byte[][] chain, Destination asked) throws CertificateException;

  /** The check that a trust demands; reads its files. */
  static PeerCheck of(Trust trust) throws IOException {
    if (trust instanceof Trust.Anything) {
      return new Nothing();
    }
    if (trust instanceof Trust.Pin wanted) {
      return new Pinned(wanted);
    }
    if (trust instanceof Trust.FirstUse first) {
      return new Remembered(first.keys());
    }
    if (trust instanceof Trust.Authorities authorities) {
      var known = KnownCertificates.read(authorities.pemFile());
      return known.isEmpty()
          ? new Judged(CertificateJudge.read(authorities.pemFile())) // Which says what is wrong.
          : new Known(known, authorities.pemFile());
    }
    return new Judged(CertificateJudge.publicRoots());
  }

  /** By authorities, of which the server may be one itself. */
  record Known(KnownCertificates certificates, Path file) implements PeerCheck {
    @Override
    public void check(byte[][] chain, Destination asked) throws CertificateException {
      if (chain.length > 0 && certificates.recognize(chain[0], asked.host(), Instant.now())) {
        return;
      }
      try {
        new Judged(CertificateJudge.read(file)).check(chain, asked);
      } catch (IOException e) {
        throw new CertificateException(e.getMessage(), e);
      }
    }
  }

  /** Accepts every one. */
  record Nothing() implements PeerCheck {
    @Override
    public void check(byte[][] chain, Destination asked) {}
  }

  /** By authorities. */
  record Judged(CertificateJudge judge) implements PeerCheck {
    @Override
    public void check(byte[][] chain, Destination asked) throws CertificateException {
      judge.check(chain, CertificateJudge.SERVER);
      CertificateJudge.checkName(chain, asked.host());
    }
  }

  /** The key that the server has shown. */
  private static Trust.Pin pin(byte[][] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer showed no certificate");
    }
    try {
      return Trust.Pin.ofCertificate(chain[0]);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("the peer showed something that is no certificate", e);
    }
  }

  /** By the key that it has shown first. */
  record Remembered(Trust.Keys keys) implements PeerCheck {
    @Override
    public void check(byte[][] chain, Destination asked) throws CertificateException {
      var shown = pin(chain);
      var known = keys.of(asked.host(), asked.port(), shown);
      if (!shown.equals(known)) {
        throw new CertificateException(
            "its public key has the SHA-256 digest "
                + shown.hex()
                + ", and when it was first asked it had "
                + known.hex()
                + "; if it was set up anew, forget its key");
      }
    }
  }

  /** By its key. */
  record Pinned(Trust.Pin wanted) implements PeerCheck {
    @Override
    public void check(byte[][] chain, Destination asked) throws CertificateException {
      var seen = pin(chain);
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
}
