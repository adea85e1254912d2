package io.happo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
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
