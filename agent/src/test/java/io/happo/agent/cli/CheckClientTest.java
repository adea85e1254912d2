package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.program.cli.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks on the command line: which there are, and where they keep what they remember. */
class CheckClientTest {
  private static String out(String... words) {
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    if (CheckClient.isRun(words)) {
      assertThat(CheckClient.run(words, Map.of("HOME", "/nonexistent"), stream)).isEqualTo(3);
    } else {
      var parsed = Parser.parse(Programs.happoAgent(), words, Map.of());
      Clients.run(parsed, new ByteArrayInputStream(new byte[0]), stream, stream, _ -> {});
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_slip_in_the_name_of_a_check_is_answered_with_the_right_one() {
    assertThat(out("check", "laod")).endsWith("names those it has; did you mean 'load'?\n");
    assertThat(out("check", "check_laod")).endsWith("; did you mean 'check_load'?\n");
    assertThat(out("check", "nothing_like_it")).endsWith("names those it has\n");
  }

  @Test
  void the_name_of_a_check_is_no_command_but_follows_one() {
    assertThat(out("check_load", "-w", "5"))
        .contains("'check_load' is not a happo-agent command; say 'happo-agent check load'");
  }

  @Test
  void a_list_is_of_all_checks_or_of_those_that_have_a_word_in_their_names() {
    assertThat(out("check", "--list").lines()).hasSize(new AllChecks().names().size());
    assertThat(out("check", "--list", "imap").lines())
        .containsExactly(
            "check_imap          An IMAP server", "check_simap         An IMAP server over TLS");
    assertThat(out("check", "--list", "nosuch"))
        .contains("no check has 'nosuch' in its name; 'happo-agent check --list' names all");
  }

  @Test
  void each_check_has_a_summary_of_its_own() {
    var checks = new AllChecks();
    var summaries = new HashSet<String>();
    for (var name : checks.names()) {
      var check = checks.find(name);
      boolean isOther = check != null && summaries.add(check.table().summary());
      assertThat(isOther || name.equals("check_http")).as(name).isTrue(); // It is check_curl too.
    }
  }

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
