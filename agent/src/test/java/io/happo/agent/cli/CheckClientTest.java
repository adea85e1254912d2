package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a check on the command line keeps what it remembers. */
class CheckClientTest {
  @ParameterizedTest
  @CsvSource({
    "/state, /home/me, /state/happo-agent/checks",
    "state,  /home/me, /home/me/.local/state/happo-agent/checks",
    "'',     /home/me, /home/me/.local/state/happo-agent/checks",
  })
  void it_is_in_the_users_own_folder(String state, String home, String folder) {
    assertThat(CheckClient.memory(Map.of("XDG_STATE_HOME", state, "HOME", home)))
        .hasToString(folder);
  }

  @ParameterizedTest
  @CsvSource({"''", "me"})
  void without_a_home_in_the_environment_it_is_the_systems_word(String home) {
    assertThat(CheckClient.memory(Map.of("HOME", home)))
        .isAbsolute()
        .hasToString(System.getProperty("user.home") + "/.local/state/happo-agent/checks");
  }
}
