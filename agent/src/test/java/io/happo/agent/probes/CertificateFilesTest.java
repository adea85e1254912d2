package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.happo.agent.checks.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateFilesTest {
  @TempDir Path folder;
  private Asked asked;
  private Path live;

  @BeforeEach
  void begin() throws IOException {
    asked = new Asked(folder);
    live = Files.createDirectories(folder.resolve("live"));
    Files.writeString(live.resolve("README"), "As certbot writes one.");
  }

  private void put(String name, Path pem) throws IOException {
    Files.copy(pem, Files.createDirectories(live.resolve(name)).resolve("fullchain.pem"));
  }

  private String says(String options) {
    return asked.says("check_ssl_cert -f '" + live + "/*/fullchain.pem' " + options);
  }

  @Test
  void worst_of_all_files_is_told_first_and_those_that_are_well_are_not_told() throws Exception {
    assumeTrue(TestCertificates.canBeMade(), "there is no openssl");
    var made = new TestCertificates(folder);
    var ago = Duration.ofDays(-10);
    made.make("good", "/CN=good.test", ago, Duration.ofDays(100).plusHours(2));
    made.make("soon", "/CN=soon.test", ago, Duration.ofDays(18).plusHours(2));
    made.make("bad", "/CN=bad.test", ago, Duration.ofDays(3).plusHours(2));
    put("a", made.pem("good"));
    assertThat(says(""))
        .startsWith("0: SSL_CERT OK - " + live + "/a/fullchain.pem: certificate 'good.test' from ")
        .endsWith("; 1 file, 0 not OK|days_least=100;20;15;; files=1;;;0");
    put("b", made.pem("soon"));
    put("c", made.pem("bad"));
    put(".d", made.pem("bad"));
    put("e", Files.writeString(folder.resolve("broken"), "no certificate"));
    var lines = says("").lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .startsWith("2: SSL_CERT CRITICAL - " + live + "/c/fullchain.pem: certificate 'bad.test'")
        .endsWith("; 4 files, 3 not OK|days_least=3;20;15;; files=4;;;0");
    assertThat(lines.get(1)).startsWith("SSL_CERT WARNING - " + live + "/b/").doesNotContain("|");
    assertThat(lines.get(2)).startsWith("SSL_CERT UNKNOWN - " + live + "/e/");
    assertThat(says("-v").lines().toList()).hasSize(4);
    assertThat(says("-w 2 -c 1")).startsWith("3: SSL_CERT UNKNOWN - ").contains("4 files, 1 not");
  }

  @Test
  void no_file_of_such_a_name_is_unknown() throws IOException {
    assertThat(says("")).startsWith("3: UNKNOWN - there is no file " + live + "/*/fullchain.pem");
    assertThat(says("-w 5 -c 10")).startsWith("3: check_ssl_cert: -c");
    assertThat(asked.says("check_ssl_cert -f '/nowhere*/x'"))
        .startsWith("3: UNKNOWN - there is no");
  }

  @Test
  void more_than_a_thousand_files_are_refused() throws IOException {
    for (int i = 0; i <= 1_000; i++) {
      Files.writeString(live.resolve(i + ".pem"), "");
    }
    assertThat(asked.says("check_ssl_cert -f '" + live + "/*.pem'"))
        .startsWith("3: UNKNOWN - more than 1000 files");
    Files.delete(live.resolve("7.pem"));
    var said = asked.says("check_ssl_cert -f '" + live + "/*.pem'");
    assertThat(said)
        .startsWith("3: SSL_CERT UNKNOWN - ")
        .contains("1000 files, 1000 not OK|files=1000;;;0\n")
        .endsWith("\n... and 949 more");
  }

  @ParameterizedTest
  @CsvSource({
    "*, a, true",
    "*, '', true",
    "*, .a, false",
    ".*, .a, true",
    "a*c, abbc, true",
    "a*c, abcd, false",
    "*.pem, a.pem.pem, true",
    "a*b*c, axbxbxc, true",
    "a*b*c, axcxb, false",
    "**, x, true",
    "a, a, true"
  })
  void star_stands_for_any_characters_of_a_name(String pattern, String name, boolean matches) {
    assertThat(CertificateFiles.matches(pattern, name)).isEqualTo(matches);
  }
}
