package io.happo.agent.checks;

import io.happo.net.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates that openssl makes in a folder: {@code NAME.pem} and {@code NAME.key}. */
public final class TestCertificates {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;

  public TestCertificates(Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("index.txt"), "");
    Files.writeString(folder.resolve("index.txt.attr"), "unique_subject = no\n");
    Files.writeString(folder.resolve("serial"), "01\n");
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = x
        [x]
        database = index.txt
        serial = serial
        new_certs_dir = .
        default_md = sha256
        policy = p
        copy_extensions = copy
        unique_subject = no
        [p]
        commonName = optional
        organizationName = optional
        """);
  }

  /** Whether openssl is there. */
  public static boolean canBeMade() {
    return Files.isExecutable(Path.of("/usr/bin/openssl"));
  }

  /** Of a name that signs itself, good from then to then, counted from now. */
  public void make(String name, String subject, Duration from, Duration to) throws Exception {
    make(name, name, subject, from, to);
  }

  /** Signed by another, or by itself when that has its own name. */
  public void make(String name, String issuer, String subject, Duration from, Duration to)
      throws Exception {
    run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr",
        "-subj",
        subject,
        "-addext",
        issuer.equals(name) ? "basicConstraints=critical,CA:TRUE" : "subjectAltName=DNS:" + name);
    var line =
        new ArrayList<>(
            List.of(
                "openssl",
                "ca",
                "-batch",
                "-config",
                "ca.cnf",
                "-notext",
                "-in",
                name + ".csr",
                "-out",
                name + ".pem",
                "-keyfile",
                issuer + ".key",
                "-startdate",
                DATE.format(Instant.now().plus(from)),
                "-enddate",
                DATE.format(Instant.now().plus(to))));
    line.addAll(issuer.equals(name) ? List.of("-selfsign") : List.of("-cert", issuer + ".pem"));
    run(line.toArray(String[]::new));
  }

  private void run(String... line) throws Exception {
    var process =
        new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", line) + ": " + output);
    }
  }

  /** A file of a certificate. */
  public Path pem(String name) {
    return folder.resolve(name + ".pem");
  }

  /** TLS of a server that shows one of them, and then that of its issuer if it has another. */
  public SSLContext server(String name, String... issuers) throws Exception {
    var pem = new StringBuilder(Files.readString(pem(name)));
    for (var issuer : issuers) {
      pem.append(Files.readString(pem(issuer)));
    }
    return server(
        pem.toString().getBytes(StandardCharsets.US_ASCII),
        Files.readAllBytes(folder.resolve(name + ".key")));
  }

  /** TLS of a server that shows this identity. */
  public static SSLContext server(Identity identity) throws Exception {
    return server(identity.certificatePem(), identity.keyPem());
  }

  private static SSLContext server(byte[] certificates, byte[] key) throws Exception {
    var text = new String(key, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text));
    var chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(certificates))
            .toArray(Certificate[]::new);
    // One that takes a chain with more in it than is needed.
    var store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry("x", KeyFactory.getInstance("EC").generatePrivate(spec), new char[0], chain);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
