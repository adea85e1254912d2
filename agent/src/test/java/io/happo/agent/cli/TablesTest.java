package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.Given;
import io.happo.agent.checks.UsageException;
import io.happo.agent.exec.ShellWords;
import io.happo.program.cli.Command;
import io.happo.program.cli.Help;
import io.happo.program.cli.Option;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import io.happo.program.cli.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TablesTest {
  /** The daemon's options as the original has them: name, key, variable, default. */
  @ParameterizedTest
  @CsvSource({
    "port, P, HAPPO_AGENT_PORT, 6777",
    "allowed-hosts, A, HAPPO_AGENT_ALLOWED_HOSTS, ''",
    "public-key, B, HAPPO_AGENT_PUBLIC_KEY, ./happo-agent.pub",
    "private-key, R, HAPPO_AGENT_PRIVATE_KEY, ./happo-agent.key",
    "metric-config, M, HAPPO_AGENT_METRIC_CONFIG, ./metrics.yaml",
    "autoscaling-config, a, HAPPO_AGENT_AUTOSCALING_CONFIG, ./autoscaling.yaml",
    "cpu-profile, C, HAPPO_AGENT_CPU_PROFILE, ''",
    "max-connections, X, HAPPO_AGENT_MAX_CONNECTIONS, 1000",
    "command-timeout, T, HAPPO_AGENT_COMMAND_TIMEOUT, 10",
    "logfile, l, HAPPO_AGENT_LOGFILE, happo-agent.log",
    "dbfile, d, HAPPO_AGENT_DBFILE, happo-agent.db",
    "metrics-max-lifetime-seconds, , HAPPO_AGENT_METRICS_MAX_LIFETIME_SECONDS, 604800",
    "machine-state-max-lifetime-seconds, , HAPPO_AGENT_MACHINE_STATE_MAX_LIFETIME_SECONDS, 259200",
    "proxy-timeout-seconds, , HAPPO_AGENT_PROXY_TIMEOUT_SECONDS, 180",
    "error-log-interval-seconds, , HAPPO_AGENT_ERROR_LOG_INTERVAL_SECONDS, -1",
    "nagios-plugin-paths, , HAPPO_AGENT_NAGIOS_PLUGIN_PATHS,"
        + " '/usr/local/hb-agent/bin,/usr/lib64/nagios/plugins,"
        + "/usr/lib/nagios/plugins,/usr/local/nagios/libexec,/usr/local/bin'",
    "sensu-plugin-paths, , HAPPO_AGENT_SENSU_PLUGIN_PATHS,"
        + " '/usr/local/hb-agent/bin,/usr/local/bin'",
    "enable-requeststatus-middleware, , HAPPO_AGENT_ENABLE_REQUESTSTATUS_MIDDLEWARE, ''",
    "disable-collect-metrics, , HAPPO_AGENT_DISABLE_COLLECT_METRICS, ''",
    "enable-autoscaling-node, , HAPPO_AGENT_DAEMON_AUTOSCALING_NODE, ''",
    "autoscaling-bastion-endpoint, , HAPPO_AGENT_DAEMON_AUTOSCALING_BASTION_ENDPOINT, ''",
    "autoscaling-join-wait-seconds, , HAPPO_AGENT_DAEMON_AUTOSCALING_JOIN_WAIT_SECONDS, 60",
    "autoscaling-parameter-store-path, , HAPPO_AGENT_DAEMON_AUTOSCALING_PARAMETER_STORE_PATH, ''",
  })
  void daemon_has_the_options_of_the_original(
      String name, Character key, String environment, String defaultValue) {
    var option =
        DaemonTable.COMMAND.options().stream()
            .filter(o -> o.name().equals(name))
            .findFirst()
            .orElseThrow();

    assertThat(option.key()).isEqualTo(key == null ? Option.NO_KEY : key);
    assertThat(option.environment()).isEqualTo(environment);
    assertThat(option.defaultValue()).isEqualTo(defaultValue);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void names_keys_and_variables_of_a_command_are_unambiguous(Program program, Command command) {
    var names = new ArrayList<String>(List.of("help", "h"));
    var variables = new ArrayList<String>();
    for (var options : List.of(program.globals(), command.options())) {
      for (var option : options) {
        names.add(option.name());
        if (option.key() != Option.NO_KEY) {
          names.add(Character.toString(option.key()));
        }
        if (!option.environment().isEmpty()) {
          variables.add(option.environment());
        }
      }
    }

    assertThat(names).doesNotHaveDuplicates();
    assertThat(variables).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_option_of_happo_agent_has_a_variable_and_none_of_check_happo_has(
      Program program, Command command) {
    for (var option : command.options()) {
      assertThat(option.environment().isEmpty()).as(option.name()).isEqualTo(program.isPlugin());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_tells_all_that_the_table_knows(Program program, Command command) {
    var help = Help.of(program, command).replaceAll("\\s+", " ");

    for (var option : command.options()) {
      assertThat(help)
          .contains(
              Help.spelling(option), option.doc(), option.environment(), option.defaultValue());
    }
    for (var example : command.examples()) {
      assertThat(help).contains(example.line().replaceAll("\\s+", " "));
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void examples_can_be_parsed(Program program, Command command) {
    for (var example : command.examples()) {
      var line =
          example
              .line()
              .substring(
                  example.line().lastIndexOf(program.name() + " ") + program.name().length());
      var words = line.strip().replace("'", "").split(" (?!20%|-c 10)");

      assertThat(
              CheckClient.isRun(words)
                  || Parser.parse(program, words, Map.of()) instanceof Parsed.Run)
          .as(example.line())
          .isTrue();
    }
  }

  static List<String> checks() {
    return new AllChecks().names();
  }

  @ParameterizedTest
  @MethodSource("checks")
  void examples_of_a_check_can_be_read(String name) throws UsageException {
    var table = Objects.requireNonNull(new AllChecks().find(name)).table();
    assertThat(table.examples()).as(name).isNotEmpty();
    for (var example : table.examples()) {
      var words = ShellWords.split(example.line());
      assertThat(words.getFirst()).isEqualTo(table.name());
      assertThat(Given.parse(table, words.subList(1, words.size()))).isNotNull();
    }
  }

  @Test
  void help_fills_at_most_80_columns_but_for_examples_and_words_that_are_longer() {
    for (var line : Help.of(Programs.happoAgent(), DaemonTable.COMMAND).lines().toList()) {
      assertThat(
              line.length() <= 80 || line.strip().indexOf(' ') < 0 || line.startsWith("    set -a"))
          .as(line)
          .isTrue();
    }
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> commands() {
    return Stream.of(Programs.happoAgent(), Programs.checkHappo())
        .flatMap(
            program ->
                program.commands().stream()
                    .map(
                        command ->
                            org.junit.jupiter.params.provider.Arguments.of(program, command)));
  }
}
