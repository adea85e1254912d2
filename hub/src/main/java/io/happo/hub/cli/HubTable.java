package io.happo.hub.cli;

import static io.happo.program.cli.Type.FILE;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.SHA256;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Program;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/** The table of {@code happo-hub}. */
public final class HubTable {
  private static final List<Exit> EXITS =
      List.of(
          new Exit("0", "Done."),
          new Exit("1", "Not done; standard error says why."),
          ServeTable.MISUSE);

  private static final List<Option> TO_HUB =
      List.of(
          Option.of(
                  "profile",
                  FILE,
                  "FILE",
                  "Where the hub is and how to get in, as 'login' and a hub's first start write it;"
                      + " ~/.config/happo/hub.json unless given.")
              .from("HAPPO_HUB_PROFILE"),
          Option.flag("json", "Print JSON instead of a table.").from("HAPPO_HUB_JSON"));

  static Command client(
      String name,
      String summary,
      String operand,
      List<Option> options,
      List<Example> examples,
      String... description) {
    var all = new ArrayList<>(options);
    all.addAll(TO_HUB);
    return new Command(name, summary, List.of(description), operand, all, examples, EXITS);
  }

  static Example example(String purpose, String line) {
    return new Example(purpose, line);
  }

  static Option limit() {
    return Option.of("limit", Type.whole(1, 10_000), "COUNT", "At most so many, the newest.")
        .byDefault("50")
        .in("lines");
  }

  private static final Command LOGIN =
      new Command(
          "login",
          "Get an API token from a hub, and keep it in the profile",
          List.of(
              "Asks for the password on the terminal, or reads the first line of standard input."
                  + " Without --pin and --ca the hub has to show a certificate that public authorities"
                  + " vouch for; a hub's own is known by its pin, which the client.json in its data"
                  + " folder holds."),
          "URL",
          List.of(
              Option.of("user", TEXT, "NAME", "User of the hub.").byDefault("admin"),
              Option.of(
                  "pin", SHA256, "SHA256", "Digest of the public key that the hub must show."),
              Option.of(
                  "ca", FILE, "FILE", "Authorities that must have issued its certificate, PEM."),
              TO_HUB.getFirst()),
          List.of(
              example("Once on each workstation", "happo-hub login https://hub.example:6778"),
              example(
                  "From a script",
                  "happo-hub login --user ci --ca ca.pem https://hub.example:6778 <password-file")),
          EXITS);

  private static final List<Command> AGENTS =
      List.of(
          client(
              "agents",
              "List the agents",
              "",
              List.of(
                  Option.of(
                      "state",
                      Type.choice("connected", "away", "pending", "revoked", "duplicate"),
                      "STATE",
                      "Only those in this state."),
                  Option.of("tag", LIST, "NAME=VALUE", "Only those with this tag.").thatRepeats()),
              List.of(
                  example("Who waits for approval", "happo-hub agents --state pending"),
                  example("The web servers", "happo-hub agents --tag role=web"))),
          client(
              "agent show",
              "Show all about one agent",
              "AGENT",
              List.of(),
              List.of(
                  example("By name", "happo-hub agent show web-01"),
                  example("By the start of its fingerprint", "happo-hub agent show 3fa9c1")),
              "An agent is named by its name, its fingerprint, or the start of that."),
          client(
              "agent approve",
              "Let an agent in that waits, or that was taken out",
              "AGENT...",
              List.of(),
              List.of(
                  example("One", "happo-hub agent approve web-01"),
                  example("Two", "happo-hub agent approve web-01 web-02"))),
          client(
              "agent revoke",
              "Take an agent out; its connection ends at once and its key is not accepted any more",
              "AGENT...",
              List.of(),
              List.of(
                  example("A machine that was stolen", "happo-hub agent revoke laptop-7"),
                  example("Two", "happo-hub agent revoke web-01 web-02"))),
          client(
              "agent edit",
              "Give an agent another name, or tags",
              "AGENT",
              List.of(
                  Option.of("name", TEXT, "NAME", "Its new name."),
                  Option.of("tag", LIST, "NAME=VALUE", "A tag to set; NAME= takes it away.")
                      .thatRepeats()),
              List.of(
                  example("A name", "happo-hub agent edit 3fa9c1 --name web-01"),
                  example(
                      "Tags", "happo-hub agent edit web-01 --tag role=web --tag site=berlin"))));

  private static final List<Command> CHECKS =
      List.of(
          client(
              "checks",
              "List checks and what they say now",
              "",
              List.of(
                  Option.of("agent", TEXT, "AGENT", "Only those of this agent."),
                  Option.of(
                      "status",
                      Type.choice("ok", "warning", "critical", "unknown", "problem"),
                      "STATUS",
                      "Only those that say this; problem: all but ok.")),
              List.of(
                  example("What is wrong", "happo-hub checks --status problem"),
                  example("One machine", "happo-hub checks --agent web-01"))),
          client(
              "history",
              "List the results of a check",
              "AGENT CHECK",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub history web-01 disk"),
                  example("More of them", "happo-hub history web-01 disk --limit 500"))),
          client(
              "events",
              "List what happened at an agent",
              "AGENT",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub events web-01"),
                  example("More of them", "happo-hub events web-01 --limit 500"))),
          client(
              "run",
              "Run something on an agent now, and show what it says while it runs",
              "AGENT [CHECK]",
              List.of(
                  Option.of("command", TEXT, "LINE", "Run this plugin with its options."),
                  Option.of("script", FILE, "FILE", "Run this script; - is standard input."),
                  Option.of("deadline", Type.whole(1, 3_600), "SECONDS", "When it is ended.")
                      .byDefault("60")
                      .in("seconds")),
              List.of(
                  example("A check of the plan", "happo-hub run web-01 disk"),
                  example(
                      "A plugin", "happo-hub run web-01 --command 'check_disk -w 10% -c 5% -p /'"),
                  example("A script", "happo-hub run web-01 --script ./look.sh")),
              "Ends with the status of what ran: 0 to 3. Ctrl-C ends it there too. What an agent"
                  + " runs for the hub its own settings say (--hub-may-run)."));

  private static final List<Command> PLAN =
      List.of(
          client(
              "plan show",
              "Print the plan as files would hold it",
              "",
              List.of(
                  Option.of("version", Type.atLeast(0), "NUMBER", "This version; 0 is the newest.")
                      .byDefault("0"),
                  Option.of("agent", TEXT, "AGENT", "What this agent is to run.")),
              List.of(
                  example("The newest", "happo-hub plan show"),
                  example("For one agent", "happo-hub plan show --agent web-01"))),
          client(
              "plan default",
              "Print a plan to begin with",
              "",
              List.of(),
              List.of(example("As a file of a plan", "happo-hub plan default > default.yaml")),
              "What is worth a look on any Linux machine, by checks that are part of the agent, each"
                  + " where there is something for it to look at. Asks no hub."),
          client(
              "plan diff",
              "Tell what applying a folder would change",
              "DIRECTORY",
              List.of(),
              List.of(
                  example("Before a merge", "happo-hub plan diff ./plan"),
                  example("As JSON", "happo-hub plan diff --json ./plan"))),
          client(
              "plan apply",
              "Make a folder the plan",
              "DIRECTORY",
              List.of(
                  Option.flag("dry-run", "Check it and tell what would change; change nothing."),
                  Option.of("comment", TEXT, "TEXT", "Why, for the list of versions."),
                  Option.of(
                          "share",
                          Type.whole(1, 100),
                          "PERCENT",
                          "Give it to so many of the agents first; the others follow when these"
                              + " have applied it.")
                      .byDefault("100")
                      .in("percent of the agents")),
              List.of(
                  example("From a CI job", "happo-hub plan apply ./plan --comment \"$CI_COMMIT\""),
                  example("A tenth first", "happo-hub plan apply ./plan --share 10")),
              "Does nothing when nothing would change."),
          client(
              "plan versions",
              "List the versions of the plan: who, when, why",
              "",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub plan versions"),
                  example("As JSON", "happo-hub plan versions --json"))),
          client(
              "plan rollback",
              "Make an earlier version the plan again",
              "VERSION",
              List.of(Option.of("comment", TEXT, "TEXT", "Why, for the list of versions.")),
              List.of(
                  example("To version 12", "happo-hub plan rollback 12"),
                  example(
                      "And say why", "happo-hub plan rollback 12 --comment 'too many alarms'"))));

  private static final List<Command> ACCESS =
      List.of(
          client(
              "token create",
              "Make a token, and print the line by which an agent joins",
              "",
              List.of(
                  Option.of("ttl", TEXT, "TIME", "How long it can be used: 30m, 12h, 7d.")
                      .byDefault("1d"),
                  Option.of(
                          "uses", Type.whole(0, 1_000_000), "COUNT", "How often; 0 is any number.")
                      .byDefault("1")
                      .in("agents"),
                  Option.of("tag", LIST, "NAME=VALUE", "A tag for those who join with it.")
                      .thatRepeats(),
                  Option.flag("approve", "Those who join with it need no approval."),
                  Option.flag(
                      "no-pin",
                      "Agents shall trust the public authorities instead of this hub's key.")),
              List.of(
                  example("For one machine", "happo-hub token create --approve"),
                  example(
                      "For a group that scales",
                      "happo-hub token create --ttl 365d --uses 0 --approve --tag role=web"))),
          client(
              "token list",
              "List the tokens",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub token list"),
                  example("As JSON", "happo-hub token list --json"))),
          client(
              "token revoke",
              "Make a token worthless; those who have joined with it stay",
              "TOKEN",
              List.of(),
              List.of(
                  example("By its number", "happo-hub token revoke 7"),
                  example("Another", "happo-hub token revoke 12"))),
          client(
              "user list",
              "List the users",
              "",
              List.of(),
              List.of(
                  example("All", "happo-hub user list"),
                  example("As JSON", "happo-hub user list --json"))),
          client(
              "user set",
              "Add a user, or change one's role or password",
              "NAME",
              List.of(
                  Option.of(
                      "role",
                      Type.choice("viewer", "operator", "admin"),
                      "ROLE",
                      "What it may do."),
                  Option.flag(
                      "password", "Ask for a new password, or read it from standard input.")),
              List.of(
                  example("Somebody new", "happo-hub user set ada --role operator --password"),
                  example("Another role", "happo-hub user set ada --role admin"))),
          client(
              "user remove",
              "Remove a user, with its sessions and API tokens",
              "NAME",
              List.of(),
              List.of(
                  example("Somebody who left", "happo-hub user remove ada"),
                  example("A program", "happo-hub user remove ci"))),
          client(
              "audit",
              "List who changed or ran what",
              "",
              List.of(limit()),
              List.of(
                  example("The last ones", "happo-hub audit"),
                  example("As JSON", "happo-hub audit --json"))));

  public static final Program PROGRAM =
      new Program(
          "happo-hub",
          "Hub of a fleet of happo-agents: what they run, what they say, and who may do what",
          List.of(
              Option.of(
                      "log-level",
                      Type.choice("debug", "info", "warn"),
                      "LEVEL",
                      "How much to log.")
                  .from("HAPPO_HUB_LOG_LEVEL")
                  .byDefault("info")),
          commands(),
          2,
          false,
          false);

  private static List<Command> commands() {
    var all = new ArrayList<Command>();
    all.add(ServeTable.SERVE);
    all.add(LOGIN);
    all.addAll(AGENTS);
    all.addAll(CHECKS);
    all.addAll(InventoryTable.COMMANDS);
    all.addAll(MetricTable.COMMANDS);
    all.addAll(PLAN);
    all.addAll(AlertTable.COMMANDS);
    all.addAll(DashboardTable.COMMANDS);
    all.addAll(OutputTable.COMMANDS);
    all.addAll(ACCESS);
    all.add(ServeTable.BACKUP);
    all.add(ServeTable.RESTORE);
    return all;
  }

  private HubTable() {}
}
