package io.happo.hub.cli;

import static io.happo.hub.cli.HubTable.client;
import static io.happo.hub.cli.HubTable.example;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/**
 * The part of the table of {@code happo-hub} that is about what machines have, and about agents
 * that are asked.
 */
final class InventoryTable {
  private InventoryTable() {}

  private static final Option AGENT = Option.of("agent", TEXT, "AGENT", "Only of this agent.");
  private static final Option NAME =
      Option.of("name", TEXT, "NAME", "Only the list of this name, such as packages.");
  private static final String TIMES =
      "A time is how long ago (12h, 7d), a day (2026-11-23), the last day of a name (monday), or a"
          + " moment (2026-11-23T14:00:00Z).";
  private static final Option PORT =
      Option.of("port", Type.whole(1, 65_535), "PORT", "Of the agent.").byDefault("6777").in("TCP");

  static final List<Command> COMMANDS =
      List.of(
          client(
              "inventory",
              "List what machines have, or find it",
              "[WORD]",
              List.of(AGENT, NAME),
              List.of(
                  example("Everything there is", "happo-hub inventory"),
                  example(
                      "Which machines have a package, and in which version",
                      "happo-hub inventory openssl --name packages"),
                  example("Where an old kernel runs", "happo-hub inventory 'kernel: 5.10'")),
              "With a word, prints the lines that hold it; letter case does not matter. What is"
                  + " listed the plan says; the list facts every agent has."),
          client(
              "inventory show",
              "Print what a machine has, or had",
              "AGENT NAME",
              List.of(Option.of("at", TEXT, "TIME", "As it was then; now unless given.")),
              List.of(
                  example("Its packages", "happo-hub inventory show web-07 packages"),
                  example(
                      "Those of a week ago", "happo-hub inventory show web-07 packages --at 7d")),
              TIMES),
          client(
              "inventory changes",
              "Tell what has changed at a machine",
              "AGENT [NAME]",
              List.of(
                  Option.of("since", TEXT, "TIME", "From then.").byDefault("7d"),
                  Option.of("until", TEXT, "TIME", "Up to then; now unless given.")),
              List.of(
                  example(
                      "What changed on web-07 since Monday",
                      "happo-hub inventory changes web-07 --since monday"),
                  example(
                      "In its packages, in the week before last",
                      "happo-hub inventory changes web-07 packages --since 14d --until 7d")),
              TIMES,
              "Lines that are there now begin with +, those that are not any more with -. Their"
                  + " order does not matter."),
          client(
              "inventory export",
              "Write all that machines have, for spreadsheets and programs",
              "[WORD]",
              List.of(
                  AGENT,
                  NAME,
                  Option.of("format", Type.choice("csv", "json"), "FORMAT", "Of the output.")
                      .byDefault("csv")),
              List.of(
                  example(
                      "All packages", "happo-hub inventory export --name packages > packages.csv")),
              "CSV has a line for each line of a list (RFC 4180), JSON an object on a line for each"
                  + " list. In CSV a quote stands before what a spreadsheet would take for a"
                  + " formula."),
          client(
              "classic list",
              "List the agents that this hub asks, and their keys",
              "",
              List.of(),
              List.of(example("All", "happo-hub classic list"))),
          client(
              "classic add",
              "Watch an agent that does not connect to this hub",
              "ADDRESS",
              List.of(
                  Option.of("group", TEXT, "GROUP", "Its group, or GROUP!SUBGROUP."),
                  Option.of("name", TEXT, "NAME", "What people call it; its address unless given."),
                  Option.of(
                          "proxy",
                          LIST,
                          "HOST[:PORT]",
                          "A bastion on the way, the first one first.")
                      .thatRepeats(),
                  PORT),
              List.of(
                  example("One", "happo-hub classic add 10.0.0.5 --group 'shop!web' --name web-05"),
                  example(
                      "Behind two bastions",
                      "happo-hub classic add 10.9.0.5 --group shop --proxy bastion --proxy 10.9.0.1")),
              "As 'happo-agent add' does from a machine that may."),
          client(
              "classic remove",
              "Watch such an agent no more; its history stays",
              "ADDRESS",
              List.of(Option.of("group", TEXT, "GROUP", "Its group, or GROUP!SUBGROUP."), PORT),
              List.of(example("One", "happo-hub classic remove 10.0.0.5 --group 'shop!web'"))),
          client(
              "classic forget-key",
              "Take the key that an agent or a bastion shows next for its own",
              "HOST:PORT",
              List.of(),
              List.of(
                  example(
                      "After it was set up anew", "happo-hub classic forget-key 10.0.0.5:6777")),
              "The hub takes the key that is shown first, and no other one after that."));
}
