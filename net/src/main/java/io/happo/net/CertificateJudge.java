package io.happo.net;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Certificates that vouch for others, and the judgement by them (RFC 5280 path, RFC 6125 names).
 * Uses the JDK's certificate code, which is not its TLS code. No revocation is looked up: nothing
 * here talks to the network.
 */
public final class CertificateJudge {
  /** What a server's certificate is for (RFC 5280, 4.2.1.12). */
  static final String SERVER = "1.3.6.1.5.5.7.3.1";

  /** What a client's certificate is for. */
  static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private final byte[] pem;
  private final Set<TrustAnchor> anchors;

  private CertificateJudge(byte[] pem, Set<TrustAnchor> anchors) {
    this.pem = pem;
    this.anchors = anchors;
  }

  /** Where systems keep the authorities that they trust, as one PEM file. */
  private static final List<Path> SYSTEM_FILES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"), // Debian, Arch
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"), // Red Hat
          Path.of("/etc/ssl/ca-bundle.pem"), // SUSE
          Path.of("/etc/ssl/cert.pem")); // Alpine, macOS

  /**
   * The authorities that this system trusts; those of the Java runtime where it has no such file.
   */
  public static CertificateJudge system() throws IOException {
    for (var file : SYSTEM_FILES) {
      if (Files.isReadable(file)) {
        return read(file);
      }
    }
    return publicRoots();
  }

  /**
   * The certificates of a PEM file.
   *
   * @throws IOException with a message that names the file and says what to do
   */
  public static CertificateJudge read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(
          "file of authorities " + file + " is a folder; name the PEM file inside it");
    }
    try {
      var pem = PemFile.read(file);
      var anchors = new HashSet<TrustAnchor>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        anchors.add(new TrustAnchor((X509Certificate) certificate, null));
      }
      if (anchors.isEmpty()) {
        throw new IOException(file + " holds no certificate; it must hold the authorities as PEM");
      }
      return new CertificateJudge(pem, anchors);
    } catch (NoSuchFileException e) {
      throw new IOException("file of authorities " + file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(
          "file of authorities " + file + " may not be read by this user; change its owner or mode",
          e);
    } catch (CertificateException e) {
      throw new IOException(file + " is no PEM file of certificates: " + e.getMessage(), e);
    }
  }

  /** The roots that come with the Java runtime. */
  static CertificateJudge publicRoots() throws IOException {
    var file = new File(System.getProperty("java.home"), "lib/security/cacerts");
    try {
      var store = KeyStore.getInstance(file, (char[]) null);
      var anchors = new HashSet<TrustAnchor>();
      for (var alias : java.util.Collections.list(store.aliases())) {
        if (store.getCertificate(alias) instanceof X509Certificate root) {
          anchors.add(new TrustAnchor(root, null));
        }
      }
      return new CertificateJudge(new byte[0], anchors);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the public roots in " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  byte[] pem() {
    return pem;
  }

  /**
   * Accepts a chain that leads to one of these authorities.
   *
   * @param chain certificates, DER, the peer's own first
   * @param purpose {@link #SERVER} or {@link #CLIENT}; a certificate that lists its purposes must
   *     list it
   * @throws CertificateException with what is wrong with it
   */
  void check(byte[][] chain, String purpose) throws CertificateException {
    check(parse(chain), purpose);
  }

  /**
   * Accepts the chain of a server that leads to one of these authorities.
   *
   * @param chain the server's own certificate first
   * @throws CertificateException with what is wrong with it
   */
  public void check(List<X509Certificate> chain) throws CertificateException {
    check(chain, SERVER);
  }

  private void check(List<X509Certificate> certificates, String purpose)
      throws CertificateException {
    var leaf = certificates.getFirst();
    var subject = leaf.getSubjectX500Principal();
    try {
      leaf.checkValidity();
      var purposes = leaf.getExtendedKeyUsage();
      if (purposes != null && !purposes.contains(purpose) && !purposes.contains(ANY_PURPOSE)) {
        throw new CertificateException(
            "certificate of " + subject + " is not made for this purpose (" + purpose + ")");
      }
      if (isAnchor(leaf)) {
        return; // Named as an authority itself.
      }
      validate(certificates.stream().filter(c -> c.equals(leaf) || !isAnchor(c)).toList());
    } catch (CertificateExpiredException e) {
      throw new CertificateException(
          "certificate of " + subject + " expired at " + leaf.getNotAfter().toInstant(), e);
    } catch (CertificateNotYetValidException e) {
      throw new CertificateException(
          "certificate of "
              + subject
              + " is good only from "
              + leaf.getNotBefore().toInstant()
              + " on; is this machine's clock right?",
          e);
    } catch (CertPathValidatorException e) {
      throw new CertificateException(
          "certificate of " + subject + " is not from a trusted authority: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("certificate cannot be checked: " + e.getMessage(), e);
    }
  }

  /**
   * Accepts a path, or its beginning: servers send more than is needed, such as a cross-signed root
   * whose issuer nobody knows any more.
   */
  private void validate(List<X509Certificate> path) throws GeneralSecurityException {
    var parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    var validator = CertPathValidator.getInstance("PKIX");
    var factory = CertificateFactory.getInstance("X.509");
    CertPathValidatorException failure = null;
    for (int length = path.size(); length > 0; length--) {
      try {
        validator.validate(factory.generateCertPath(path.subList(0, length)), parameters);
        return;
      } catch (CertPathValidatorException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private boolean isAnchor(X509Certificate certificate) {
    return anchors.stream().anyMatch(anchor -> certificate.equals(anchor.getTrustedCert()));
  }

  /**
   * Accepts a certificate that carries this name or address among its alternative names; the common
   * name does not count.
   *
   * @param host a DNS name or an address literal without brackets
   */
  static void checkName(byte[][] chain, String host) throws CertificateException {
    checkName(parse(chain).getFirst(), host);
  }

  /** As {@link #checkName(byte[][], String)}, of one certificate. */
  public static void checkName(X509Certificate leaf, String host) throws CertificateException {
    var seen = new ArrayList<String>();
    var names = leaf.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        int type = (Integer) name.get(0);
        if (type != DNS_NAME && type != IP_ADDRESS) {
          continue;
        }
        var value = String.valueOf(name.get(1));
        seen.add(value);
        if (type == DNS_NAME ? matches(value, host) : sameAddress(value, host)) {
          return;
        }
      }
    }
    throw new CertificateException(
        "certificate is not for "
            + host
            + " but for "
            + (seen.isEmpty() ? "no name at all" : String.join(", ", seen)));
  }

  /** Whose a certificate, DER, is. */
  static PacketPeer.Certificate names(byte[] certificate) throws CertificateException {
    var parsed = parse(new byte[][] {certificate}).getFirst();
    return new PacketPeer.Certificate(
        parsed.getSubjectX500Principal().getName(), parsed.getIssuerX500Principal().getName());
  }

  /** Whether a name of a certificate, perhaps with a star, stands for that host. */
  static boolean matches(String pattern, String host) {
    var wanted = host.toLowerCase(Locale.ROOT);
    var given = pattern.toLowerCase(Locale.ROOT);
    if (!given.startsWith("*.")) {
      return given.equals(wanted);
    }
    // A star stands for exactly one label, the leftmost, and never for one directly under a
    // top-level domain.
    int dot = wanted.indexOf('.');
    return dot > 0 && given.indexOf('.', 2) > 0 && given.substring(1).equals(wanted.substring(dot));
  }

  private static boolean sameAddress(String given, String host) {
    try {
      return Addresses.isLiteral(host)
          && Arrays.equals(
              InetAddress.ofLiteral(given).getAddress(), InetAddress.ofLiteral(host).getAddress());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Certificates, DER, as the JDK knows them; at least one. */
  static List<X509Certificate> parse(byte[][] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the peer showed no certificate");
    }
    var factory = CertificateFactory.getInstance("X.509");
    var certificates = new ArrayList<X509Certificate>();
    for (byte[] der : chain) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return certificates;
  }
}
