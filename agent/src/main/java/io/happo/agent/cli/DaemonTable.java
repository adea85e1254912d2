package io.happo.agent.cli;

import static io.happo.program.cli.Type.FILE;
import static io.happo.program.cli.Type.LIST;
import static io.happo.program.cli.Type.PORT;
import static io.happo.program.cli.Type.SHA256;
import static io.happo.program.cli.Type.TEXT;

import io.happo.agent.exec.Restraint;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of {@code happo-agent daemon}: the original's options first, in its order, then ours.
 */
final class DaemonTable {
  private static final int DAY_SECONDS = 86_400;
  private static final int MEGABYTE = 1 << 20;

  private static final List<Option> OPTIONS =
      List.of(
          Option.of("port", PORT, "PORT", "Port to answer HTTPS on; 0 lets the system choose one.")
              .withKey('P')
              .from("HAPPO_AGENT_PORT")
              .byDefault("6777"),
          Option.of(
                  "allowed-hosts",
                  LIST,
                  "ADDRESSES",
                  "IP addresses and CIDR blocks that may connect. 127.0.0.1 always may.")
              .withKey('A')
              .from("HAPPO_AGENT_ALLOWED_HOSTS")
              .thatRepeats(),
          Option.of("public-key", FILE, "FILE", "Certificate to show, PEM, its issuers after it.")
              .withKey('B')
              .from("HAPPO_AGENT_PUBLIC_KEY")
              .byDefault("./happo-agent.pub"),
          Option.of(
                  "private-key",
                  FILE,
                  "FILE",
                  "Private key of the certificate, PEM (PKCS#1 or PKCS#8).")
              .withKey('R')
              .from("HAPPO_AGENT_PRIVATE_KEY")
              .byDefault("./happo-agent.key"),
          Option.of(
                  "metric-config",
                  FILE,
                  "FILE",
                  "Which metric plugins to run, YAML. May be empty; written by"
                      + " /metric/config/update.")
              .withKey('M')
              .from("HAPPO_AGENT_METRIC_CONFIG")
              .byDefault("./metrics.yaml"),
          Option.of(
                  "autoscaling-config",
                  FILE,
                  "FILE",
                  "Which Auto Scaling groups to give aliases, YAML. Written by"
                      + " /autoscaling/config/update.")
              .withKey('a')
              .from("HAPPO_AGENT_AUTOSCALING_CONFIG")
              .byDefault("./autoscaling.yaml"),
          Option.of(
                  "cpu-profile",
                  FILE,
                  "FILE",
                  "Write a recording of the Java Flight Recorder here.")
              .withKey('C')
              .from("HAPPO_AGENT_CPU_PROFILE"),
          Option.of(
                  "max-connections",
                  Type.whole(1, 65_536),
                  "COUNT",
                  "Connections served at once; more wait for their turn.")
              .withKey('X')
              .from("HAPPO_AGENT_MAX_CONNECTIONS")
              .byDefault("1000")
              .in("connections"),
          Option.of(
                  "command-timeout",
                  Type.whole(1, DAY_SECONDS),
                  "SECONDS",
                  "How long a plugin or command may run; then it is terminated, and killed 3"
                      + " seconds later.")
              .withKey('T')
              .from("HAPPO_AGENT_COMMAND_TIMEOUT")
              .byDefault("10")
              .in("seconds"),
          Option.of("logfile", FILE, "FILE", "Log file; reopened on SIGHUP.")
              .withKey('l')
              .from("HAPPO_AGENT_LOGFILE")
              .byDefault("happo-agent.log"),
          Option.of("dbfile", FILE, "FILE", "Where the agent keeps its state.")
              .withKey('d')
              .from("HAPPO_AGENT_DBFILE")
              .byDefault("happo-agent.db"),
          Option.of(
                  "metrics-max-lifetime-seconds",
                  Type.atLeast(0),
                  "SECONDS",
                  "How long metrics wait to be fetched; older ones are dropped and logged.")
              .from("HAPPO_AGENT_METRICS_MAX_LIFETIME_SECONDS")
              .byDefault("604800")
              .in("seconds"),
          Option.of(
                  "machine-state-max-lifetime-seconds",
                  Type.atLeast(0),
                  "SECONDS",
                  "How long snapshots of the machine's state are kept.")
              .from("HAPPO_AGENT_MACHINE_STATE_MAX_LIFETIME_SECONDS")
              .byDefault("259200")
              .in("seconds"),
          Option.of(
                  "proxy-timeout-seconds",
                  Type.whole(1, DAY_SECONDS),
                  "SECONDS",
                  "How long the next agent may take to answer a proxied request.")
              .from("HAPPO_AGENT_PROXY_TIMEOUT_SECONDS")
              .byDefault("180")
              .in("seconds"),
          Option.of(
                  "error-log-interval-seconds",
                  Type.atLeast(Integer.MIN_VALUE),
                  "SECONDS",
                  "Least time between two snapshots of the machine's state, taken when a plugin"
                      + " does not answer OK. Negative: none are taken.")
              .from("HAPPO_AGENT_ERROR_LOG_INTERVAL_SECONDS")
              .byDefault("-1")
              .in("seconds"),
          Option.of(
                  "nagios-plugin-paths",
                  LIST,
                  "DIRECTORIES",
                  "Where plugins are, searched in order.")
              .from("HAPPO_AGENT_NAGIOS_PLUGIN_PATHS")
              .byDefault(
                  "/usr/local/hb-agent/bin,/usr/lib64/nagios/plugins,/usr/lib/nagios/plugins,"
                      + "/usr/local/nagios/libexec,/usr/local/bin"),
          Option.of(
                  "sensu-plugin-paths",
                  LIST,
                  "DIRECTORIES",
                  "Where metric plugins are, searched in order.")
              .from("HAPPO_AGENT_SENSU_PLUGIN_PATHS")
              .byDefault("/usr/local/hb-agent/bin,/usr/local/bin"),
          Option.flag(
                  "enable-requeststatus-middleware",
                  "Count answers, and tell them at /status/request.")
              .from("HAPPO_AGENT_ENABLE_REQUESTSTATUS_MIDDLEWARE"),
          Option.flag("disable-collect-metrics", "Run no metric plugins.")
              .from("HAPPO_AGENT_DISABLE_COLLECT_METRICS"),
          Option.flag(
                  "enable-autoscaling-node", "This host is an instance of an Auto Scaling group.")
              .from("HAPPO_AGENT_DAEMON_AUTOSCALING_NODE"),
          Option.of(
                  "autoscaling-bastion-endpoint",
                  TEXT,
                  "URL",
                  "Agent at which an Auto Scaling instance registers itself. Required with"
                      + " --enable-autoscaling-node.")
              .from("HAPPO_AGENT_DAEMON_AUTOSCALING_BASTION_ENDPOINT"),
          Option.of(
                  "autoscaling-join-wait-seconds",
                  Type.whole(0, DAY_SECONDS),
                  "SECONDS",
                  "How long an Auto Scaling instance waits before it registers itself.")
              .from("HAPPO_AGENT_DAEMON_AUTOSCALING_JOIN_WAIT_SECONDS")
              .byDefault("60")
              .in("seconds"),
          Option.of(
                  "autoscaling-parameter-store-path",
                  TEXT,
                  "PATH",
                  "Path in the AWS SSM Parameter Store; the parameters below it that are named"
                      + " like the environment variables of the two options above override"
                      + " them.")
              .from("HAPPO_AGENT_DAEMON_AUTOSCALING_PARAMETER_STORE_PATH"),
          Option.of(
                  "aws-program",
                  FILE,
                  "FILE",
                  "Program that asks AWS for Auto Scaling. Not given: happo-aws/bin/happo-aws beside"
                      + " the agent's folder, where the download happo-aws is unpacked.")
              .from("HAPPO_AGENT_AWS_PROGRAM"),
          Option.of(
                  "listen-address",
                  TEXT,
                  "ADDRESS",
                  "Address to answer on. Not given: all addresses.")
              .from("HAPPO_AGENT_LISTEN_ADDRESS"),
          Option.of(
                  "api-key-file",
                  FILE,
                  "FILE",
                  "File whose first line is the key that every request must carry as apikey;"
                      + " only its owner may read it (mode 0600). Not given: keys are not"
                      + " checked.")
              .from("HAPPO_AGENT_API_KEY_FILE"),
          Option.of(
                  "client-ca",
                  FILE,
                  "FILE",
                  "Authorities, PEM. Clients must show a certificate that one of them issued.")
              .from("HAPPO_AGENT_CLIENT_CA"),
          Option.of(
                  "proxy-ca",
                  FILE,
                  "FILE",
                  "Authorities, PEM, that must have issued the certificate of the next agent of"
                      + " a proxied request. Not given: any certificate will do.")
              .from("HAPPO_AGENT_PROXY_CA"),
          Option.of(
                  "proxy-pin",
                  SHA256,
                  "SHA256",
                  "Digest of the public key that the next agent of a proxied request must"
                      + " have.")
              .from("HAPPO_AGENT_PROXY_PIN"),
          Option.of(
                  "inventory-allow",
                  LIST,
                  "COMMANDS",
                  "The only commands that /inventory may run. Not given: any.")
              .from("HAPPO_AGENT_INVENTORY_ALLOW")
              .thatRepeats(),
          Option.of(
                  "loopback-users",
                  LIST,
                  "USERS",
                  "Local users who may ask over 127.0.0.1, besides root and the agent's own.")
              .from("HAPPO_AGENT_LOOPBACK_USERS")
              .thatRepeats(),
          Option.of(
                  "max-output-bytes",
                  Type.whole(1024, 2 * MEGABYTE),
                  "BYTES",
                  "How much output of one plugin or command is kept; the rest is thrown away.")
              .from("HAPPO_AGENT_MAX_OUTPUT_BYTES")
              .byDefault("1048576")
              .in("bytes"),
          Option.of(
                  "max-processes",
                  Type.whole(1, 4096),
                  "COUNT",
                  "Plugins and commands that run at once; more wait for their turn.")
              .from("HAPPO_AGENT_MAX_PROCESSES")
              .byDefault("256")
              .in("processes"),
          Option.of(
                  "plugin-nice",
                  Type.whole(0, 19),
                  "COUNT",
                  "How far plugins and commands stand behind the agent where the processor is short"
                      + " (nice), so that a busy machine still reports; 0: not at all.")
              .from("HAPPO_AGENT_PLUGIN_NICE")
              .byDefault("5"),
          Option.of(
                  "plugin-max-cpu-seconds",
                  Type.whole(1, DAY_SECONDS),
                  "SECONDS",
                  "Processor time that each process of a plugin or command may take; then it is"
                      + " ended, and the answer says so. Not given: as much as it likes.")
              .from("HAPPO_AGENT_PLUGIN_MAX_CPU_SECONDS")
              .in("seconds"),
          Option.of(
                  "plugin-max-memory",
                  Type.whole(Restraint.MIN_MEGABYTES, MEGABYTE),
                  "MEGABYTES",
                  "Memory, in MiB, that each process of a plugin or command may have to write to;"
                      + " more is refused to it. Not given: as much as it likes.")
              .from("HAPPO_AGENT_PLUGIN_MAX_MEMORY")
              .in("MiB"),
          Option.of(
                  "max-request-bytes",
                  Type.whole(1024, 64 * MEGABYTE),
                  "BYTES",
                  "The largest request that is read; larger ones are refused.")
              .from("HAPPO_AGENT_MAX_REQUEST_BYTES")
              .byDefault("2097152")
              .in("bytes"),
          Option.of(
                  "builtin-checks",
                  Type.choice("missing", "first", "off"),
                  "WHEN",
                  "When a command whose program is called as a check that is part of the agent is"
                      + " that check: missing: where the program is not there; first: always; off:"
                      + " never. 'happo-agent check --list' names them.")
              .from("HAPPO_AGENT_BUILTIN_CHECKS")
              .byDefault("missing"),
          Option.flag(
                  "no-shell",
                  "Run plugins and commands without a shell: quotes in their options still"
                      + " group words, nothing else has a meaning.")
              .from("HAPPO_AGENT_NO_SHELL"),
          Option.of(
                  "nrpe-config",
                  FILE,
                  "FILE",
                  "Answer check_nrpe too, as this nrpe.cfg says. 'happo-agent nrpe-check FILE'"
                      + " tells beforehand what will differ.")
              .from("HAPPO_AGENT_NRPE_CONFIG"),
          Option.of(
                  "nrpe-port",
                  PORT,
                  "PORT",
                  "Answer check_nrpe too, on this port, without an nrpe.cfg; 0 lets the system"
                      + " choose one. Needs --nrpe-commands.")
              .from("HAPPO_AGENT_NRPE_PORT"),
          Option.of(
                  "nrpe-commands",
                  FILE,
                  "FILE",
                  "What check_nrpe may ask for, with --nrpe-port: YAML, a line NAME: COMMAND for"
                      + " each.")
              .from("HAPPO_AGENT_NRPE_COMMANDS"),
          Option.of(
                  "nrpe-allowed-hosts",
                  LIST,
                  "HOSTS",
                  "IP addresses, networks and host names that may ask with check_nrpe, with"
                      + " --nrpe-port. Not given: 127.0.0.1 and ::1.")
              .from("HAPPO_AGENT_NRPE_ALLOWED_HOSTS")
              .thatRepeats(),
          Option.flag(
                  "nrpe-arguments",
                  "Let check_nrpe bring arguments, which take the place of $ARG1$ and so on,"
                      + " with --nrpe-port.")
              .from("HAPPO_AGENT_NRPE_ARGUMENTS"),
          Option.flag(
                  "nrpe-no-tls", "Speak with check_nrpe without TLS; it needs its option -n then.")
              .from("HAPPO_AGENT_NRPE_NO_TLS"),
          Option.flag(
                  "nrpe-legacy-tls",
                  "Let in clients of NRPE 2, which know nothing but anonymous Diffie-Hellman.")
              .from("HAPPO_AGENT_NRPE_LEGACY_TLS"),
          Option.flag(
                  "nrpe-explain",
                  "Answer UNKNOWN and the reason when a query of an allowed host is refused;"
                      + " otherwise the connection is closed without a word, as NRPE does.")
              .from("HAPPO_AGENT_NRPE_EXPLAIN"));

  private static List<Option> options() {
    var all = new ArrayList<>(OPTIONS);
    all.addAll(FeedsTable.OF_THE_DAEMON);
    all.addAll(HubTable.OF_THE_DAEMON);
    return all;
  }

  static final Command COMMAND =
      new Command(
          "daemon",
          "Run the agent and answer over HTTPS",
          List.of(
              "Runs Nagios plugins, inventory commands and metric plugins for those who ask over"
                  + " HTTPS, and passes requests on to other agents. Runs in the foreground until"
                  + " it gets SIGTERM or SIGINT; SIGHUP makes it reopen its log file and read"
                  + " metrics.yaml and the certificate anew.",
              "Requests are answered for 127.0.0.1 and for the addresses of --allowed-hosts, nobody"
                  + " else."),
          "",
          options(),
          List.of(
              new Example(
                  "Answer a monitoring server and a network",
                  "happo-agent daemon -A 192.0.2.10 -A 198.51.100.0/24"),
              new Example(
                  "Let plugins take a minute, and demand an API key",
                  "happo-agent daemon -T 60 --api-key-file /etc/happo-agent/api.key"),
              new Example(
                  "Take the place of the NRPE daemon",
                  "happo-agent daemon --nrpe-config /etc/nagios/nrpe.cfg"),
              new Example(
                  "Take the settings from a file",
                  "set -a; . /etc/default/happo-agent.env; happo-agent daemon")),
          List.of(
              new Exit("0", "It was asked to stop, and stopped."),
              new Exit("1", "It could not start; standard error and the log say why."),
              new Exit("2", "The command line or a variable of the environment is wrong.")));

  private DaemonTable() {}
}
