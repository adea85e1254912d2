package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
  @Test
  void long_option_takes_its_value_from_the_next_word_or_after_an_equals_sign() {
    assertThat(run("add", "--group_name", "g", "--ip=10.0.0.1").text("group_name")).isEqualTo("g");
    assertThat(run("add", "--group_name", "g", "--ip=10.0.0.1").text("ip")).isEqualTo("10.0.0.1");
    assertThat(run("add", "--ip=a=b").text("ip")).isEqualTo("a=b");
    assertThat(run("add", "--ip=").has("ip")).isFalse();
  }

  @Test
  void short_option_takes_its_value_from_the_next_word_or_the_rest_of_its_own() {
    assertThat(run("add", "-P", "7000").number("port")).isEqualTo(7000);
    assertThat(run("add", "-P7000").number("port")).isEqualTo(7000);
  }

  @Test
  void forms_of_the_flag_package_of_go_are_understood() {
    assertThat(run("add", "-P=7000").number("port")).isEqualTo(7000);
    assertThat(run("add", "-group_name", "g").text("group_name")).isEqualTo("g");
    assertThat(run("add", "-port=7000").number("port")).isEqualTo(7000);
    assertThat(run("append_metric", "--dry-run=false").flag("dry-run")).isFalse();
    assertThat(run("append_metric", "-n=T").flag("dry-run")).isTrue();
  }

  @Test
  void value_may_begin_with_a_dash() {
    assertThat(run("add_ag", "-c", "-5").number("autoscaling_count")).isEqualTo(-5);
    assertThat(check("monitor", "-H", "h", "-p", "p", "-o", "-w 1 -c 2").text("plugin_option"))
        .isEqualTo("-w 1 -c 2");
  }

  @Test
  void flags_cluster_and_the_last_of_a_cluster_may_take_a_value() {
    var arguments = run("append_metric", "-nHhost");

    assertThat(arguments.flag("dry-run")).isTrue();
    assertThat(arguments.text("hostname")).isEqualTo("host");
    assertThat(run("append_metric", "-nH", "host").text("hostname")).isEqualTo("host");
  }

  @Test
  void options_may_follow_arguments_until_two_dashes() {
    assertThat(run("resolve_alias", "a", "-b", "https://h").operands()).containsExactly("a");
    assertThat(run("resolve_alias", "a", "-b", "https://h").text("bastion-endpoint"))
        .isEqualTo("https://h");
    assertThat(run("resolve_alias", "--", "-b", "--help").operands())
        .containsExactly("-b", "--help");
    assertThat(run("resolve_alias", "-").operands()).containsExactly("-");
  }

  @Test
  void repeated_option_adds_up_when_it_may_and_else_the_last_one_wins() {
    assertThat(run("add", "-p", "a, b", "-p", "c").list("proxy")).containsExactly("a", "b", "c");
    assertThat(run("add", "-i", "a", "-i", "b").text("ip")).isEqualTo("b");
    assertThat(
            run("daemon", "--sensu-plugin-paths", "/a,/b", "--sensu-plugin-paths", "/c")
                .list("sensu-plugin-paths"))
        .containsExactly("/c");
  }

  @Test
  void global_option_stands_before_or_after_the_subcommand() {
    assertThat(run("--log-level", "debug", "leave").text("log-level")).isEqualTo("debug");
    assertThat(run("leave", "--log-level=info").text("log-level")).isEqualTo("info");
    assertThat(run("leave").text("log-level")).isEqualTo("warn");
  }

  @Test
  void command_line_wins_over_environment_and_environment_over_default() {
    var environment =
        Map.of("HAPPO_AGENT_COMMAND_TIMEOUT", "20", "HAPPO_AGENT_ALLOWED_HOSTS", "a,b");

    assertThat(run(environment, "daemon", "-T", "30").seconds("command-timeout"))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(run(environment, "daemon").seconds("command-timeout"))
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(run("daemon").seconds("command-timeout")).isEqualTo(Duration.ofSeconds(10));
    assertThat(run(environment, "daemon").list("allowed-hosts")).containsExactly("a", "b");
    assertThat(run(environment, "daemon", "-A", "c").list("allowed-hosts")).containsExactly("c");
  }

  @Test
  void empty_variable_counts_as_unset() {
    assertThat(run(Map.of("HAPPO_AGENT_PORT", ""), "daemon").number("port")).isEqualTo(6777);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "t", "T", "TRUE", "true", "True"})
  void variable_turns_a_flag_on_with_the_words_of_go(String word) {
    var environment = Map.of("HAPPO_AGENT_DISABLE_COLLECT_METRICS", word);

    assertThat(run(environment, "daemon").flag("disable-collect-metrics")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "f", "F", "FALSE", "false", "False"})
  void variable_turns_a_flag_off_with_the_words_of_go(String word) {
    var environment = Map.of("HAPPO_AGENT_DISABLE_COLLECT_METRICS", word);

    assertThat(run(environment, "daemon").flag("disable-collect-metrics")).isFalse();
  }

  @Test
  void all_problems_are_told_at_once_with_the_word_and_what_was_expected() {
    var environment = Map.of("HAPPO_AGENT_MAX_PROCESSES", "many", "HAPPO_AGENT_NO_SHELL", "yes");

    var misuse =
        misuse(
            environment,
            "--log-level=trace",
            "daemon",
            "--prot",
            "1",
            "-P",
            "99999",
            "-T",
            "0",
            "-z",
            "--proxy-pin",
            "ab",
            "-R");

    assertThat(misuse.problems())
        .containsExactly(
            "--log-level: 'trace' is not one of debug, info, warn",
            "unknown option --prot; did you mean '--port'?",
            "-P: '99999' is not a whole number from 0 to 65535",
            "-T: '0' is not a whole number from 1 to 86400",
            "unknown option -z",
            "--proxy-pin: 'ab' is not a SHA-256 digest of 64 hexadecimal digits",
            "-R needs a value: FILE",
            "environment variable HAPPO_AGENT_MAX_PROCESSES: 'many' is not a whole number from 1 to"
                + " 4096",
            "environment variable HAPPO_AGENT_NO_SHELL: 'yes' is not true or false");
    assertThat(misuse.hint()).isEqualTo("See 'happo-agent daemon --help'.");
    assertThat(misuse.exit()).isEqualTo(2);
  }

  @Test
  void variable_of_another_command_is_not_looked_at() {
    assertThat(run(Map.of("HAPPO_AGENT_MAX_PROCESSES", "many"), "leave").operands()).isEmpty();
  }

  @Test
  void unknown_letter_inside_a_cluster_is_named_with_its_word() {
    assertThat(misuse(Map.of(), "append_metric", "-nz").problems())
        .containsExactly("unknown option -z in -nz");
  }

  @Test
  void unknown_subcommand_exits_with_2_and_suggests_a_near_one() {
    var misuse = misuse(Map.of(), "is_add");

    assertThat(misuse.problems())
        .containsExactly("'is_add' is not a happo-agent command; did you mean 'is_added'?");
    assertThat(misuse.hint()).isEqualTo("See 'happo-agent --help'.");
    assertThat(misuse.exit()).isEqualTo(2);
  }

  @Test
  void words_beside_the_options_of_the_daemon_are_a_mistake() {
    assertThat(misuse(Map.of(), "daemon", "start", "now").problems())
        .containsExactly("daemon takes no arguments, but there is 'start'");
    assertThat(run("leave", "ignored").operands()).containsExactly("ignored");
  }

  @Test
  void options_without_a_command_name_the_commands_that_have_them() {
    assertThat(misuse(Map.of(), "--all").problems())
        .containsExactly("the command is missing: list_aliases");
    assertThat(misuse(Map.of(), "-M", "m.yaml").problems())
        .containsExactly("the command is missing: daemon, doctor");
    assertThat(misuse(Map.of(), "--nosuch").problems()).containsExactly("unknown option --nosuch");
  }

  @Test
  void help_about_a_command_that_does_not_exist_says_so() {
    assertThat(misuse(Map.of(), "help", "daemo").problems())
        .containsExactly("'daemo' is not a happo-agent command; did you mean 'daemon'?");
  }

  @Test
  void what_was_given_is_told_from_a_default() {
    var environment = Map.of("HAPPO_AGENT_SENSU_PLUGIN_PATHS", "/a");
    var arguments = run(environment, "daemon", "-M", "m.yaml");

    assertThat(arguments.isGiven("metric-config")).isTrue();
    assertThat(arguments.isGiven("sensu-plugin-paths")).isTrue();
    assertThat(arguments.isGiven("nagios-plugin-paths")).isFalse();
  }

  @Test
  void plugin_answers_misuse_with_unknown_but_an_unknown_subcommand_with_2_as_the_original() {
    var noHost =
        (Parsed.Misuse) Parser.parse(Programs.checkHappo(), words("monitor", "-p", "x"), Map.of());
    var noCommand = (Parsed.Misuse) Parser.parse(Programs.checkHappo(), words("nosuch"), Map.of());

    assertThat(noHost.problems()).containsExactly("--host HOST is missing");
    assertThat(noHost.exit()).isEqualTo(3);
    assertThat(noHost.isPlugin()).isTrue();
    assertThat(noCommand.problems()).containsExactly("'nosuch' is not a check_happo command");
    assertThat(noCommand.exit()).isEqualTo(2);
    assertThat(noCommand.isPlugin()).isFalse();
  }

  @Test
  void digest_is_read_with_and_without_colons() {
    var digest = "00ff" + "7f".repeat(30);
    var withColons = "00:FF:" + "7F:".repeat(29) + "7F";

    assertThat(run("leave", "--pin", digest).digest("pin"))
        .startsWith(0x00, 0xff, 0x7f)
        .hasSize(32);
    assertThat(run("leave", "--pin", withColons).digest("pin"))
        .isEqualTo(run("leave", "--pin", digest).digest("pin"));
  }

  @Test
  void version_and_help_are_shown_wherever_they_are_asked_for() {
    assertThat(print("--version")).matches("happo-agent version \\d+\\.\\d+\\.\\d+.*\n");
    assertThat(print("-v")).isEqualTo(print("--version"));
    assertThat(print()).isEqualTo(print("--help")).isEqualTo(print("help")).isEqualTo(print("-h"));
    assertThat(print("add", "-h"))
        .isEqualTo(print("help", "add"))
        .isEqualTo(print("add", "--nosuch", "--help"))
        .startsWith("Usage: happo-agent add [OPTION]...\n");
  }

  @Test
  void asking_for_an_option_that_the_command_does_not_have_is_refused() {
    assertThatThrownBy(() -> run("leave").text("port"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port");
  }

  private static String[] words(String... words) {
    return words;
  }

  private static Arguments run(String... words) {
    return run(Map.of(), words);
  }

  private static Arguments run(Map<String, String> environment, String... words) {
    return ((Parsed.Run) Parser.parse(Programs.happoAgent(), words, environment)).arguments();
  }

  private static Arguments check(String... words) {
    return ((Parsed.Run) Parser.parse(Programs.checkHappo(), words, Map.of())).arguments();
  }

  private static Parsed.Misuse misuse(Map<String, String> environment, String... words) {
    return (Parsed.Misuse) Parser.parse(Programs.happoAgent(), words, environment);
  }

  private static String print(String... words) {
    return ((Parsed.Print) Parser.parse(Programs.happoAgent(), words, Map.of())).text();
  }
}
