package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which commands are checks of the agent, and what comes of those that are. */
class InsidersTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Has {@code check_open}, which every user may run, and {@code check_closed}. */
  private static final Inside INSIDE =
      new Inside() {
        @Override
        public boolean has(String name) {
          return name.equals("check_open") || name.equals("check_closed");
        }

        @Override
        public boolean isOpenToAll(String name, List<String> arguments) {
          return name.equals("check_open");
        }

        @Override
        public @Nullable Answer run(String name, List<String> arguments, Duration deadline) {
          return arguments.contains("late")
              ? null
              : new Answer(arguments.size() % 4, name + " " + arguments + "\n");
        }
      };

  @TempDir Path folder;

  private String run(Insiders.When when, Command command) {
    var settings =
        new ExecSettings(4, 1 << 10, Duration.ofMillis(200), Map.of("PATH", "/usr/bin:" + folder));
    try (var exec = new Exec(settings, new Insiders(INSIDE, when))) {
      return exec.run(
          command,
          LONG,
          outcome ->
              switch (outcome) {
                case Outcome.Exited exited -> exited.status() + " " + exited.stdout().text();
                case Outcome.TimedOut _ -> "late";
                case Outcome.NotStarted not -> not.reason();
              });
    }
  }

  private Path installed(String name) throws IOException {
    var file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\necho installed\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere/check_open -w 'a b' \"c\"",
        "check_open -w 'a b' c",
        "  check_open   -w a\\ b c"
      })
  void a_line_whose_program_is_not_there_is_the_check_of_its_name(String line) {
    assertThat(run(Insiders.When.MISSING, Command.shell(line)))
        .isEqualTo("3 check_open [-w, a b, c]\n");
  }

  @Test
  void a_program_without_a_shell_is_looked_at_alike() {
    assertThat(run(Insiders.When.MISSING, Command.direct(List.of("/nowhere/check_open", "$x;"))))
        .isEqualTo("1 check_open [$x;]\n");
  }

  @Test
  void a_name_that_no_file_can_have_is_told_as_of_any_program() {
    var command = Command.direct(List.of("/no\0where/check_open"));
    assertThat(run(Insiders.When.MISSING, command)).isEqualTo("invalid argument");
  }

  @ParameterizedTest
  @CsvSource({
    "MISSING, installed",
    "FIRST,   check_open",
    "OFF,     installed",
  })
  void an_installed_plugin_wins_unless_told_otherwise(Insiders.When when, String who)
      throws IOException {
    var file = installed("check_open");
    assertThat(run(when, Command.shell(file.toString()))).contains(who);
    assertThat(run(when, Command.shell("check_open"))).contains(who);
    assertThat(run(when, Command.direct(List.of(file.toString())))).contains(who);
  }

  @Test
  void what_is_switched_off_is_not_there() {
    assertThat(run(Insiders.When.OFF, Command.shell("/nowhere/check_open"))).startsWith("127 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere/check_other",
        "/nowhere/check_open; true",
        "/nowhere/check_open $HOME",
        "exec /nowhere/check_open",
        "A=b /nowhere/check_open"
      })
  void what_another_program_or_a_shell_is_to_do_is_left_to_them(String line) {
    assertThat(run(Insiders.When.FIRST, Command.shell(line)))
        .doesNotContain("check_open [")
        .doesNotContain("check_other [");
  }

  @Test
  void a_command_for_another_user_is_a_check_only_where_any_user_may_know_what_it_tells() {
    var identity = new Surroundings.Identity("65534", "65534");
    var others = new Surroundings(Map.of(), folder, Optional.of(identity));
    assertThat(run(Insiders.When.FIRST, Command.shell("/nowhere/check_open").in(others)))
        .isEqualTo("0 check_open []\n");
    assertThat(run(Insiders.When.FIRST, Command.shell("/nowhere/check_closed").in(others)))
        .doesNotContain("check_closed [");
  }

  @Test
  void what_says_where_it_runs_runs_there() throws IOException {
    installed("check_open");
    var command = Command.direct(List.of("check_open"));
    assertThat(run(Insiders.When.OFF, command.at(Command.Place.INSIDE)))
        .isEqualTo("0 check_open []\n");
    assertThat(run(Insiders.When.FIRST, command.at(Command.Place.OUTSIDE)))
        .isEqualTo("0 installed\n");
  }

  @Test
  void a_check_that_is_late_or_says_too_much_is_one_like_a_plugin() {
    var inside = Command.Place.INSIDE;
    assertThat(run(Insiders.When.FIRST, Command.direct(List.of("check_open", "late")).at(inside)))
        .isEqualTo("late");
    var much = "x".repeat(5_000);
    assertThat(run(Insiders.When.FIRST, Command.direct(List.of("check_open", much)).at(inside)))
        .hasSize(2 + 1_024);
  }
}
