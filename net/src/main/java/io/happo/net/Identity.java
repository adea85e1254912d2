package io.happo.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * A certificate chain and its private key, as PEM text. Keys: ECDSA or RSA, in PKCS#8, PKCS#1 or
 * SEC 1. Whether they fit together is checked by {@link #read} and again by whatever uses them.
 *
 * @param certificatePem the certificate, then those of its issuers
 * @param keyPem the private key; never shown by {@link #toString}
 */
public record Identity(byte[] certificatePem, byte[] keyPem) {
  private static final String BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----";
  private static final String RSA_ENCRYPTION =
      HexFormat.of().formatHex(Der.oid("1.2.840.113549.1.1.1"));
  private static final Duration SELF_SIGNED_FOR = Duration.ofDays(3_652);
  // A peer whose clock is a little behind must not take a fresh certificate for one of the future.
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  /**
   * Reads both files and makes sure that they fit together.
   *
   * @throws IOException with a message that names the file and says what to do
   */
  public static Identity read(Path certificate, Path key) throws IOException {
    var identity = new Identity(bytes("certificate", certificate), bytes("private key", key));
    var certificateText = new String(identity.certificatePem, StandardCharsets.ISO_8859_1);
    var keyText = new String(identity.keyPem, StandardCharsets.ISO_8859_1);
    if (!certificateText.contains(BEGIN_CERTIFICATE)) {
      throw new IOException(
          certificate
              + " holds no certificate in PEM; it must hold a block that begins with BEGIN"
              + " CERTIFICATE");
    }
    if (keyText.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || keyText.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new IOException(
          "the private key in "
              + key
              + " is encrypted; store it without a passphrase (openssl pkey -in "
              + key
              + " -out plain.key)");
    }
    if (!keyText.contains("PRIVATE KEY-----")) {
      throw new IOException(
          key
              + " holds no private key in PEM; it must hold a block that begins with BEGIN PRIVATE"
              + " KEY, BEGIN RSA PRIVATE KEY or BEGIN EC PRIVATE KEY");
    }
    try {
      TlsContext.server(identity, Optional.empty()).release();
      return identity;
    } catch (SSLException e) {
      throw new IOException(
          "cannot use the certificate in "
              + certificate
              + " with the key in "
              + key
              + ": "
              + e.getMessage()
              + "; give the key that the certificate was made with, ECDSA or RSA, as PEM",
          e);
    }
  }

  private static byte[] bytes(String what, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(
          "the file of the "
              + what
              + ", "
              + file
              + ", cannot be read: it is a folder; name the PEM file");
    }
    try {
      return PemFile.read(file);
    } catch (NoSuchFileException e) {
      throw new IOException("the file of the " + what + ", " + file + ", does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(
          "the file of the "
              + what
              + ", "
              + file
              + ", may not be read by this user; change its owner or mode",
          e);
    } catch (IOException e) {
      throw new IOException(
          "the file of the " + what + ", " + file + ", cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * A new key (ECDSA, P-256) with a certificate that it signed itself, good for ten years from now.
   *
   * @param commonName whose it is; a host name or an address
   * @param names further names and addresses it stands for; localhost, 127.0.0.1 and ::1 are always
   *     among them
   */
  public static Identity selfSigned(String commonName, String... names) {
    var now = Instant.now();
    return SelfSigned.make(
        commonName, List.of(names), now.minus(CLOCK_SKEW), now.plus(SELF_SIGNED_FOR));
  }

  /** The pin by which a client knows this identity's key. */
  public Trust.Pin pin() {
    return Trust.Pin.ofCertificate(certificate());
  }

  /** Whether its key is RSA; else it is ECDSA. */
  boolean isRsa() {
    var key = HexFormat.of().formatHex(Der.publicKeyOf(certificate()));
    // SubjectPublicKeyInfo begins with two headers and the algorithm (RFC 5280, 4.1).
    return key.substring(0, Math.min(48, key.length())).contains(RSA_ENCRYPTION);
  }

  /** The certificate without those of its issuers, DER. */
  private byte[] certificate() {
    var text = new String(certificatePem, StandardCharsets.ISO_8859_1);
    int start = text.indexOf(BEGIN_CERTIFICATE);
    int end = text.indexOf("-----END", start);
    if (start < 0 || end < 0) {
      throw new IllegalStateException("an identity without a certificate");
    }
    return Base64.getMimeDecoder().decode(text.substring(start + BEGIN_CERTIFICATE.length(), end));
  }

  @Override
  public String toString() {
    return "Identity";
  }
}
