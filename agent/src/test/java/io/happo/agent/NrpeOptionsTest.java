package io.happo.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.happo.agent.cli.Programs;
import io.happo.agent.exec.Account;
import io.happo.agent.nrpe.TlsSwitches;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NrpeOptionsTest {
  @TempDir Path folder;

  @Test
  void without_its_options_there_is_no_door() throws IOException {
    assertThat(NrpeOptions.of(arguments(""))).isEmpty();
  }

  @Test
  void a_file_says_it_all_but_for_the_switches() throws IOException {
    assertThat(NrpeOptions.of(arguments("--nrpe-config /n.cfg --nrpe-legacy-tls --nrpe-explain")))
        .contains(
            new NrpeOptions(
                new NrpeOptions.Source.ConfigFile(Path.of("/n.cfg")),
                new TlsSwitches(false, true),
                true));
  }

  @Test
  void nrpe_cfg_without_a_user_is_refused_to_an_agent_that_is_root() throws IOException {
    assumeThat(Account.ownUserId()).isZero();
    var file = Files.writeString(folder.resolve("nrpe.cfg"), "command[a]=/bin/true\n");
    assertThatThrownBy(() -> NrpeOptions.of(arguments("--nrpe-config " + file)).get().read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nrpe_user is absent");
  }

  @Test
  void without_a_file_only_this_host_may_ask_unless_told() throws IOException {
    var commands = Files.writeString(folder.resolve("c.yaml"), "a: /bin/true\n");
    var plain = "--nrpe-port 0 -T 7 --nrpe-commands " + commands;

    var settings = NrpeOptions.of(arguments(plain)).orElseThrow().read().orThrow();
    assertThat(settings.allowedHosts()).contains(List.of("127.0.0.1", "::1"));
    assertThat(settings.listening().port()).isZero();
    assertThat(settings.running().timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.commands()).isEqualTo(Map.of("a", "/bin/true"));
    assertThat(settings.rules().arguments()).isFalse();
    assertThat(settings.tls()).isPresent();

    var more = plain + " --nrpe-allowed-hosts 192.0.2.1,nagios --nrpe-arguments --nrpe-no-tls";
    settings = NrpeOptions.of(arguments(more)).orElseThrow().read().orThrow();
    assertThat(settings.allowedHosts()).contains(List.of("192.0.2.1", "nagios"));
    assertThat(settings.rules().arguments()).isTrue();
    assertThat(settings.tls()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nrpe-config f --nrpe-port 5666 | --nrpe-config and --nrpe-port exclude each other",
        "--nrpe-config f --nrpe-commands c | --nrpe-config and --nrpe-commands exclude each other",
        "--nrpe-config f --nrpe-arguments | --nrpe-config and --nrpe-arguments exclude each other",
        "--nrpe-config f --nrpe-allowed-hosts ::1 | --nrpe-config and --nrpe-allowed-hosts exclude",
        "--nrpe-config f --nrpe-no-tls --nrpe-legacy-tls | --nrpe-no-tls and --nrpe-legacy-tls",
        "--nrpe-port 5666 | --nrpe-port needs --nrpe-commands",
        "--nrpe-commands c | --nrpe-commands needs --nrpe-config or --nrpe-port",
        "--nrpe-explain | --nrpe-explain needs --nrpe-config or --nrpe-port",
        "--nrpe-no-tls | --nrpe-no-tls needs --nrpe-config or --nrpe-port",
        "--nrpe-port 0 --nrpe-commands c --nrpe-allowed-hosts 10.0.0.1/8 | --nrpe-allowed-hosts:"
            + " '10.0.0.1/8' lets nobody in",
      })
  void what_does_not_fit_together_is_told(String line, String message) {
    assertThatThrownBy(() -> NrpeOptions.of(arguments(line)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  private static Arguments arguments(String line) {
    var words = ("daemon " + line).strip().split(" ");
    return ((Parsed.Run) Parser.parse(Programs.happoAgent(), words, Map.of())).arguments();
  }
}
