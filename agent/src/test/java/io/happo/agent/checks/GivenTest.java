package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.checks.Given.One;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class GivenTest {
  private static final Command TABLE =
      Tables.check(
          "check_it",
          "It",
          List.of(),
          "[FIRST] [SECOND]",
          List.of(
              Tables.warning("RANGE", "Warning."),
              Tables.critical("RANGE", "Critical."),
              Option.of("port", Type.PORT, "PORT", "Port.").withKey('p').byDefault("80"),
              Option.flag("all", "All.").withKey('a'),
              Option.flag("use-ipv4", "By IPv4.").withKey('4'),
              Option.of("ssl", Type.TEXT_OR_NONE, "[VERSION]", "By TLS.").withKey('S'),
              Option.of("file", Type.FILE, "FILE", "File."),
              Option.of("path", Type.TEXT, "PATH", "Path.").thatRepeats()),
          List.of(new Example("It", "check_it")));

  private static Given parse(String... words) throws UsageException {
    return Given.parse(TABLE, List.of(words));
  }

  @Test
  void options_are_read_as_getopt_long_reads_them() throws UsageException {
    for (var words :
        List.of(
            List.of("-w", "5", "-a", "x"),
            List.of("-w5", "x", "-a"),
            List.of("--warning=5", "-a", "--", "x"),
            List.of("--warning", "5", "--all", "x"),
            List.of("--warn", "5", "x", "--al"),
            List.of("-aw5", "x"))) {
      var given = Given.parse(TABLE, words);
      assertThat(given.text("warning")).as("%s", words).isEqualTo("5");
      assertThat(given.has("all")).as("%s", words).isTrue();
      assertThat(given.operands()).as("%s", words).containsExactly("x");
    }
  }

  @Test
  void value_that_may_be_left_out_stands_right_behind_its_option() throws UsageException {
    assertThat(parse("-S", "x").find("ssl")).contains("");
    assertThat(parse("-S", "x").operands()).containsExactly("x");
    assertThat(parse("-aS1.2", "x").find("ssl")).contains("1.2");
    assertThat(parse("--ssl", "x").operands()).containsExactly("x");
    assertThat(parse("--ssl=1.2+").find("ssl")).contains("1.2+");
  }

  @Test
  void digit_is_an_option_where_there_is_one_and_else_a_number() throws UsageException {
    assertThat(parse("-4").has("use-ipv4")).isTrue();
    assertThat(parse("-5").operands()).containsExactly("-5");
  }

  @Test
  void order_and_repetition_are_kept_and_the_last_counts() throws UsageException {
    var given = parse("--path", "/a", "-w", "1", "--path=/b", "-w", "2", "-vv");
    assertThat(given.inOrder())
        .containsExactly(
            new One("path", "/a"),
            new One("warning", "1"),
            new One("path", "/b"),
            new One("warning", "2"),
            new One("verbose", ""),
            new One("verbose", ""));
    assertThat(given.all("path")).containsExactly("/a", "/b");
    assertThat(given.text("warning")).isEqualTo("2");
    assertThat(given.count("verbose")).isEqualTo(2);
    assertThat(given.whole("port")).isEqualTo(80);
  }

  @Test
  void negative_numbers_are_values_and_operands() throws UsageException {
    var given = parse("-w", "-5", "-7");
    assertThat(given.number("warning")).isEqualTo(-5);
    assertThat(given.operands()).containsExactly("-7");
  }

  @Test
  void mistakes_are_told_with_what_was_probably_meant() {
    assertTold("has no option --warnin2; did you mean 'warning'?", "--warnin2", "5");
    assertTold("has no option -x", "-x");
    assertTold("--p may be --port or --path", "--p", "5");
    assertTold("-w (--warning) needs a value: RANGE", "-w");
    assertTold("--file needs a value: FILE", "--file=");
    assertTold("--all takes no value", "--all=yes");
    assertTold("does not take the argument 'c'", "a", "b", "c");
    assertTold("-p (--port) is to be a whole number from 0 to 65535, and not '70000'", "-p70000");
  }

  private static void assertTold(String message, String... words) {
    assertThatThrownBy(() -> parse(words)).isInstanceOf(UsageException.class).hasMessage(message);
  }

  @Test
  void ranges_that_are_none_are_told() throws UsageException {
    assertThat(parse("-w", "10:20").range("warning")).isPresent();
    var given = parse("-w", "20:10");
    assertThatThrownBy(() -> given.range("warning"))
        .hasMessage("-w (--warning): '20:10' is no range; write 10, 10:, ~:10, 10:20 or @10:20");
  }
}
