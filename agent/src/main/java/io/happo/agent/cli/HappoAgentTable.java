package io.happo.agent.cli;

import static io.happo.agent.cli.ClientOptions.apiKeyFile;
import static io.happo.agent.cli.ClientOptions.authorities;
import static io.happo.agent.cli.ClientOptions.autoscalingGroup;
import static io.happo.agent.cli.ClientOptions.bastion;
import static io.happo.agent.cli.ClientOptions.endpoint;
import static io.happo.agent.cli.ClientOptions.group;
import static io.happo.agent.cli.ClientOptions.ip;
import static io.happo.agent.cli.ClientOptions.pin;
import static io.happo.agent.cli.ClientOptions.port;
import static io.happo.agent.cli.ClientOptions.proxy;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Program;
import io.happo.program.cli.Type;
import java.util.List;

/**
 * The table of {@code happo-agent}. That a client's option is required is not the parser's to say:
 * the original has a message and the exit status 1 of its own for it.
 */
final class HappoAgentTable {
  private static final String CA = "HAPPO_AGENT_CA";
  private static final String PIN = "HAPPO_AGENT_PIN";
  private static final Exit MISUSE =
      new Exit("2", "The command line or a variable of the environment is wrong.");
  private static final List<Exit> EXITS =
      List.of(new Exit("0", "Done."), new Exit("1", "Not done; standard error says why."), MISUSE);

  private static final Command ADD =
      new Command(
          "add",
          "Add this host to the management server",
          List.of(),
          "",
          List.of(
              group(),
              ip(),
              Option.of("hostname", Type.TEXT, "HOSTNAME", "Name of this host.")
                  .withKey('H')
                  .from("HAPPO_AGENT_HOSTNAME"),
              proxy(
                  "Agent through which this host is reached, host:port; the first one is asked"
                      + " first."),
              port(),
              endpoint(),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example(
                  "Add a host",
                  "happo-agent add -e https://manage.example -g web -i 192.0.2.7 -H web-01"),
              new Example(
                  "Add a host behind a bastion, in a subgroup",
                  "happo-agent add -e https://manage.example -g 'web!front' -i 10.0.0.7 -p"
                      + " 192.0.2.1:6777")),
          List.of(
              new Exit("0", "Added."),
              new Exit(
                  "1",
                  "Not added; standard error says why: 'Conflict!' when the host is there"
                      + " already."),
              MISUSE));

  private static final Command ADD_AG =
      new Command(
          "add_ag",
          "Add an Auto Scaling group to the management server",
          List.of(
              "The group stands for its hosts: its name is sent as their address and host name."),
          "",
          List.of(
              group(),
              autoscalingGroup("Name of the Auto Scaling group. Required."),
              Option.of(
                      "host_prefix",
                      Type.TEXT,
                      "PREFIX",
                      "What the aliases of its hosts carry. Required.")
                  .withKey('H')
                  .from("HAPPO_AGENT_AUTOSCALING_HOSTNAME"),
              Option.of(
                      "autoscaling_count",
                      Type.atLeast(Integer.MIN_VALUE),
                      "COUNT",
                      "How many aliases the group has, 1 or more. Required.")
                  .withKey('c')
                  .from("HAPPO_AGENT_AUTOSCALING_COUNT")
                  .byDefault("0")
                  .in("aliases"),
              proxy(
                  "Agent that knows the group, host:port; the first one is asked first. Required."),
              port(),
              endpoint(),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example(
                  "Add a group of up to ten hosts",
                  "happo-agent add_ag -e https://manage.example -g web -n prod-web -H app -c 10 -p"
                      + " 192.0.2.1"),
              new Example(
                  "The same, with the server from the environment",
                  "HAPPO_AGENT_ENDPOINT=https://manage.example happo-agent add_ag -g web -n"
                      + " prod-web -H app -c 10 -p 192.0.2.1")),
          List.of(
              new Exit("0", "Added."),
              new Exit(
                  "1",
                  "Not added; standard error says why: 'Conflict!' when the group is there"
                      + " already."),
              MISUSE));

  private static final Command IS_ADDED =
      new Command(
          "is_added",
          "Ask the management server whether this host was added",
          List.of(),
          "",
          List.of(group(), ip(), port(), endpoint(), authorities().from(CA), pin().from(PIN)),
          List.of(
              new Example(
                  "Ask for a host",
                  "happo-agent is_added -e https://manage.example -g web -i 192.0.2.7"),
              new Example(
                  "Add it unless it is there",
                  "happo-agent is_added -g web -i 192.0.2.7 || happo-agent add -g web -i"
                      + " 192.0.2.7")),
          List.of(
              new Exit("0", "It was: 'Found.'"),
              new Exit("1", "It was not: 'Not found.' Or the server could not be asked."),
              new Exit("2", "The server answered something else, or the command line is wrong.")));

  private static final Command REMOVE =
      new Command(
          "remove",
          "Remove this host from the management server",
          List.of(),
          "",
          List.of(group(), ip(), port(), endpoint(), authorities().from(CA), pin().from(PIN)),
          List.of(
              new Example(
                  "Remove a host",
                  "happo-agent remove -e https://manage.example -g web -i 192.0.2.7"),
              new Example(
                  "Remove a host whose agent has a port of its own",
                  "happo-agent remove -e https://manage.example -g web -i 192.0.2.7 -P 7000")),
          EXITS);

  private static final Command APPEND_METRIC =
      new Command(
          "append_metric",
          "Hand metrics in Sensu's format to an agent",
          List.of(
              "Reads lines of NAME VALUE UNIXTIME, separated by single blanks or tabs. Lines of"
                  + " another shape are passed over; one whose value or time is no number is named,"
                  + " and nothing is sent."),
          "",
          List.of(
              Option.of("hostname", Type.TEXT, "HOSTNAME", "Host that the metrics are of.")
                  .withKey('H')
                  .from("HAPPO_AGENT_HOSTNAME"),
              bastion(),
              Option.of("datafile", Type.FILE, "DATAFILE", "File to read; - is standard input.")
                  .from("HAPPO_AGENT_DATAFILE")
                  .byDefault("-"),
              Option.of(
                      "api-key",
                      Type.TEXT,
                      "API_KEY",
                      "API key to send. Other users of this machine see it in the list of"
                          + " processes: --api-key-file is safer.")
                  .withKey('a')
                  .from("HAPPO_AGENT_API_KEY"),
              apiKeyFile().from("HAPPO_AGENT_API_KEY_FILE"),
              Option.flag("dry-run", "Print what would be sent, and send nothing.")
                  .withKey('n')
                  .from("HAPPO_AGENT_DRY_RUN"),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example(
                  "Hand over what a plugin prints",
                  "metrics-cpu.rb | happo-agent append_metric -H web-01 --api-key-file"
                      + " /etc/happo-agent/api.key"),
              new Example(
                  "See what a file holds",
                  "happo-agent append_metric -H web-01 --datafile metrics.txt -n")),
          EXITS);

  private static final Command RESOLVE_ALIAS =
      new Command(
          "resolve_alias",
          "Print the address behind an Auto Scaling alias",
          List.of("Prints an empty line when the alias is unknown or no instance has it."),
          "ALIAS",
          List.of(
              bastion(),
              apiKeyFile().from("HAPPO_AGENT_API_KEY_FILE"),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example(
                  "Ask the agent on this host", "happo-agent resolve_alias prod-web-app-01"),
              new Example(
                  "Ask a bastion",
                  "happo-agent resolve_alias -b https://192.0.2.1:6777 prod-web-app-01")),
          EXITS);

  private static final Command LIST_ALIASES =
      new Command(
          "list_aliases",
          "List Auto Scaling aliases",
          List.of("Prints ALIAS,IP,INSTANCE_ID on a line for each."),
          "",
          List.of(
              bastion(),
              autoscalingGroup("List this group alone."),
              Option.flag("all", "List aliases that no instance has, too.")
                  .from("HAPPO_AGENT_AUTOSCALING_LIST_ALIASES_ALL"),
              apiKeyFile().from("HAPPO_AGENT_API_KEY_FILE"),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example("List what the agent on this host knows", "happo-agent list_aliases"),
              new Example(
                  "List all of a group",
                  "happo-agent list_aliases -b https://192.0.2.1:6777 -n prod-web --all")),
          EXITS);

  private static final Command LEAVE =
      new Command(
          "leave",
          "Take this Auto Scaling instance out of its group's aliases",
          List.of(),
          "",
          List.of(
              Option.of("node-endpoint", Type.TEXT, "URL", "Agent of the instance, http or https.")
                  .withKey('n')
                  .from("HAPPO_AGENT_AUTOSCALING_NODE_ENDPOINT")
                  .byDefault("https://127.0.0.1:6777"),
              apiKeyFile().from("HAPPO_AGENT_API_KEY_FILE"),
              authorities().from(CA),
              pin().from(PIN)),
          List.of(
              new Example("Before this instance goes away", "happo-agent leave"),
              new Example(
                  "With an agent on another port", "happo-agent leave -n https://127.0.0.1:7000")),
          EXITS);

  private static final Command NRPE_CHECK =
      new Command(
          "nrpe-check",
          "Tell what the agent would do in another way than NRPE with an nrpe.cfg",
          List.of(
              "Prints a line for everything that the agent would do in another way, ignore or"
                  + " refuse, and for what cannot work on this host: FILE:LINE: note, warning or"
                  + " error, the directive, what comes of it and what to do. Looks at the files,"
                  + " users and addresses that the configuration names, and tries its certificates"
                  + " and cipher suites, as the daemon does at its start; listens nowhere, runs none"
                  + " of the commands and changes nothing. Run it as the user that the agent runs"
                  + " as."),
          "FILE",
          List.of(
              Option.flag("json", "Print one JSON document instead of lines.")
                  .from("HAPPO_AGENT_NRPE_CHECK_JSON"),
              Option.flag("nrpe-no-tls", "As the daemon will be started with --nrpe-no-tls.")
                  .from("HAPPO_AGENT_NRPE_NO_TLS"),
              Option.flag(
                      "nrpe-legacy-tls", "As the daemon will be started with --nrpe-legacy-tls.")
                  .from("HAPPO_AGENT_NRPE_LEGACY_TLS")),
          List.of(
              new Example(
                  "Before the agent takes the place of NRPE",
                  "happo-agent nrpe-check /etc/nagios/nrpe.cfg"),
              new Example(
                  "For a script", "happo-agent nrpe-check --json /usr/local/nagios/etc/nrpe.cfg")),
          List.of(
              new Exit("0", "There is nothing to tell."),
              new Exit("1", "There are notes or warnings; the daemon would start."),
              new Exit("2", "The daemon would refuse the file, or the command line is wrong.")));

  private static final Command CHECK =
      new Command(
          "check",
          "Run a check that is part of the agent",
          List.of(
              "Runs a check in this process, and prints what a plugin of its name prints. The first"
                  + " word is its name, with or without check_ before it; what follows is the"
                  + " check's to read, as 'happo-agent check NAME --help' tells.",
              "What checks remember between two runs is kept in $XDG_STATE_HOME/happo-agent, or in"
                  + " ~/.local/state/happo-agent; the daemon's runs have their own."),
          "[NAME]",
          List.of(
              Option.flag(
                      "list",
                      "Print the names of the checks and what each looks at; with NAME, of those"
                          + " that have it in their names.")
                  .from("HAPPO_AGENT_CHECK_LIST")),
          List.of(
              new Example("Tell which checks there are", "happo-agent check --list"),
              new Example("Look at the load", "happo-agent check load -w 5,4,3 -c 10,8,6"),
              new Example("Tell what a check takes", "happo-agent check check_disk --help")),
          List.of(
              new Exit("0", "OK; also after --list and --help."),
              new Exit("1", "WARNING"),
              new Exit("2", "CRITICAL, or the name of the check is missing, or none is listed."),
              new Exit(
                  "3",
                  "UNKNOWN: there is no such check, it could not look, or what it was"
                      + " given is wrong.")));

  static final Program PROGRAM =
      new Program(
          "happo-agent",
          "Monitoring agent: runs plugins and hands out what they say, and the clients to it",
          List.of(
              Option.of(
                      "log-level",
                      Type.choice("debug", "info", "warn"),
                      "LEVEL",
                      "How much to log.")
                  .from("HAPPO_AGENT_LOG_LEVEL")
                  .byDefault("warn")),
          List.of(
              DaemonTable.COMMAND,
              ADD,
              ADD_AG,
              IS_ADDED,
              REMOVE,
              APPEND_METRIC,
              RESOLVE_ALIAS,
              LIST_ALIASES,
              LEAVE,
              NRPE_CHECK,
              CHECK,
              SelfTable.STATUS,
              SelfTable.DOCTOR,
              HubTable.JOIN,
              HubTable.LEAVE_HUB),
          2,
          true,
          false);

  private HappoAgentTable() {}
}
