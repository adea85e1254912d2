package io.happo.agent.cli;

import static io.happo.program.cli.Type.PORT;

import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** What the table of the daemon says of values that programs of this machine send by themselves. */
final class FeedsTable {
  static final List<Option> OF_THE_DAEMON =
      List.of(
          Option.of(
                  "statsd-port",
                  PORT,
                  "PORT",
                  "Take StatsD on this UDP port of 127.0.0.1, usually 8125; 0 lets the system"
                      + " choose one. Not given: none is taken.")
              .from("HAPPO_AGENT_STATSD_PORT"),
          Option.of(
                  "statsd-flush-seconds",
                  Type.whole(1, 3600),
                  "SECONDS",
                  "How often the values of StatsD are made.")
              .from("HAPPO_AGENT_STATSD_FLUSH_SECONDS")
              .byDefault("10")
              .in("seconds"),
          Option.of(
                  "graphite-port",
                  PORT,
                  "PORT",
                  "Take lines of Graphite on this port of 127.0.0.1, TCP and UDP, usually 2003; 0"
                      + " lets the system choose one. Not given: none are taken.")
              .from("HAPPO_AGENT_GRAPHITE_PORT"),
          Option.of(
                  "metrics-max-names",
                  Type.whole(1, 50_000),
                  "COUNT",
                  "Names of metrics that StatsD and Graphite may have at once, each; values of more"
                      + " are dropped, counted and logged.")
              .from("HAPPO_AGENT_METRICS_MAX_NAMES")
              .byDefault("5000")
              .in("names"));

  private FeedsTable() {}
}
