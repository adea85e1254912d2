package io.happo.hub.cli;

import static io.happo.hub.cli.HubTable.client;
import static io.happo.hub.cli.HubTable.example;

import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The part of the table of {@code happo-hub} that is about sending on what was measured. */
final class OutputTable {
  private OutputTable() {}

  static final List<Command> COMMANDS =
      List.of(
          client(
              "output list",
              "List where what was measured is sent on to, and how that fares",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub output list"),
                  example("With their settings", "happo-hub output list --json"))),
          client(
              "output set",
              "Add an output, or change one",
              "NAME",
              List.of(
                  Option.of(
                      "kind",
                      Type.choice("remote-write", "otlp", "graphite"),
                      "KIND",
                      "What it is."),
                  GivenSettings.SET,
                  GivenSettings.SECRET),
              List.of(
                  example(
                      "A Prometheus",
                      "happo-hub output set prometheus --kind remote-write --set"
                          + " url=https://prometheus.example/api/v1/write --secret"
                          + " token=prometheus-token"),
                  example(
                      "An OpenTelemetry Collector on this machine",
                      "happo-hub output set collector --kind otlp --set"
                          + " url=http://127.0.0.1:4318/v1/metrics")),
              "Which settings there are for each kind stands in docs/outputs.md; a setting that is"
                  + " missing or wrong is told. A secret that is not given stays as it was; --set"
                  + " NAME= clears it."),
          client(
              "output test",
              "Send one value to an output",
              "NAME",
              List.of(),
              List.of(
                  example("One", "happo-hub output test prometheus"),
                  example("Another", "happo-hub output test collector"))),
          client(
              "output remove",
              "Remove an output; what it has not been sent it does not get",
              "NAME",
              List.of(),
              List.of(
                  example("One", "happo-hub output remove prometheus"),
                  example("Another", "happo-hub output remove collector"))));
}
