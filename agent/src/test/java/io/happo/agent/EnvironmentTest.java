package io.happo.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.cli.Programs;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
  @ParameterizedTest
  @CsvSource({
    "--allowed-hosts=foo.example, foo.example",
    "--loopback-users=no-such-user-here, no-such-user-here",
    "--listen-address=a..b, --listen-address",
    "--api-key-file=/no/such/file, /no/such/file",
    "--hub-url=https://h, --hub-token",
    "--nrpe-port=0, --nrpe-commands",
    "--enable-autoscaling-node, autoscaling-bastion-endpoint"
  })
  void options_that_the_daemon_would_not_start_with_are_refused(String option, String named) {
    assertThatThrownBy(() -> HappoAgent.check(doctor(option), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(named);
  }

  @Test
  void options_that_the_daemon_starts_with_are_taken() throws IOException {
    HappoAgent.check(doctor("--allowed-hosts=192.0.2.0/24,::1"), Map.of());
  }

  private static Arguments doctor(String option) {
    var parsed = Parser.parse(Programs.happoAgent(), new String[] {"doctor", option}, Map.of());
    return ((Parsed.Run) parsed).arguments();
  }

  @Test
  void
      plugins_see_what_was_there_before_the_launcher_no_secrets_and_nothing_of_the_service_manager() {
    var environment =
        Map.ofEntries(
            Map.entry("HAPPO_LAUNCHER_ENV", "LC_ALL MALLOC_ARENA_MAX JAVA_TOOL_OPTIONS"),
            Map.entry("LC_ALL", "C.UTF-8"),
            Map.entry("HAPPO_KEEP_LC_ALL", "de_DE.UTF-8"),
            Map.entry("MALLOC_ARENA_MAX", "1"),
            Map.entry("HAPPO_KEEP_JAVA_TOOL_OPTIONS", "-Dx=y"),
            Map.entry("HAPPO_AGENT_API_KEY", "sesame"),
            Map.entry("NOTIFY_SOCKET", "/run/systemd/notify"),
            Map.entry("WATCHDOG_USEC", "120000000"),
            Map.entry("WATCHDOG_PID", "1"),
            Map.entry("HAPPO_AGENT_PORT", "6777"),
            Map.entry("PATH", "/bin"));
    assertThat(HappoAgent.forPlugins(environment))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "LC_ALL", "de_DE.UTF-8",
                "JAVA_TOOL_OPTIONS", "-Dx=y",
                "HAPPO_AGENT_PORT", "6777",
                "PATH", "/bin"));
  }

  @Test
  void without_a_launcher_the_environment_is_the_daemons_own() {
    assertThat(HappoAgent.forPlugins(Map.of("PATH", "/bin"))).isEqualTo(Map.of("PATH", "/bin"));
  }
}
