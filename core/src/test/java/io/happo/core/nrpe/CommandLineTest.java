package io.happo.core.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "check -w 5               # check -w 5",
        "check -w $ARG1$ -c $ARG2$# check -w one -c two",
        "$ARG1$$ARG2$             # onetwo",
        "$ARG2$ $ARG1$ $ARG1$     # two one one",
        "[$ARG3$] [$ARG16$]       # [] []",
        "[$ARG0$] [$ARG17$]       # [] []",
        "[$ARG$] [$ARGUMENT$]     # [] []",
        "$ARG01$ $ARG1x$ $ARG 2$  # one one two",
        "[$ARG+1$] [$ARG-1$]      # [one] []",
        "[$ARG99999999999999999$] # []",
        "[$arg1$] [$XARG1$]       # [$arg1$] [$XARG1$]",
        "cost: 5$$                # cost: 5$",
        "$$HOME                   # $HOME",
        "$$$$                     # $$",
        "echo $HOME               # echo $HOME$",
        "echo $FOO$ bar           # echo $FOO$ bar",
        "x$$y$FOO$z$ARG4$|$HOME   # x$y$FOO$z|$HOME$",
        "$                        # $",
        "a $ARG1                  # a one",
        "a '$1' $ARG1$            # a '$1' $ARG1$"
      })
  void macros_are_put_in_as_nrpe_does(String configured, String line) throws RefusedQueryException {
    assertThat(CommandLine.of("", configured, List.of("one", "two"))).isEqualTo(line);
  }

  @Test
  void sixteen_arguments_have_a_macro() throws RefusedQueryException {
    var arguments = IntStream.rangeClosed(1, 16).mapToObj(n -> "a" + n).toList();
    assertThat(CommandLine.of("", "$ARG1$ $ARG10$ $ARG16$", arguments)).isEqualTo("a1 a10 a16");
  }

  @Test
  void arguments_are_not_looked_through_again() throws RefusedQueryException {
    assertThat(CommandLine.of("", "$ARG1$ x", List.of("$ARG2$ $$", "two")))
        .isEqualTo("$ARG2$ $$ x");
  }

  @Test
  void the_prefix_stands_in_front_with_one_blank_and_its_macros_count()
      throws RefusedQueryException {
    assertThat(CommandLine.of("/usr/bin/sudo", "check", List.of()))
        .isEqualTo("/usr/bin/sudo check");
    assertThat(CommandLine.of("sudo -u $ARG1$", "check $ARG2$", List.of("joe", "5")))
        .isEqualTo("sudo -u joe check 5");
  }

  @Test
  void lines_of_2047_bytes_run_and_longer_ones_are_refused() throws RefusedQueryException {
    var longest = "x".repeat(2047);
    assertThat(CommandLine.of("", longest, List.of())).isEqualTo(longest);
    assertThat(CommandLine.of("", "$ARG1$", List.of(longest))).isEqualTo(longest);
    assertThat(CommandLine.of("s", "x".repeat(2045), List.of())).hasSize(2047);
    assertTooLong("", longest + "x", List.of());
    assertTooLong("s", "x".repeat(2046), List.of());
    assertTooLong("", "$ARG1$", List.of(longest + "x"));
    assertTooLong("", "x$ARG1$", List.of(longest));
    assertTooLong("", "$ARG1$x", List.of(longest));
    assertTooLong("", "$ARG1$$$", List.of(longest));
    assertTooLong("", "$ARG1$$FOO$", List.of("x".repeat(2043)));
    // Long as configured, short with its macros: the configured line counts too.
    assertTooLong("", "$ARG1$".repeat(342), List.of());
  }

  @Test
  void many_macros_of_long_arguments_are_refused_before_they_are_put_together() {
    // Put together they would be 22 million characters; what is kept is one argument at most.
    assertTooLong("", "$ARG1$".repeat(341), Collections.nCopies(16, "x".repeat(65_536)));
  }

  private static void assertTooLong(String prefix, String configured, List<String> arguments) {
    assertThatThrownBy(() -> CommandLine.of(prefix, configured, arguments))
        .isInstanceOfSatisfying(
            RefusedQueryException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.LINE_TOO_LONG));
  }
}
