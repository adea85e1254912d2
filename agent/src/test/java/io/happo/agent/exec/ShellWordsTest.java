package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "-w 5 -c 10",
        " a\tb c ",
        "'a b' \"c d\" e\\ f",
        "a'b'\"c\"d",
        "'' \"\" x",
        "\"a\\\"b\\\\c\\$d\\`e\\nf\" g\\\"h",
        "'a\\b' \\'",
        "a\\\nb \"c\\\nd\"",
        "--url='http://x/?a=b&c=d' -e 'it'\\''s'"
      })
  void words_are_those_of_the_shell(String line) {
    try (Exec exec = new Exec(ExecSettings.withDefaults(Map.of()))) {
      String script = "for word in " + line + "\ndo printf '%s\\0' \"$word\"; done";
      Outcome outcome =
          exec.run(Command.shell(script), Duration.ofSeconds(30), Function.identity());
      assertThat(outcome).isInstanceOf(Outcome.Exited.class);
      String printed = ((Outcome.Exited) outcome).stdout().text();

      assertThat(ShellWords.split(line).stream().map(word -> word + "\0"))
          .isEqualTo(printed.isEmpty() ? List.of() : List.of(printed.split("(?<=\0)")));
    }
  }

  @Test
  void nothing_is_expanded() {
    assertThat(ShellWords.split("$HOME `id` *; a|b >c #d \"$x\""))
        .containsExactly("$HOME", "`id`", "*;", "a|b", ">c", "#d", "$x");
    assertThat(ShellWords.split("a\nb")).containsExactly("a", "b");
    assertThat(ShellWords.split("x\\"))
        .as("a backslash with nothing after it")
        .containsExactly("x\\");
  }

  @Test
  void quote_that_is_not_closed_is_told() {
    assertThatThrownBy(() -> ShellWords.split("-a 'b c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("single quote at character 4");
    assertThatThrownBy(() -> ShellWords.split("\"b\\\""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("double quote at character 1");
  }
}
