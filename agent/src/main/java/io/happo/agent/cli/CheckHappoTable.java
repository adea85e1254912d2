package io.happo.agent.cli;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Program;
import io.happo.program.cli.Type;
import java.util.List;

/**
 * The table of {@code check_happo}. Nothing comes from the environment: a monitoring system's is no
 * place to set it.
 */
final class CheckHappoTable {
  private static final int UNKNOWN = 3;

  static final Program PROGRAM =
      new Program(
          "check_happo",
          "Ask a happo-agent to run a plugin, and hand its answer to Nagios or Icinga",
          List.of(),
          List.of(
              new Command(
                  "monitor",
                  "Run a plugin on a host and report what it says",
                  List.of(
                      "Prints the plugin's output as it is and exits with its status. With --proxy"
                          + " the request goes to the first proxy, which passes it on to the next,"
                          + " and the last one asks the host."),
                  "",
                  List.of(
                      Option.of("host", Type.TEXT, "HOST", "Name or address of the agent.")
                          .withKey('H')
                          .thatMustBeGiven(),
                      Option.of("port", Type.PORT, "PORT", "HTTPS port of the agent.")
                          .withKey('P')
                          .byDefault("6777"),
                      Option.of(
                              "proxy",
                              Type.LIST,
                              "PROXY[:PORT]",
                              "Agent that passes the request on; the first one given is asked"
                                  + " first. Its port is 6777 unless given.")
                          .withKey('X')
                          .thatRepeats(),
                      Option.of("plugin_name", Type.TEXT, "PLUGIN", "Plugin to run.")
                          .withKey('p')
                          .thatMustBeGiven(),
                      Option.of(
                              "plugin_option",
                              Type.TEXT,
                              "OPTIONS",
                              "Options of the plugin, in one word.")
                          .withKey('o'),
                      Option.of(
                              "timeout",
                              Type.whole(1, 86_400),
                              "SECONDS",
                              "When to give up, counted from the start.")
                          .withKey('t')
                          .byDefault("60")
                          .in("seconds"),
                      Option.flag(
                              "verbose", "Say on standard error who is asked and what comes back.")
                          .withKey('v'),
                      ClientOptions.authorities(),
                      ClientOptions.pin(),
                      ClientOptions.apiKeyFile()),
                  List.of(
                      new Example(
                          "Check a disk",
                          "check_happo monitor -H web-01 -p check_disk -o '-w 20% -c 10%'"),
                      new Example(
                          "Check a host behind a bastion",
                          "check_happo monitor -X bastion.example -H 10.0.0.5 -p check_load -o '-w"
                              + " 5 -c 10'"),
                      new Example(
                          "Trust one authority alone, and give up after 20 seconds",
                          "check_happo monitor -H web-01 -p check_procs --ca /etc/happo/ca.pem -t"
                              + " 20")),
                  List.of(
                      new Exit("0", "OK, or whatever else the plugin exits with 0 for."),
                      new Exit("1", "WARNING"),
                      new Exit(
                          "2",
                          "CRITICAL; also when the agent cannot be reached or answers an error."),
                      new Exit(
                          "3",
                          "UNKNOWN; also when an agent behind a proxy does not answer in time, and"
                              + " when the command line is wrong."),
                      new Exit("4-255", "Whatever else the plugin exits with.")))),
          UNKNOWN,
          true,
          true);

  private CheckHappoTable() {}
}
