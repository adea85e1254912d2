package io.happo.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Whom a client believes. A named choice: there is no default. */
public sealed interface Trust {
  /** Any certificate at all: encrypted, not authenticated. What the original does everywhere. */
  record Anything() implements Trust {}

  /**
   * A certificate whose public key has this digest, whatever its name, issuer and dates.
   *
   * @param sha256 SHA-256 of the key's SubjectPublicKeyInfo, 32 bytes
   */
  record Pin(byte[] sha256) implements Trust {
    private static final int DIGEST_BYTES = 32;
    private static final String PREFIX = "sha256//";

    public Pin {
      if (sha256.length != DIGEST_BYTES) {
        throw new IllegalArgumentException(
            "a pin is a SHA-256 digest of 32 bytes, not of " + sha256.length);
      }
      sha256 = sha256.clone();
    }

    /**
     * Reads a pin: {@code sha256//} and base64 as curl writes it, base64 or base64url alone, or 64
     * hexadecimal digits with or without colons.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    public static Pin of(String text) {
      var digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
      try {
        var hex = digits.replace(":", "");
        if (hex.length() == 2 * DIGEST_BYTES) {
          return new Pin(HexFormat.of().parseHex(hex));
        }
        return new Pin(Base64.getDecoder().decode(digits.replace('-', '+').replace('_', '/')));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "no pin of a public key: \""
                + text
                + "\"; give sha256//<base64> or 64 hexadecimal digits",
            e);
      }
    }

    /**
     * The pin of a certificate.
     *
     * @param certificate DER
     */
    static Pin ofCertificate(byte[] certificate) {
      try {
        return new Pin(MessageDigest.getInstance("SHA-256").digest(Der.publicKeyOf(certificate)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Pin pin && MessageDigest.isEqual(sha256, pin.sha256);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(sha256);
    }

    /** 64 hexadecimal digits, the only form that options such as {@code --pin} take. */
    public String hex() {
      return HexFormat.of().formatHex(sha256);
    }

    /** As {@link #of} reads it and curl writes it: {@code sha256//} and base64. */
    @Override
    public String toString() {
      return PREFIX + Base64.getEncoder().encodeToString(sha256);
    }
  }

  /**
   * A certificate that one of these authorities issued and that carries the name or address asked
   * for.
   *
   * @param pemFile certificates of the authorities, PEM
   */
  record Authorities(Path pemFile) implements Trust {
    /**
     * Reads the file, for who wants to know before the first connection whether it can be used.
     *
     * @throws IOException with a message that names the file and says what to do
     */
    public void check() throws IOException {
      CertificateJudge.read(pemFile);
    }
  }

  /** The keys that servers have shown first. Any thread; may block. */
  @FunctionalInterface
  interface Keys {
    /**
     * The key of a server, which from now on is this one when none was known.
     *
     * @param host as it was asked for
     * @param shown the key that it shows now
     */
    Pin of(String host, int port, Pin shown);
  }

  /** Any certificate the first time, and then one with the same key alone. */
  record FirstUse(Keys keys) implements Trust {}

  /** A certificate that the public roots of the runtime vouch for, with the name asked for. */
  record PublicRoots() implements Trust {}
}
