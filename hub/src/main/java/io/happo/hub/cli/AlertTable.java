package io.happo.hub.cli;

import static io.happo.hub.cli.HubTable.client;
import static io.happo.hub.cli.HubTable.example;
import static io.happo.hub.cli.HubTable.limit;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The part of the table of {@code happo-hub} that is about telling people. */
final class AlertTable {
  private AlertTable() {}

  private static final Option AGENTS =
      Option.of("agent", LIST, "PATTERN", "Only of these agents; * stands for any characters.")
          .thatRepeats();
  private static final Option TAGS =
      Option.of("tag", LIST, "NAME=VALUE", "Only of agents with this tag.").thatRepeats();
  private static final Option CHECKS =
      Option.of("check", LIST, "PATTERN", "Only of these checks.").thatRepeats();
  private static final Option REASON = Option.of("reason", TEXT, "TEXT", "Why.");

  static final List<Command> COMMANDS =
      List.of(
          client(
              "alerts",
              "List what is wrong, who was told of it, and who was not and why",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub alerts"),
                  example("As JSON", "happo-hub alerts --json"))),
          client(
              "alerts off",
              "Tell nobody anything until 'alerts on'",
              "",
              List.of(),
              List.of(
                  example("While the network is rebuilt", "happo-hub alerts off"),
                  example("And again", "happo-hub alerts on"))),
          client(
              "alerts on",
              "Tell people again",
              "",
              List.of(),
              List.of(
                  example("After 'alerts off'", "happo-hub alerts on"),
                  example("And look", "happo-hub alerts"))),
          client(
              "alerts try",
              "Tell what a rule of a plan's folder would have told in the last days",
              "DIRECTORY RULE",
              List.of(
                  Option.of("days", Type.whole(1, 31), "COUNT", "How many.")
                      .byDefault("7")
                      .in("days")),
              List.of(
                  example("Before it is applied", "happo-hub alerts try ./plan web"),
                  example("A month", "happo-hub alerts try ./plan web --days 31"))),
          client(
              "notes",
              "List what was told, what was not, and why",
              "[AGENT] [CHECK]",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub notes"),
                  example("Of one check", "happo-hub notes web-01 disk"),
                  example("Of an agent itself", "happo-hub notes web-01 @agent"))),
          client(
              "ack",
              "Say that you know of a trouble: nobody is told of it again",
              "AGENT CHECK",
              List.of(
                  Option.of("comment", TEXT, "TEXT", "What is done about it."),
                  Option.flag("sticky", "Until it is well; else until its status changes as well."),
                  Option.flag("undo", "Take it back.")),
              List.of(
                  example("One", "happo-hub ack web-01 disk --comment 'a new one is ordered'"),
                  example("An agent", "happo-hub ack web-01 @agent --sticky"))),
          client(
              "result",
              "Report a result of a job that no agent runs, such as a backup at night",
              "AGENT CHECK",
              List.of(
                  Option.of(
                          "status",
                          Type.choice("ok", "warning", "critical", "unknown"),
                          "STATUS",
                          "How it went.")
                      .byDefault("ok"),
                  Option.of(
                      "output", TEXT, "TEXT", "What there is to say, performance data after a |."),
                  Option.of(
                      "ttl",
                      TEXT,
                      "TIME",
                      "Without another result within this it is unknown: 30m, 26h, 8d. Not given:"
                          + " it stays as it is.")),
              List.of(
                  example(
                      "At the end of a script of each night",
                      "happo-hub result web-01 backup --output '212 GB|size=212GB' --ttl 26h"),
                  example(
                      "When it failed",
                      "happo-hub result web-01 backup --status critical --output 'see its log'"
                          + " --ttl 26h"),
                  example("When there is no such job any more", "happo-hub result web-01 backup")),
              "The check must not be one of the agent's plan. When the time is over without another"
                  + " result it is unknown, and people are told as of any trouble, also while the"
                  + " agent is away: that has no part in it."),
          client(
              "silence list",
              "List silences and downtimes",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub silence list"),
                  example("As JSON", "happo-hub silence list --json"))),
          client(
              "silence add",
              "Have nobody told of some troubles for a time",
              "",
              List.of(
                  AGENTS,
                  TAGS,
                  CHECKS,
                  Option.of("for", TEXT, "TIME", "How long: 30m, 12h, 7d."),
                  Option.flag("until-well", "Until all of it is well."),
                  REASON),
              List.of(
                  example(
                      "One check", "happo-hub silence add --agent web-01 --check disk --for 2h"),
                  example(
                      "Until it is mended",
                      "happo-hub silence add --agent 'test-*' --until-well --reason 'known'"))),
          client(
              "downtime add",
              "Plan work: nobody is told, and it does not count as time of trouble",
              "",
              List.of(
                  AGENTS,
                  TAGS,
                  CHECKS,
                  Option.of("begin", TEXT, "TIME", "In so long: 30m, 12h, 7d; now unless given."),
                  Option.of("for", TEXT, "TIME", "How long: 30m, 12h, 7d."),
                  Option.of(
                      "flexible",
                      TEXT,
                      "TIME",
                      "It begins with the first trouble within --for, and lasts so long."),
                  Option.of("times", TEXT, "TIMES", "Each week at these times: 'sun 02:00-04:00'."),
                  Option.of("timezone", TEXT, "ZONE", "By whose clocks: Europe/Berlin, UTC."),
                  REASON),
              List.of(
                  example("Two hours", "happo-hub downtime add --tag role=db --for 2h"),
                  example(
                      "Each Sunday",
                      "happo-hub downtime add --agent 'db*' --times 'sun 02:00-04:00' --timezone"
                          + " UTC"))),
          client(
              "silence end",
              "End a silence or a downtime",
              "NUMBER",
              List.of(),
              List.of(
                  example("By its number", "happo-hub silence end 7"),
                  example("Another", "happo-hub silence end 12"))),
          client(
              "channel list",
              "List by what people are told",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub channel list"),
                  example("As JSON", "happo-hub channel list --json"))),
          client(
              "channel set",
              "Add a channel, or change one",
              "NAME",
              List.of(
                  Option.of(
                      "kind",
                      Type.choice("mail", "webhook", "slack", "pagerduty", "command"),
                      "KIND",
                      "What it is."),
                  GivenSettings.SET,
                  GivenSettings.SECRET),
              List.of(
                  example(
                      "Mail",
                      "happo-hub channel set ops --kind mail --set to=ops@example.com --set"
                          + " server=mail.example.com --set user=happo --secret"
                          + " password=mail-password"),
                  example(
                      "Slack", "happo-hub channel set chat --kind slack --secret url=slack-url")),
              "Which settings there are for each kind stands in docs/alerts.md; a setting that is"
                  + " missing or wrong is told."),
          client(
              "channel test",
              "Send a trial message by a channel",
              "NAME",
              List.of(),
              List.of(
                  example("One", "happo-hub channel test ops"),
                  example("Another", "happo-hub channel test chat"))),
          client(
              "channel remove",
              "Remove a channel; what waits for it is given up",
              "NAME",
              List.of(),
              List.of(
                  example("One", "happo-hub channel remove ops"),
                  example("Another", "happo-hub channel remove chat"))),
          client(
              "messages",
              "List the messages: what was delivered, what waits, what was given up and why",
              "",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub messages"),
                  example("As JSON", "happo-hub messages --json"))));
}
