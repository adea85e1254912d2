package io.happo.hub.cli;

import static io.happo.hub.cli.HubTable.client;
import static io.happo.hub.cli.HubTable.example;

import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import java.util.List;

/** The part of the table of {@code happo-hub} that is about dashboards. */
final class DashboardTable {
  private DashboardTable() {}

  private static final Option DRY_RUN =
      Option.flag("dry-run", "Check it and tell what would change; change nothing.");

  static final List<Command> COMMANDS =
      List.of(
          client(
              "dashboard list",
              "List the dashboards",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub dashboard list"),
                  example("As JSON", "happo-hub dashboard list --json"))),
          client(
              "dashboard export",
              "Print a dashboard as a file would hold it, or write it into one",
              "NAME [FILE]",
              List.of(),
              List.of(
                  example("To look at it", "happo-hub dashboard export fleet"),
                  example("Into a file", "happo-hub dashboard export web dashboards/web.yaml")),
              "It is YAML; with --json, and in a file NAME.json, it is JSON."),
          client(
              "dashboard import",
              "Keep the dashboards of files, each in place of the one of its name",
              "FILE...",
              List.of(DRY_RUN),
              List.of(
                  example("One", "happo-hub dashboard import web.yaml"),
                  example("Look first", "happo-hub dashboard import --dry-run web.json db.json")),
              "YAML or JSON. One that does not say its name has that of its file. When one of"
                  + " them is wrong none is kept."),
          client(
              "dashboard apply",
              "Make a folder the dashboards: those that are not in it are removed",
              "DIRECTORY",
              List.of(DRY_RUN),
              List.of(
                  example("From a CI job", "happo-hub dashboard apply ./dashboards"),
                  example("Look first", "happo-hub dashboard apply --dry-run ./dashboards")),
              "Takes its files *.yaml, *.yml and *.json as 'dashboard import' does. Those that"
                  + " come with the hub stay."),
          client(
              "dashboard remove",
              "Remove dashboards; those of their names that come with the hub are there again",
              "NAME...",
              List.of(),
              List.of(
                  example("One", "happo-hub dashboard remove web"),
                  example("Two", "happo-hub dashboard remove web db"))));
}
