package io.happo.hub.cli;

import static io.happo.program.cli.Type.FILE;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.PORT;
import static io.happo.program.cli.Type.TEXT;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The commands that work on the hub's own data. */
final class ServeTable {
  static final Exit MISUSE =
      new Exit("2", "The command line or a variable of the environment is wrong.");

  private static final Option STORE =
      Option.of(
              "store",
              TEXT,
              "URL",
              "Where everything is kept: jdbc:postgresql://HOST/DATABASE?user=NAME, or nothing for a"
                  + " file in the data folder.")
          .from("HAPPO_HUB_STORE");

  private static final Option STORE_PASSWORD =
      Option.of(
              "store-password-file",
              FILE,
              "FILE",
              "File whose first line is the password for PostgreSQL.")
          .from("HAPPO_HUB_STORE_PASSWORD_FILE");

  private static final Option DATA =
      Option.of(
              "data",
              FILE,
              "DIRECTORY",
              "Folder of the hub's keys, passwords and embedded store; made when it is missing.")
          .from("HAPPO_HUB_DATA")
          .byDefault("./happo-hub");

  static final Command SERVE =
      new Command(
          "serve",
          "Run the hub",
          List.of(
              "Waits for agents, people and programs on one HTTPS port. At its first start it makes"
                  + " its key pair, the account admin, and a file for the client commands, and says"
                  + " where they are. Runs in the foreground until it gets SIGTERM or SIGINT;"
                  + " SIGHUP makes it reopen its log file and read the certificate anew."),
          "",
          List.of(
              DATA,
              Option.of("port", PORT, "PORT", "HTTPS port; 0 lets the system choose one.")
                  .withKey('P')
                  .from("HAPPO_HUB_PORT")
                  .byDefault("6778"),
              Option.of(
                      "listen-address",
                      TEXT,
                      "ADDRESS",
                      "Address of this machine to listen on; all of them unless given.")
                  .from("HAPPO_HUB_LISTEN_ADDRESS"),
              Option.of(
                      "public-url",
                      TEXT,
                      "URL",
                      "How agents and browsers reach the hub: https://NAME[:PORT]. Stands in the lines"
                          + " by which agents join; this machine's name and the port unless given.")
                  .from("HAPPO_HUB_PUBLIC_URL"),
              Option.of(
                      "certificate",
                      FILE,
                      "FILE",
                      "Certificate to show, PEM, its issuers after it; one of its own unless given.")
                  .from("HAPPO_HUB_CERTIFICATE"),
              Option.of("key", FILE, "FILE", "Private key of --certificate, PEM.")
                  .from("HAPPO_HUB_KEY"),
              STORE,
              STORE_PASSWORD,
              Option.of(
                      "keep-results-days",
                      Type.whole(1, 3_650),
                      "DAYS",
                      "How long results and events are kept.")
                  .from("HAPPO_HUB_KEEP_RESULTS_DAYS")
                  .byDefault("30")
                  .in("days"),
              Option.of(
                      "keep-metrics-days",
                      Type.whole(1, 3_650),
                      "DAYS",
                      "How long each value that was measured is kept.")
                  .from("HAPPO_HUB_KEEP_METRICS_DAYS")
                  .byDefault("7")
                  .in("days"),
              Option.of(
                      "keep-metrics-5m-days",
                      Type.whole(1, 3_650),
                      "DAYS",
                      "How long least, most and average of 5 minutes are kept.")
                  .from("HAPPO_HUB_KEEP_METRICS_5M_DAYS")
                  .byDefault("90")
                  .in("days"),
              Option.of(
                      "keep-metrics-1h-days",
                      Type.whole(1, 36_500),
                      "DAYS",
                      "How long least, most and average of an hour are kept.")
                  .from("HAPPO_HUB_KEEP_METRICS_1H_DAYS")
                  .byDefault("730")
                  .in("days"),
              Option.of(
                      "keep-inventory-days",
                      Type.whole(1, 36_500),
                      "DAYS",
                      "How long it is kept what machines had before it changed.")
                  .from("HAPPO_HUB_KEEP_INVENTORY_DAYS")
                  .byDefault("365")
                  .in("days"),
              Option.of(
                      "max-series",
                      Type.whole(1, 10_000_000),
                      "COUNT",
                      "Series of one agent that have values at a time, which is within 7 days; values of"
                          + " more are dropped, and an event of the agent says so.")
                  .from("HAPPO_HUB_MAX_SERIES")
                  .byDefault("10000")
                  .in("series"),
              Option.of(
                      "max-agents",
                      Type.whole(1, 1_000_000),
                      "COUNT",
                      "Agents that may be connected at once; more are told to come later.")
                  .from("HAPPO_HUB_MAX_AGENTS")
                  .byDefault("20000")
                  .in("agents"),
              Option.of(
                      "graphite-port",
                      PORT,
                      "PORT",
                      "Take lines of Graphite on this port, TCP and UDP, usually 2003; 0 lets the"
                          + " system choose one. Not given: none. Graphite knows no password:"
                          + " whoever reaches the port and is allowed writes values of any agent.")
                  .from("HAPPO_HUB_GRAPHITE_PORT"),
              Option.of(
                      "graphite-listen-address",
                      TEXT,
                      "ADDRESS",
                      "Address of this machine for --graphite-port; 0.0.0.0 means all of them.")
                  .from("HAPPO_HUB_GRAPHITE_LISTEN_ADDRESS")
                  .byDefault("127.0.0.1"),
              Option.of(
                      "graphite-allowed-hosts",
                      LIST,
                      "ADDRESSES",
                      "IP addresses and CIDR blocks that may send to --graphite-port. 127.0.0.1 and"
                          + " ::1 always may.")
                  .from("HAPPO_HUB_GRAPHITE_ALLOWED_HOSTS")
                  .thatRepeats(),
              Option.of(
                      "manage-allowed-hosts",
                      LIST,
                      "ADDRESSES",
                      "IP addresses and CIDR blocks whose happo-agents may add themselves, and others,"
                          + " by 'happo-agent add', which knows no password: the hub asks whatever is"
                          + " added. 127.0.0.1 and ::1 always may.")
                  .from("HAPPO_HUB_MANAGE_ALLOWED_HOSTS")
                  .thatRepeats(),
              Option.of("logfile", FILE, "FILE", "Log file; standard error unless given.")
                  .from("HAPPO_HUB_LOGFILE")),
          List.of(
              new Example("Try it, with all files in one folder", "happo-hub serve --data ./hub"),
              new Example(
                  "With a name for agents and a store of its own",
                  "happo-hub serve --public-url https://hub.example:6778 --store"
                      + " 'jdbc:postgresql://db.example/happo?user=happo' --store-password-file"
                      + " /etc/happo-hub/store-password")),
          List.of(
              new Exit("0", "It was asked to stop, and stopped."),
              new Exit("1", "It could not start; standard error says why."),
              MISUSE));

  static final Command BACKUP =
      new Command(
          "backup",
          "Copy the embedded store into a file, also while the hub runs",
          List.of(
              "The copy is one moment of the store, and is checked before this says that it is"
                  + " done. A store in PostgreSQL is copied with pg_dump."),
          "FILE",
          List.of(DATA),
          List.of(
              new Example(
                  "Every night",
                  "happo-hub backup --data /var/lib/happo-hub /backup/hub-$(date +%F).db"),
              new Example("Of a trial", "happo-hub backup --data ./hub hub.db")),
          List.of(
              new Exit("0", "The copy is there and whole."),
              new Exit("1", "It is not; standard error says why."),
              MISUSE));

  static final Command RESTORE =
      new Command(
          "restore",
          "Put a copy in the place of the embedded store, while the hub is stopped",
          List.of(
              "What is there now is kept beside it under another name. Agents send again what the"
                  + " copy lacks and they still have."),
          "FILE",
          List.of(DATA),
          List.of(
              new Example(
                  "After a loss", "happo-hub restore --data /var/lib/happo-hub /backup/hub.db"),
              new Example("Of a trial", "happo-hub restore --data ./hub hub.db")),
          List.of(
              new Exit("0", "The copy is in its place."),
              new Exit("1", "It is not; standard error says why, and all is as it was."),
              MISUSE));

  private ServeTable() {}
}
