package io.happo.hub.cli;

import static io.happo.hub.cli.HubTable.client;
import static io.happo.hub.cli.HubTable.example;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The part of the table of {@code happo-hub} that is about what is measured. */
final class MetricTable {
  private MetricTable() {}

  private static final Option CHECK =
      Option.of("check", TEXT, "PATTERN", "Only of these checks; * stands for any characters.");

  private static Option max(String what) {
    return Option.of("max", Type.whole(1, 1_000), "COUNT", "At most so many.")
        .byDefault("100")
        .in(what);
  }

  static final List<Command> COMMANDS =
      List.of(
          client(
              "metrics",
              "List which metrics there are",
              "[WORD]",
              List.of(
                  Option.of("agent", TEXT, "AGENT", "Only those of this agent."),
                  CHECK,
                  max("names")),
              List.of(
                  example("What is known of disks", "happo-hub metrics disk"),
                  example("What one machine measures", "happo-hub metrics --agent web-01")),
              "The word is looked for in names of metrics and of checks."),
          client(
              "metrics query",
              "Tell what was measured: least, average, most and last",
              "METRIC",
              List.of(
                  Option.of(
                          "agent",
                          LIST,
                          "PATTERN",
                          "Only of these agents; * stands for any characters.")
                      .thatRepeats(),
                  CHECK,
                  Option.of("host", TEXT, "PATTERN", "Only measured for these hosts."),
                  Option.of(
                          "tag",
                          LIST,
                          "NAME=VALUE",
                          "Only with this tag, of the metric or of its agent.")
                      .thatRepeats(),
                  Option.of("last", TEXT, "TIME", "How far back: 30m, 12h, 7d.").byDefault("1d"),
                  Option.of(
                      "step",
                      TEXT,
                      "TIME",
                      "Width of the parts that values are gathered in; for some 300 unless given."),
                  Option.of(
                          "aggregate",
                          Type.choice("none", "avg", "sum", "min", "max", "count"),
                          "WHAT",
                          "Make this of all series, or of those of each group.")
                      .byDefault("none"),
                  Option.of(
                          "by",
                          LIST,
                          "NAME",
                          "A group for each agent, check, host, metric, or value of the tag of this"
                              + " name.")
                      .thatRepeats(),
                  Option.of(
                      "as",
                      Type.choice("value", "rate"),
                      "WHAT",
                      "As measured, or how much it grows by in a second; unless given, the latter for"
                          + " counters (unit c)."),
                  max("series")),
              List.of(
                  example(
                      "The load of the web servers",
                      "happo-hub metrics query load1 --tag role=web"),
                  example(
                      "How full the fullest disk of each site is",
                      "happo-hub metrics query '*' --check disk --aggregate max --by site"),
                  example(
                      "For a program, each minute of an hour",
                      "happo-hub metrics query load1 --agent web-01 --last 1h --step 1m --json")),
              "In METRIC * stands for any characters. 'happo-hub metrics' finds names."));
}
