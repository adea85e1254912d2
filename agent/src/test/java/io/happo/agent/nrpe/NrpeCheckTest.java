package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.net.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NrpeCheckTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void keyPair() throws IOException {
    file = folder.resolve("nrpe.cfg");
    var identity = Identity.selfSigned("nrpe.example");
    Files.write(folder.resolve("cert.pem"), identity.certificatePem());
    Files.write(folder.resolve("key.pem"), identity.keyPem());
    mode("key.pem", "rw-------");
    Files.write(folder.resolve("other.pem"), Identity.selfSigned("b").keyPem());
    mode("other.pem", "rw-------");
    Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n");
    mode("plugin", "rwxr-xr-x");
    Files.writeString(folder.resolve("open"), "#!/bin/sh\n");
    mode("open", "rwxrwxrwx");
    Files.writeString(folder.resolve("text"), "text\n");
    mode("text", "rw-r--r--");
  }

  /** Says nothing by itself that there is anything to tell of. */
  private String usual() {
    return "allowed_hosts=127.0.0.1\nnrpe_user=nobody\nssl_cert_file=%s/cert.pem\nssl_privatekey_file=%s/key.pem\n"
        .replace("%s", folder.toString());
  }

  @Test
  void there_is_nothing_to_tell_of_a_file_that_works_here_as_with_nrpe() throws IOException {
    assertThat(check(usual() + "command[a]=%s/plugin -x 'a b' $$\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "command[a]=@/none -x | warning | 5 | @/none does not exist",
        "command[a]=LC_ALL=C sudo -u x @/none | warning | 5 | @/none does not exist",
        "command[a]=@/text | warning | 5 | @/text cannot be executed",
        "command[a]=@ | warning | 5 | @ cannot be executed",
        "command[a]=@/open | warning | 5 | everyone may write @/open",
        "command[a]=@/plugin $ARG1$ | note | 5 | arguments are off",
        "command[a]=@/plugin $HOME | warning | 5 | has an odd number of $",
        "command[a;b]=@/plugin | warning | 5 | can never be asked for",
        "command[a!b]=@/plugin | warning | 5 | can never be asked for",
        "command[_NRPE_CHECK]=@/plugin | note | 5 | never runs",
        "dont_blame_nrpe=1 | warning | 5 | arguments are on",
        "allow_bash_command_substitution=1 | warning | 5 | has no effect while",
        "max_commands=2 | note | 5 | counts here",
        "listen_queue_size=5 | note | 5 | 5 makes clients wait",
        "nrpe_user=none | error | 5 | there is no user 'none' on this machine",
        "nrpe_user=toor | error | 5 | 'toor' is root, as whom no command shall run",
        "nrpe_user=staff | error | 5 | the group of 'staff' is root's",
        "nrpe_group=none | error | 5 | there is no group 'none' on this machine",
        "server_address=198.51.100.7 | warning | 5 | 198.51.100.7 is no address of this machine",
        "server_address=a..b | error | 5 | there is no address 'a..b'",
        "ssl_cipher_list=NOTHING | error | 5 | the TLS library (BoringSSL) knows no cipher suite"
            + " of",
        "ssl_logging=0x2f | note | 5 | is told to the agent's log at the level info",
        "ssl_enabled=0 | warning | 0 | connections are not encrypted",
        "ssl_privatekey_file=@/other.pem | error | 3 | cannot use the certificate in @/cert.pem",
        "ssl_privatekey_file=@/none | error | 5 | the file of the private key, @/none, does not",
        "ssl_privatekey_file=@/text | error | 3 | @/text holds no private key",
        "pid_file=@/none/x.pid | error | 5 | the folder @/none does not exist",
        "allowed_hosts=0.0.0.0/0 | warning | 5 | '0.0.0.0/0' lets everyone in",
        "include=@/none | warning | 5 | the file @/none cannot be read",
        "nonsense=1 | warning | 5 | is unknown",
      })
  void what_differs_or_cannot_work_is_told(String line, String severity, int at, String message)
      throws IOException {
    var expected = message.replace("@", folder.toString());

    assertThat(check(usual() + line.replace("@", folder.toString()) + "\n"))
        .filteredOn(finding -> !finding.message().contains("everyone may read it"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).hasToString(severity);
              assertThat(finding.line()).isEqualTo(at);
              assertThat(finding.message()).startsWith(expected);
            });
  }

  @Test
  void address_of_another_family_is_an_error() throws IOException {
    assertThat(check(usual() + "server_address=127.0.0.1\naddress_family=6\n"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.ERROR);
              assertThat(finding.said())
                  .startsWith("server_address: '127.0.0.1' is no address of IPv6, which");
            });
    assertThat(check(usual() + "server_address=::\n"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.said()).contains("name one IPv6 address"));
  }

  @Test
  void suites_that_go_with_no_such_key_are_an_error() throws IOException {
    assertThat(check(usual() + "ssl_version=TLSv1.2\nssl_cipher_list=ECDHE-RSA-AES128-SHA\n"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.ERROR);
              assertThat(finding.said()).startsWith("ssl_cipher_list: no cipher suite of the list");
            });
  }

  @Test
  void old_clients_that_versions_or_suites_leave_out_are_told() throws IOException {
    for (var line : List.of("ssl_cipher_list=ALL:!ADH:!AECDH", "ssl_version=TLSv1.3")) {
      Files.writeString(file, usual() + line + "\n");
      assertThat(NrpeCheck.check(file, new TlsSwitches(false, true), FakeMachine.OF_ROOT))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                assertThat(finding.line()).isEqualTo(5);
                assertThat(finding.message())
                    .startsWith("clients of NRPE 2 are refused in spite of --nrpe-legacy-tls");
              });
    }
  }

  @Test
  void user_and_group_without_effect_are_told_to_who_is_not_root() throws IOException {
    Files.writeString(file, usual() + "nrpe_group=nagios\n");
    assertThat(NrpeCheck.check(file, new TlsSwitches(false, false), new FakeMachine(1_000, 66, "")))
        .extracting(Finding::toString)
        .satisfiesExactly(
            text -> assertThat(text).startsWith(file + ":2: warning: nrpe_user: has no effect"),
            text -> assertThat(text).startsWith(file + ":5: warning: nrpe_group: has no effect"));
  }

  @Test
  void authorities_that_cannot_be_read_or_are_none_are_errors() throws IOException {
    for (var name : List.of("none", "text")) {
      assertThat(
              check(usual() + "ssl_client_certs=2\nssl_cacert_file=" + folder.resolve(name) + "\n"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR));
    }
  }

  @Test
  void what_is_absent_is_told() throws IOException {
    assertThat(check(""))
        .extracting(Finding::directive)
        .containsExactly("allowed_hosts", "nrpe_user", "ssl_cert_file");
  }

  @Test
  void dangerous_characters_let_through_to_arguments_are_told() throws IOException {
    assertThat(check(usual() + "dont_blame_nrpe=1\nnasty_metachars=|&\n"))
        .extracting(Finding::toString)
        .anyMatch(
            text -> text.startsWith(file + ":6: warning: nasty_metachars: lets through what"));
  }

  @Test
  void a_configuration_that_everyone_may_write_is_told() throws IOException {
    Files.writeString(folder.resolve("inner.cfg"), "");
    mode("inner.cfg", "rw-rw-rw-");

    assertThat(check(usual() + "include=" + folder.resolve("inner.cfg") + "\n"))
        .singleElement()
        .hasToString(
            folder.resolve("inner.cfg")
                + ": warning: everyone may write it; chmod o-w "
                + folder.resolve("inner.cfg"));
  }

  @Test
  void a_key_that_everyone_may_read_is_told() throws IOException {
    mode("key.pem", "rw-r--r--");

    assertThat(check(usual())).singleElement().asString().contains("everyone may read it");
  }

  @Test
  void a_missing_file_is_one_error() {
    assertThat(NrpeCheck.check(file, new TlsSwitches(false, false)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR));
  }

  @Test
  void what_a_file_holds_cannot_steer_a_terminal() throws IOException {
    assertThat(check(usual() + "x\u001b[2J=1\n"))
        .singleElement()
        .asString()
        .contains("x\\u001b[2J: is unknown");
  }

  @Test
  void debians_own_file_is_served_with_two_notes() throws IOException {
    try (var in = Objects.requireNonNull(NrpeCheckTest.class.getResourceAsStream("debian.cfg"))) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(folder.resolve("nrpe_local.cfg"), "");
      Files.createDirectories(folder.resolve("nrpe.d"));

      var findings = check(text.replace("@FOLDER@", folder.toString()));

      assertThat(findings)
          .extracting(Finding::severity)
          .containsExactly(Severity.NOTE, Severity.NOTE);
      assertThat(findings)
          .extracting(Finding::directive)
          .containsExactly("log_facility", "ssl_cert_file");
      var read = NrpeConfigFile.read(file, new TlsSwitches(false, false)).orThrow();
      assertThat(read.commands())
          .containsOnlyKeys(
              "check_users", "check_load", "check_hda1", "check_zombie_procs", "check_total_procs");
      assertThat(read.rules().arguments()).isFalse();
    }
  }

  private List<Finding> check(String text) throws IOException {
    Files.writeString(file, text.replace("%s", folder.toString()));
    mode("nrpe.cfg", "rw-r--r--");
    return NrpeCheck.check(file, new TlsSwitches(false, false), FakeMachine.OF_ROOT);
  }

  private void mode(String name, String mode) throws IOException {
    Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(mode));
  }
}
