package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class IdentityTest {
  @TempDir private Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void openssl(String... arguments) throws Exception {
    Peer.need("openssl");
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    var outcome = Peer.run(command, "");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
  }

  private void makeRsa(String name) throws Exception {
    openssl(
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-out",
        path(name + ".key"));
    certify(name);
  }

  private void makeEcdsa(String name) throws Exception {
    openssl(
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        path(name + ".key"));
    certify(name);
  }

  private void certify(String name) throws Exception {
    openssl(
        "req",
        "-x509",
        "-key",
        path(name + ".key"),
        "-subj",
        "/CN=" + name,
        "-days",
        "2",
        "-out",
        path(name + ".crt"));
  }

  private String path(String name) {
    return file(name).toString();
  }

  private void serve(Path key, Path certificate) throws Exception {
    var identity = Identity.read(certificate, key);
    try (var server =
            new TestServer(
                HttpsServer.start(
                    TestServer.settings(), identity, request -> Response.text(200, "OK")));
        var client = new HttpsClient(identity.pin(), Optional.empty())) {
      var answer =
          client.send("GET", server.uri("/"), Headers.NONE, new byte[0], Duration.ofSeconds(20));
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void rsa_key_serves_as_pkcs8_and_as_pkcs1() throws Exception {
    makeRsa("rsa");
    serve(file("rsa.key"), file("rsa.crt"));
    openssl("rsa", "-in", path("rsa.key"), "-traditional", "-out", path("pkcs1.key"));
    assertThat(file("pkcs1.key")).content().contains("BEGIN RSA PRIVATE KEY");
    serve(file("pkcs1.key"), file("rsa.crt"));
  }

  @Test
  void ecdsa_key_serves_as_pkcs8_and_as_sec1_also_behind_parameters() throws Exception {
    makeEcdsa("ec");
    serve(file("ec.key"), file("ec.crt"));
    openssl("ec", "-in", path("ec.key"), "-out", path("sec1.key"));
    assertThat(file("sec1.key")).content().contains("BEGIN EC PRIVATE KEY");
    serve(file("sec1.key"), file("ec.crt"));
    openssl("ecparam", "-name", "prime256v1", "-out", path("parameters.pem"));
    Files.writeString(
        file("both.key"),
        Files.readString(file("parameters.pem")) + Files.readString(file("sec1.key")));
    assertThat(file("both.key")).content().contains("BEGIN EC PARAMETERS");
    serve(file("both.key"), file("ec.crt"));
  }

  @Test
  void what_cannot_be_used_is_refused_with_the_name_of_the_file() throws Exception {
    makeEcdsa("a");
    makeEcdsa("b");
    openssl(
        "pkcs8", "-topk8", "-in", path("a.key"), "-passout", "pass:x", "-out", path("locked.key"));
    Files.writeString(file("text"), "hello");
    Files.writeString(
        file("broken.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Files.writeString(
        file("broken.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    refused("none.crt", "a.key", "none.crt", "does not exist");
    refused("a.crt", "none.key", "none.key", "does not exist");
    refused("text", "a.key", "text", "no certificate in PEM");
    refused("a.crt", "text", "text", "no private key in PEM");
    refused("a.crt", "locked.key", "locked.key", "encrypted");
    refused("a.crt", "b.key", "b.key", "does not belong");
    refused("broken.crt", "a.key", "broken.crt", "certificate cannot be used");
    refused("a.crt", "broken.key", "broken.key", "private key cannot be parsed");
    refused(".", "a.key", file(".").toString(), "cannot be read");
  }

  private void refused(String certificate, String key, String... words) {
    assertThatThrownBy(() -> Identity.read(file(certificate), file(key)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void self_signed_certificate_is_read_by_openssl_and_by_the_jdk() throws Exception {
    var identity = Identity.selfSigned("agent.test", "10.1.2.3", "agent");
    Files.write(file("self.crt"), identity.certificatePem());
    Files.write(file("self.key"), identity.keyPem());
    serve(file("self.key"), file("self.crt"));
    var certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(identity.certificatePem()));
    certificate.verify(certificate.getPublicKey());
    certificate.checkValidity();
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getNotAfter().toInstant())
        .isAfter(Instant.now().plus(Duration.ofDays(3_650)));
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly(
            "agent.test", "10.1.2.3", "agent", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    Peer.need("openssl");
    var text = Peer.run("openssl", "x509", "-in", path("self.crt"), "-noout", "-text").output();
    assertThat(text)
        .contains(
            "Signature Algorithm: ecdsa-with-SHA256",
            "ASN1 OID: prime256v1",
            "CN = agent.test",
            "DNS:localhost");
    assertThat(
            Peer.run(
                    "openssl",
                    "verify",
                    "-x509_strict",
                    "-CAfile",
                    path("self.crt"),
                    path("self.crt"))
                .output())
        .endsWith(": OK\n");
    assertThat(identity.toString()).isEqualTo("Identity");
  }

  @Test
  void far_end_of_validity_is_written_with_four_digits() throws Exception {
    var far =
        SelfSigned.make(
            "x",
            List.of(),
            Instant.parse("2049-12-31T23:59:59Z"),
            Instant.parse("2050-01-01T00:00:00Z"));
    var certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(far.certificatePem()));
    assertThat(certificate.getNotBefore().toInstant()).isEqualTo("2049-12-31T23:59:59Z");
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo("2050-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "-tls1_1,,none",
    "-tls1_2,,ECDHE-ECDSA-AES128-GCM-SHA256",
    "-tls1_2,ECDHE-ECDSA-AES256-GCM-SHA384,none",
    "-tls1_3,,TLS_AES"
  })
  void openssl_gets_the_protocols_and_suites_on_offer_and_no_others(
      String protocol, String suite, String agreed) throws Exception {
    Peer.need("openssl");
    try (var server = TestServer.start(request -> Response.text(200, "OK"))) {
      var command =
          new ArrayList<>(
              List.of(
                  "openssl",
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + server.port,
                  protocol,
                  "-alpn",
                  "h2,http/1.1"));
      if (suite != null) {
        command.addAll(List.of("-cipher", suite));
      }
      var output = Peer.run(command, "").output();
      if (agreed.equals("none")) {
        assertThat(output).contains("Cipher is (NONE)");
      } else {
        assertThat(output).contains("Cipher is " + agreed).contains("No ALPN negotiated");
      }
    }
  }

  @Test
  void curl_is_served_with_the_pin_and_refused_with_another() throws Exception {
    Peer.need("curl");
    try (var server =
        TestServer.start(
            request -> Response.text(200, "got " + request.body().length + " bytes"))) {
      var body = Files.write(file("body"), new byte[500_000]);
      var url = server.uri("/x").toString();
      var pin = TestServer.IDENTITY.pin().toString();
      var fine =
          Peer.run(
              "curl",
              "-sSk",
              "--pinnedpubkey",
              pin,
              "-H",
              "Expect: 100-continue",
              "--data-binary",
              "@" + body,
              url,
              url);
      assertThat(fine.output()).isEqualTo("got 500000 bytesgot 500000 bytes");
      var other = Identity.selfSigned("x").pin().toString();
      assertThat(Peer.run("curl", "-sSk", "--pinnedpubkey", other, url).exit()).isEqualTo(90);
    }
  }
}
