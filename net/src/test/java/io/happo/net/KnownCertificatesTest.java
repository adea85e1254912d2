package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KnownCertificatesTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2056-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path folder;

  private static Identity identity() {
    return SelfSigned.make("agent.test", List.of("agent.test", "192.0.2.1", "::1"), FROM, UNTIL);
  }

  private static byte[] der(Identity identity) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(identity.certificatePem()))
        .getEncoded();
  }

  private KnownCertificates file(byte[] content) throws Exception {
    return KnownCertificates.read(Files.write(folder.resolve("ca.pem"), content));
  }

  @ParameterizedTest
  @CsvSource({
    "agent.test,2026-06-01T00:00:00Z,true",
    "AGENT.test,2026-06-01T00:00:00Z,true",
    "192.0.2.1,2026-06-01T00:00:00Z,true",
    "::1,2026-06-01T00:00:00Z,true",
    "0:0:0:0:0:0:0:1,2055-12-31T00:00:00Z,true",
    "other.test,2026-06-01T00:00:00Z,false",
    "192.0.2.2,2026-06-01T00:00:00Z,false",
    "agent.test,2025-12-31T23:59:59Z,false",
    "agent.test,2056-01-01T00:00:01Z,false",
  })
  void certificate_of_the_file_is_recognized_for_its_names_in_its_time(
      String host, Instant now, boolean recognized) throws Exception {
    var identity = identity();
    assertThat(file(identity.certificatePem()).recognize(der(identity), host, now))
        .isEqualTo(recognized);
  }

  @Test
  void another_certificate_of_the_same_names_is_not() throws Exception {
    assertThat(file(identity().certificatePem()).recognize(der(identity()), "agent.test", NOW))
        .isFalse();
  }

  @Test
  void file_may_hold_several_and_text_between_them() throws Exception {
    var first = new String(identity().certificatePem(), StandardCharsets.US_ASCII);
    var second = identity();
    var both =
        first + "# the second\n" + new String(second.certificatePem(), StandardCharsets.US_ASCII);
    assertThat(
            file(both.getBytes(StandardCharsets.US_ASCII))
                .recognize(der(second), "agent.test", NOW))
        .isTrue();
  }

  @Test
  void nothing_is_known_of_a_file_that_is_missing_or_no_pem() throws Exception {
    assertThat(KnownCertificates.read(folder.resolve("missing")).isEmpty()).isTrue();
    assertThat(file(new byte[] {1, 2, 3}).isEmpty()).isTrue();
    assertThat(
            file("-----BEGIN CERTIFICATE-----\nAAAA".getBytes(StandardCharsets.US_ASCII)).isEmpty())
        .isTrue();
  }

  @Test
  void certificate_with_a_broken_byte_does_no_harm() throws Exception {
    var der = der(identity());
    for (int at = 0; at < 60; at++) {
      var broken = der.clone();
      broken[at] = (byte) 0xff;
      var pem =
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getEncoder().encodeToString(broken)
              + "\n-----END CERTIFICATE-----\n";

      assertThatCode(
              () ->
                  file(pem.getBytes(StandardCharsets.US_ASCII))
                      .recognize(broken, "agent.test", NOW))
          .doesNotThrowAnyException();
    }
  }
}
