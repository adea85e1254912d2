package io.happo.agent.cli;

import static io.happo.program.cli.Type.FILE;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** What the table of {@code happo-agent} says of a hub: options of the daemon, and two commands. */
final class HubTable {
  private static final List<Exit> EXITS =
      List.of(
          new Exit("0", "Done."),
          new Exit("1", "Not done; standard error says why."),
          new Exit("2", "The command line or a variable of the environment is wrong."));

  private static final Option FOLDER =
      Option.of(
              "hub-folder",
              FILE,
              "DIRECTORY",
              "Folder of the agent's own key, what it knows of its hub, its plan, and what waits to"
                  + " be sent.")
          .from("HAPPO_AGENT_HUB_FOLDER")
          .byDefault("./happo-agent.hub");

  private static final Option TAGS =
      Option.of(
              "tag", LIST, "NAME=VALUE", "What this machine is, for the targets of the hub's plan.")
          .from("HAPPO_AGENT_TAGS")
          .thatRepeats();

  static final List<Option> OF_THE_DAEMON =
      List.of(
          FOLDER,
          Option.of(
                  "hub-url",
                  TEXT,
                  "URL",
                  "Hub to join: https://NAME[:PORT]. Not needed after 'happo-agent join'.")
              .from("HAPPO_AGENT_HUB_URL"),
          Option.of(
                  "hub-token",
                  TEXT,
                  "TOKEN",
                  "Token to join with. Other users of this machine see it in the list of processes:"
                      + " the variable is safer.")
              .from("HAPPO_AGENT_HUB_TOKEN"),
          TAGS,
          Option.of(
                  "hub-may-run",
                  Type.choice("builtin", "installed", "bundles", "anything"),
                  "WHAT",
                  "What the hub may have this agent run: built-in checks; also plugins of the plugin"
                      + " folders; also scripts and plugins that the hub has signed; or any command"
                      + " line and script too.")
              .from("HAPPO_AGENT_HUB_MAY_RUN")
              .byDefault("bundles"),
          Option.flag("leave-hub-at-stop", "Leave the fleet when this agent is stopped.")
              .from("HAPPO_AGENT_LEAVE_HUB_AT_STOP"));

  static final Command JOIN =
      new Command(
          "join",
          "Join the fleet of a hub",
          List.of(
              "Makes this agent's key if it has none, and shows the hub the token. The agent that"
                  + " runs with the same --hub-folder connects within some seconds; so will any"
                  + " that is started later. The token also says by which key the hub is known."),
          "URL TOKEN",
          List.of(FOLDER, TAGS),
          List.of(
              new Example(
                  "As the hub printed it",
                  "happo-agent join https://hub.example:6778 happo1.AAAA.BBBB"),
              new Example(
                  "For an agent that runs as a service",
                  "sudo happo-agent join --hub-folder /var/lib/happo-agent/happo-agent.hub"
                      + " https://hub.example:6778 happo1.AAAA.BBBB")),
          List.of(
              new Exit("0", "Joined, or waiting for approval; standard output says which."),
              new Exit("1", "Refused, or the hub cannot be reached; standard error says why."),
              EXITS.getLast()));

  static final Command LEAVE_HUB =
      new Command(
          "leave-hub",
          "Leave the fleet, and forget the hub",
          List.of(
              "The key stays, so that the agent is known again when it joins again, and so does what"
                  + " waits to be sent; remove the folder to have neither."),
          "",
          List.of(FOLDER),
          List.of(
              new Example("Before a machine is given away", "happo-agent leave-hub"),
              new Example(
                  "Of an agent that runs as a service",
                  "sudo happo-agent leave-hub --hub-folder /var/lib/happo-agent/happo-agent.hub")),
          EXITS);

  private HubTable() {}
}
