package io.happo.agent.cli;

import static io.happo.agent.cli.ClientOptions.apiKeyFile;
import static io.happo.agent.cli.ClientOptions.authorities;
import static io.happo.agent.cli.ClientOptions.pin;
import static io.happo.agent.cli.ClientOptions.port;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/** What the table of {@code happo-agent} says of looking at the agent itself. */
final class SelfTable {
  static final Command STATUS =
      new Command(
          "status",
          "Tell what the agent that runs on this machine is and does",
          List.of(
              "Asks the daemon at 127.0.0.1, or where --listen-address says, and tells its version,"
                  + " what it listens on and runs, how it stands with its hub, what waits to be sent"
                  + " or fetched, and its memory."),
          "",
          List.of(
              port(),
              Option.of(
                      "listen-address",
                      Type.TEXT,
                      "ADDRESS",
                      "Address that the agent answers on, if not on all.")
                  .from("HAPPO_AGENT_LISTEN_ADDRESS"),
              apiKeyFile().from("HAPPO_AGENT_API_KEY_FILE"),
              authorities().from("HAPPO_AGENT_CA"),
              pin().from("HAPPO_AGENT_PIN"),
              json("HAPPO_AGENT_STATUS_JSON")),
          List.of(
              new Example("Of the agent on this machine", "happo-agent status"),
              new Example("For a script", "happo-agent status --json")),
          List.of(
              new Exit("0", "It runs, and all is well."),
              new Exit("1", "It runs, and something is wrong with it, or it refuses to tell."),
              new Exit("2", "No agent answers, or the command line is wrong.")));

  static final Command DOCTOR =
      new Command(
          "doctor",
          "Look for what may keep the agent on this machine from working",
          List.of(
              "Takes the options and variables of the daemon, and looks by itself, whether a daemon"
                  + " runs or not: settings and key files, ports, folders and disk, limits, plugins,"
                  + " the way to the hub and its clock, and what the hub may have run as whom. It"
                  + " changes nothing and starts no plugin. Run it as the user that the agent runs"
                  + " as, in the same folder. Prints a line for each: OK, WARNING or CRITICAL, what"
                  + " was found, and what to do."),
          "",
          doctorOptions(),
          List.of(
              new Example(
                  "Of the agent that runs as a service",
                  "sudo sh -c 'cd /var/lib/happo-agent && set -a && . /etc/default/happo-agent.env &&"
                      + " /opt/happo/bin/happo-agent doctor'"),
              new Example("For a script", "happo-agent doctor --json")),
          List.of(
              new Exit("0", "All is well."),
              new Exit("1", "The worst is a warning."),
              new Exit("2", "Something is critical, or the command line is wrong.")));

  private SelfTable() {}

  private static Option json(String variable) {
    return Option.flag("json", "Print one JSON document instead of lines.").from(variable);
  }

  private static List<Option> doctorOptions() {
    var options = new ArrayList<>(DaemonTable.COMMAND.options());
    options.add(json("HAPPO_AGENT_DOCTOR_JSON"));
    return options;
  }
}
