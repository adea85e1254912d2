package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.agent.nrpe.NrpeSettings.ClientCertificates;
import io.happo.agent.nrpe.NrpeSettings.Family;
import io.happo.agent.nrpe.NrpeSettings.KeyFiles;
import io.happo.agent.nrpe.NrpeSettings.Logged;
import io.happo.agent.nrpe.NrpeSettings.Tls;
import io.happo.agent.nrpe.NrpeSettings.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NrpeConfigFileTest {
  private static final TlsSwitches USUAL = new TlsSwitches(false, false);
  private static final TlsSwitches LEGACY = new TlsSwitches(false, true);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("nrpe.cfg");
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        takes("server_port=1024", s -> s.listening().port(), 1024),
        takes("server_address=192.0.2.1", s -> s.listening().address(), Optional.of("192.0.2.1")),
        takes("address_family=4", s -> s.listening().family(), Family.IPV4),
        takes("address_family=6", s -> s.listening().family(), Family.IPV6),
        takes("address_family=both", s -> s.listening().family(), Family.ANY),
        takes("listen_queue_size=5", s -> s.listening().backlog(), 5),
        takes("listen_queue_size=-1", s -> s.listening().backlog(), 65_535),
        takes(
            "allowed_hosts= 192.0.2.7 , 2001:db8::/32,,nagios.example ",
            NrpeSettings::allowedHosts,
            Optional.of(List.of("192.0.2.7", "2001:db8::/32", "nagios.example"))),
        takes(
            "allowed_hosts=192.0.2.7\nallowed_hosts=192.0.2.8",
            NrpeSettings::allowedHosts,
            Optional.of(List.of("192.0.2.7", "192.0.2.8"))),
        takes("allowed_hosts=192.0.2.7/24", NrpeSettings::allowedHosts, Optional.of(List.of())),
        takes("dont_blame_nrpe=1", s -> s.rules().arguments(), true),
        takes("dont_blame_nrpe=2", s -> s.rules().arguments(), false),
        takes("allow_bash_command_substitution=1", s -> s.rules().commandSubstitution(), true),
        takes(
            "nasty_metachars=|\\\\\\n\\\"\\q\u00e9",
            s -> s.rules().forbiddenCharacters(),
            "|\\\n\"\\\u00c3\u00a9"),
        takes(
            "command_prefix=/usr/bin/sudo",
            s -> s.running().prefix(),
            Optional.of("/usr/bin/sudo")),
        takes("command_timeout=7", s -> s.running().timeout(), Duration.ofSeconds(7)),
        takes("command_timeout=60s", s -> s.running().timeout(), Duration.ofMinutes(1)),
        takes("max_commands=3", s -> s.running().maxCommands(), 3),
        takes("max_commands=-3", s -> s.running().maxCommands(), 0),
        takes("nrpe_user=nagios", s -> s.running().user(), Optional.of("nagios")),
        takes("nrpe_group=65534", s -> s.running().group(), Optional.of("65534")),
        takes("keep_env_vars=LC_, TZ", s -> s.running().keptVariables(), List.of("LC_", "TZ")),
        takes("connection_timeout=30", NrpeSettings::connectionTimeout, Duration.ofSeconds(30)),
        takes("ssl_shutdown_timeout=1", NrpeSettings::closeTimeout, Duration.ofSeconds(1)),
        takes("ssl_enabled=0", NrpeSettings::tls, Optional.empty()),
        takesTls("ssl_version=TLSv1.2", Tls::oldest, Version.TLS_1_2),
        takesTls("ssl_version=TLSv1.2", Tls::newest, Version.TLS_1_2),
        takesTls("ssl_version=TLSv1.1+", Tls::oldest, Version.TLS_1_1),
        takesTls("ssl_version=TLSv1.1+", Tls::newest, Version.TLS_1_3),
        takesTls("ssl_version=SSLv3+", Tls::oldest, Version.TLS_1_0),
        takesTls("ssl_use_adh=1", Tls::anonymousDh, false),
        takesTls(
            "ssl_cipher_list=ALL:!MD5:@STRENGTH:@SECLEVEL=0",
            Tls::ciphers,
            Optional.of("ALL:!MD5:@STRENGTH")),
        takesTls(
            "ssl_cert_file=/c\nssl_privatekey_file=/k",
            Tls::identity,
            Optional.of(new KeyFiles(Path.of("/c"), Path.of("/k")))),
        takesTls(
            "ssl_cacert_file=/ca\nssl_client_certs=1",
            Tls::clientCertificates,
            ClientCertificates.ASK),
        takesTls(
            "ssl_cacert_file=/ca\nssl_client_certs=2", Tls::clientCa, Optional.of(Path.of("/ca"))),
        takes(
            "ssl_logging=0x14",
            NrpeSettings::logged,
            Set.of(Logged.TLS_VERSION, Logged.HAS_CERTIFICATE)),
        takes("ssl_logging=-1", s -> s.logged().size(), 6),
        takes("debug=1", NrpeSettings::logged, Set.of(Logged.QUERIES)),
        takes("my_debug_level=2", NrpeSettings::logged, Set.of(Logged.QUERIES)),
        takes("allow_weak_random_seed=1", NrpeSettings::logged, Set.of()),
        takes("log_facility=local0", NrpeSettings::logged, Set.of()),
        takes("log_file=/var/log/nrpe.log", NrpeSettings::logged, Set.of()),
        takes("disable_syslog=1", NrpeSettings::logged, Set.of()),
        takes(
            "pid_file=/run/nrpe.pid", NrpeSettings::pidFile, Optional.of(Path.of("/run/nrpe.pid"))),
        takes(
            "command[a]=/bin/true -x = y", NrpeSettings::commands, Map.of("a", "/bin/true -x = y")),
        takes("command[a] = /bin/true", NrpeSettings::commands, Map.of("a", " /bin/true")),
        takes("command[a b]=x\ncommand[a b]=z", NrpeSettings::commands, Map.of("a b", "z")),
        takes(
            "command[caf\u00e9]=echo \u00e9",
            NrpeSettings::commands,
            Map.of("caf\u00e9", "echo \u00e9")));
  }

  private static Arguments takes(String text, Function<NrpeSettings, ?> what, Object expected) {
    return Arguments.of(text, what, expected);
  }

  private static Arguments takesTls(String text, Function<Tls, ?> what, Object expected) {
    return takes(text, settings -> what.apply(settings.tls().orElseThrow()), expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void directives_come_to_what_nrpe_makes_of_them(
      String text, Function<NrpeSettings, ?> what, Object expected) throws IOException {
    assertThat((Object) what.apply(read(text).orThrow())).isEqualTo(expected);
  }

  @Test
  void every_directive_of_the_table_is_in_the_table_of_this_test() {
    var texts = accepted().map(row -> String.valueOf(row.get()[0])).toList();

    for (var directive : Directives.TABLE) {
      var name = directive.name().replace("[NAME]", "[");
      assertThat(texts)
          .as(name)
          .anyMatch(text -> text.startsWith(name) || text.contains("\n" + name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server_port=80",
        "server_port=abc",
        "server_port=70000",
        "server_port=99999999999999999999",
        "server_port=",
        "server_port",
        "=",
        "address_family=5",
        "listen_queue_size=0",
        "command_timeout=0",
        "command_timeout=-1",
        "command_timeout=x",
        "connection_timeout=0",
        "ssl_shutdown_timeout=0",
        "ssl_version=SSLv2",
        "ssl_version=SSLv2+",
        "ssl_version=SSLv3",
        "ssl_version=TLSv1.2 ,TLSv1.3",
        "ssl_use_adh=3",
        "ssl_use_adh=2",
        "ssl_cert_file=/c",
        "ssl_privatekey_file=/k",
        "ssl_client_certs=1",
        "ssl_client_certs=2",
        "ssl_client_certs=3",
        "command[]=x",
        "command[=x",
        "command[a]=",
        "nrpe_user=root",
        "nrpe_group=0",
      })
  void what_cannot_be_served_is_refused_at_its_line(String text) throws IOException {
    var reading = read("# first\n" + text + "\n");

    assertThat(reading.settings()).isEmpty();
    assertThatThrownBy(reading::orThrow)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ":2: ");
  }

  @Test
  void all_problems_are_told_at_once_with_their_lines() throws IOException {
    var reading = read("server_port=1\n\ncommand_timeout=0\nssl_version=TLS\n");

    assertThatThrownBy(reading::orThrow)
        .hasMessage(
            file
                + ":1: server_port: '1' is no number from 1024 to 65535; "
                + file
                + ":3: command_timeout: '0' is no number from 1 to 86400; "
                + file
                + ":4: ssl_version: 'TLS' is no version of TLS; write TLSv1+, TLSv1.1+, TLSv1.2+"
                + " or TLSv1.3+, or one without + for that version alone");
  }

  @ParameterizedTest
  @CsvSource({
    "server_prot=5666, server_prot",
    "server_port =5666, 'server_port '",
    "Server_Port=5666, Server_Port",
  })
  void an_unknown_name_is_told_and_without_effect(String line, String name) throws IOException {
    var reading = read(line);

    assertThat(reading.orThrow().listening().port()).isEqualTo(5666);
    assertThat(reading.warnings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.directive()).isEqualTo(name);
              assertThat(finding.message()).startsWith("is unknown");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allow_weak_random_seed=1",
        "log_facility=local0",
        "log_file=/var/log/nrpe.log",
        "disable_syslog=1",
        "ssl_version=SSLv3+",
        "ssl_cipher_list=ALL@SECLEVEL=0",
        "listen_queue_size=-1",
        "dont_blame_nrpe=2",
        "dont_blame_nrpe=yes",
        "command_timeout=60s",
        "max_commands=-1",
        "allowed_hosts=10.0.0.1/8",
        "allowed_hosts=*.example",
        "nasty_metachars=|",
        "ssl_cacert_file=/ca",
        "ssl_cert_file=c\nssl_privatekey_file=/k",
        "command[a]=x\ncommand[a]=y",
      })
  void what_is_taken_in_another_way_is_never_silent(String text) throws IOException {
    var reading = read(text);

    assertThat(reading.settings()).isPresent();
    assertThat(reading.findings()).hasSize(1);
  }

  @Test
  void an_empty_file_has_the_defaults_of_nrpe_and_a_longer_queue() throws IOException {
    var settings = read("").orThrow();

    assertThat(settings)
        .usingRecursiveComparison()
        .ignoringFields("hostsFile")
        .isEqualTo(
            NrpeSettings.of(
                5666,
                Optional.empty(),
                false,
                Optional.of(Tls.byDefault(false)),
                Duration.ofMinutes(1),
                Map.of()));
    assertThat(settings.hostsFile()).contains(file.toString());
    assertThat(settings.connectionTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.listening().backlog()).isEqualTo(1024);
  }

  @Test
  void the_file_in_which_allowed_hosts_stands_is_remembered() throws IOException {
    var inner = folder.resolve("inner.cfg");
    Files.writeString(inner, "allowed_hosts=192.0.2.7\n");

    assertThat(read("include=" + inner).orThrow().hostsFile()).contains(inner.toString());
  }

  @Test
  void switches_of_the_command_line_stand_above_the_file() throws IOException {
    Files.writeString(file, "ssl_use_adh=2\n");
    assertThat(tls(LEGACY).orElseThrow().anonymousDh()).isTrue();
    Files.writeString(file, "ssl_use_adh=0\n");
    assertThat(tls(LEGACY).orElseThrow().anonymousDh()).isFalse();
    assertThat(tls(new TlsSwitches(true, false))).isEmpty();
  }

  private Optional<Tls> tls(TlsSwitches switches) throws IOException {
    return NrpeConfigFile.read(file, switches).orThrow().tls();
  }

  @Test
  void a_file_made_on_windows_is_read_as_any_other() throws IOException {
    var reading = read("# x\r\n\r\n\t server_port=5667 \r\ncommand[a]=/bin/true\r\n");

    assertThat(reading.orThrow().listening().port()).isEqualTo(5667);
    assertThat(reading.orThrow().commands()).containsEntry("a", "/bin/true");
    assertThat(reading.findings()).isEmpty();
  }

  @Test
  void a_byte_order_mark_is_left_out_and_told() throws IOException {
    var reading = read("\ufeffserver_port=5667\n");

    assertThat(reading.orThrow().listening().port()).isEqualTo(5667);
    assertThat(reading.warnings()).singleElement().asString().contains("byte order mark");
  }

  @Test
  void a_nul_ends_its_line() throws IOException {
    var reading = read("server_port=5667\0garbage\ncommand[a]=x\n");

    assertThat(reading.orThrow().listening().port()).isEqualTo(5667);
    assertThat(reading.orThrow().commands()).containsKey("a");
    assertThat(reading.warnings()).singleElement().asString().contains("NUL");
  }

  @Test
  void text_that_is_not_utf8_is_refused_but_in_a_comment() throws IOException {
    Files.write(file, "# caf\u00e9\ncommand[a]=caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> NrpeConfigFile.read(file, USUAL).orThrow())
        .hasMessageStartingWith(file + ":2: the line is not UTF-8");
  }

  @ParameterizedTest
  @CsvSource({"2046, true", "2047, false", "10000000, false"})
  void a_line_is_at_most_2046_bytes_long(int length, boolean fits) throws IOException {
    var line = "command[a]=" + "x".repeat(length - "command[a]=".length());
    var reading = read(line + "\nserver_port=5667\n");

    assertThat(reading.settings().isPresent()).isEqualTo(fits);
    if (!fits) {
      assertThatThrownBy(reading::orThrow)
          .hasMessageStartingWith(file + ":1: the line has " + length + " bytes");
    }
  }

  @Test
  void a_comment_may_be_longer_and_that_is_told() throws IOException {
    var reading = read("#" + "x".repeat(5000) + "\nserver_port=5667\n");

    assertThat(reading.orThrow().listening().port()).isEqualTo(5667);
    assertThat(reading.warnings()).hasSize(1);
  }

  @Test
  void more_than_16_mebibytes_are_refused_without_being_read() throws IOException {
    Files.writeString(file, "# 0123456789abcdef0123456789abcdef\n".repeat(600_000));

    assertThatThrownBy(() -> NrpeConfigFile.read(file, USUAL).orThrow())
        .hasMessageContaining("more than 16777216 bytes");
  }

  @Test
  void a_file_that_is_missing_or_a_folder_is_refused() {
    assertThatThrownBy(() -> NrpeConfigFile.read(file, USUAL).orThrow())
        .hasMessageStartingWith(file + ": cannot be read: it or its folder does not exist");
    assertThatThrownBy(() -> NrpeConfigFile.read(folder, USUAL).orThrow())
        .hasMessageStartingWith(folder + ": cannot be read: it is a folder");
  }

  @Test
  void included_files_are_read_where_they_are_named_and_the_last_definition_counts()
      throws IOException {
    var inner = write("inner.cfg", "command[a]=inner\ncommand[b]=inner\n");
    var reading =
        read("command[a]=1\ninclude=" + inner + "\ncommand[b]=3\ninclude_file=" + inner + "\n");

    assertThat(reading.orThrow().commands())
        .containsExactly(Map.entry("a", "inner"), Map.entry("b", "inner"));
    assertThat(reading.findings())
        .extracting(Finding::message)
        .contains("takes the place of the definition in " + file + ":1");
  }

  @Test
  void a_folder_is_read_in_the_order_of_names_with_its_folders_and_without_hidden_ones()
      throws IOException {
    write("d/b.cfg", "command[x]=b\n");
    write("d/a/z.cfg", "command[x]=a\ncommand[y]=a\n");
    write("d/.hidden/c.cfg", "command[x]=hidden\n");
    write("d/c.cfg.bak", "command[x]=backup\n");
    write("d/.cfg", "command[x]=nameless\n");

    assertThat(read("include_dir=" + folder.resolve("d") + "/\n").orThrow().commands())
        .isEqualTo(Map.of("x", "b", "y", "a"));
  }

  @Test
  void what_is_missing_is_told_and_left_out() throws IOException {
    var reading = read("include=/nowhere/x.cfg\ninclude_dir=/nowhere\nserver_port=5667\n");

    assertThat(reading.orThrow().listening().port()).isEqualTo(5667);
    assertThat(reading.warnings()).extracting(Finding::line).containsExactly(1, 2);
  }

  @Test
  void a_bad_line_ends_an_included_file_and_not_the_start() throws IOException {
    var inner = write("inner.cfg", "command[a]=1\nserver_port=1\ncommand[b]=1\n");
    var reading = read("include=" + inner + "\ncommand[c]=1\n");

    assertThat(reading.orThrow().commands()).containsOnlyKeys("a", "c");
    assertThat(reading.warnings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.place()).isEqualTo(inner + ":2");
              assertThat(finding.message()).endsWith("the rest of this file is not read");
            });
  }

  @Test
  void what_only_the_agent_refuses_is_refused_in_an_included_file_as_well() throws IOException {
    var inner = write("inner.cfg", "ssl_version=SSLv3\n");

    assertThat(read("include=" + inner + "\n").settings()).isEmpty();
  }

  @Test
  void a_loop_is_refused_where_it_closes() throws IOException {
    var inner = folder.resolve("inner.cfg");
    write("inner.cfg", "# back\ninclude=" + file + "\n");

    assertThatThrownBy(read("include=" + inner + "\n")::orThrow)
        .hasMessage(inner + ":2: include: " + file + " includes itself; leave this line out");
  }

  @Test
  void files_within_each_other_end_at_16() throws IOException {
    for (int i = 0; i < 20; i++) {
      write(i + ".cfg", "include=" + folder.resolve(i + 1 + ".cfg") + "\n");
    }

    assertThatThrownBy(read("include=" + folder.resolve("0.cfg") + "\n")::orThrow)
        .hasMessageContaining("16 within each other");
  }

  @Test
  void more_commands_than_10_000_are_refused() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i <= NrpeSettings.MAX_COMMANDS; i++) {
      text.append("command[c").append(i).append("]=x\n");
    }

    assertThat(read(text.toString()).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR));
  }

  private Path write(String name, String text) throws IOException {
    var path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private NrpeReading read(String text) throws IOException {
    Files.writeString(file, text);
    return NrpeConfigFile.read(file, USUAL);
  }
}
