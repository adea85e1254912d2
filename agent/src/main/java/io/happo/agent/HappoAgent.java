package io.happo.agent;

import io.happo.agent.api.Api;
import io.happo.agent.autoscaling.AutoScalingNode;
import io.happo.agent.cli.CheckClient;
import io.happo.agent.cli.Clients;
import io.happo.agent.cli.Programs;
import io.happo.agent.cli.Tags;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Insiders;
import io.happo.agent.exec.Restraint;
import io.happo.agent.feeds.FeedSettings;
import io.happo.agent.nrpe.AllowedHosts;
import io.happo.agent.orders.HubWork;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.uplink.UplinkSettings;
import io.happo.core.link.JoinToken;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Trust;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import io.happo.program.cli.Version;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The program {@code happo-agent}: the daemon, or one of its clients. */
public final class HappoAgent {
  /** The most of request line and header fields. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /** The least that a slow peer is granted for a request or an answer. */
  private static final Duration MIN_REQUEST_TIMEOUT = Duration.ofSeconds(60);

  /** Variables that plugins must not see: they hold secrets. */
  private static final Set<String> SECRETS = Set.of("HAPPO_AGENT_API_KEY", "HAPPO_AGENT_HUB_TOKEN");

  /** Names the variables that the launcher set or unset for the JVM. */
  private static final String LAUNCHER_VARIABLES = "HAPPO_LAUNCHER_ENV";

  /** What all requests and answers together may hold, unless single requests may be very large. */
  private static final long MIN_HELD_BYTES = 16 * 1024 * 1024;

  /** Before such a name: the variable that holds what was there before. */
  private static final String KEPT_PREFIX = "HAPPO_KEEP_";

  private HappoAgent() {}

  /** Runs it and ends the process: 0 done, 1 failed, 2 not understood. */
  public static void main(String[] words) {
    var environment = System.getenv();
    if (CheckClient.isRun(words)) {
      System.exit(CheckClient.run(words, environment, System.out));
    }
    var parsed = Parser.parse(Programs.happoAgent(), words, environment);
    int exit =
        parsed instanceof Parsed.Run run && run.command().name().equals("daemon")
            ? daemon(run.arguments(), environment)
            : Clients.run(
                parsed,
                System.in,
                System.out,
                System.err,
                arguments -> check(arguments, environment));
    System.exit(exit);
  }

  private static int daemon(Arguments arguments, Map<String, String> environment) {
    AllowedHosts.keepNamesBriefly();
    try {
      var settings = settings(arguments, environment);
      Daemon.run(Version.number(), settings, Supervision.of(environment), System.err);
      return 0;
    } catch (IOException e) {
      System.err.println("happo-agent: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 1;
    }
  }

  /**
   * Reads the options as the daemon does, and opens nothing.
   *
   * @throws IOException the line that the daemon would end with
   */
  static void check(Arguments arguments, Map<String, String> environment) throws IOException {
    var settings = settings(arguments, environment);
    settings.api().check();
    if (settings.node().isPresent()) {
      settings.node().get().check();
    }
    if (arguments.has("nrpe-port") && settings.nrpe().isPresent()) {
      var _ = settings.nrpe().get().read().orThrow();
    }
  }

  private static DaemonSettings settings(Arguments arguments, Map<String, String> environment)
      throws IOException {
    return new DaemonSettings(
        arguments.path("logfile"),
        level(arguments.text("log-level")),
        arguments.path("public-key"),
        arguments.path("private-key"),
        arguments.path("metric-config"),
        arguments.path("autoscaling-config"),
        node(arguments),
        file(arguments, "aws-program").orElseGet(HappoAgent::awsProgram),
        arguments.path("dbfile"),
        arguments.seconds("metrics-max-lifetime-seconds"),
        arguments.seconds("machine-state-max-lifetime-seconds"),
        paths(arguments, "nagios-plugin-paths"),
        paths(arguments, "sensu-plugin-paths"),
        trust(arguments),
        NrpeOptions.of(arguments),
        feeds(arguments),
        hub(arguments, environment),
        Insiders.When.valueOf(arguments.text("builtin-checks").toUpperCase(Locale.ROOT)),
        file(arguments, "cpu-profile"),
        server(arguments),
        new ExecSettings(
            arguments.number("max-processes"),
            arguments.number("max-output-bytes"),
            ExecSettings.DEFAULT_KILL_AFTER,
            forPlugins(environment),
            restraint(arguments)),
        api(arguments),
        warnings(arguments));
  }

  private static Optional<AutoScalingNode.Settings> node(Arguments arguments) throws IOException {
    if (!arguments.flag("enable-autoscaling-node")) {
      return Optional.empty();
    }
    Optional<String> path =
        arguments.has("autoscaling-parameter-store-path")
            ? Optional.of(arguments.text("autoscaling-parameter-store-path"))
            : Optional.empty();
    return Optional.of(
        new AutoScalingNode.Settings(
            bastion(arguments),
            arguments.seconds("autoscaling-join-wait-seconds"),
            path,
            file(arguments, "api-key-file")));
  }

  private static Optional<URI> bastion(Arguments arguments) throws IOException {
    if (!arguments.has("autoscaling-bastion-endpoint")) {
      return Optional.empty();
    }
    var text = arguments.text("autoscaling-bastion-endpoint");
    try {
      return Optional.of(AutoScalingNode.bastion(text));
    } catch (IllegalArgumentException e) {
      throw new IOException("--autoscaling-bastion-endpoint: " + e.getMessage(), e);
    }
  }

  /** Where it is when it was unpacked beside the agent. */
  private static Path awsProgram() {
    return Path.of(System.getProperty("java.home"), "..", "..", "happo-aws", "bin", "happo-aws")
        .normalize();
  }

  private static FeedSettings feeds(Arguments arguments) {
    return new FeedSettings(
        port(arguments, "statsd-port"),
        arguments.seconds("statsd-flush-seconds"),
        port(arguments, "graphite-port"),
        arguments.number("metrics-max-names"));
  }

  private static Restraint restraint(Arguments arguments) {
    return new Restraint(
        arguments.number("plugin-nice"),
        arguments.has("plugin-max-cpu-seconds") ? arguments.number("plugin-max-cpu-seconds") : 0,
        arguments.has("plugin-max-memory") ? arguments.number("plugin-max-memory") : 0);
  }

  private static OptionalInt port(Arguments arguments, String option) {
    return arguments.has(option) ? OptionalInt.of(arguments.number(option)) : OptionalInt.empty();
  }

  private static HubWork.Settings hub(Arguments arguments, Map<String, String> environment)
      throws IOException {
    Optional<UplinkSettings.Invitation> invitation = Optional.empty();
    if (arguments.has("hub-url") != arguments.has("hub-token")) {
      throw new IOException("--hub-url and --hub-token go together: give both, or neither");
    }
    if (arguments.has("hub-url")) {
      try {
        invitation =
            Optional.of(
                new UplinkSettings.Invitation(
                    URI.create(arguments.text("hub-url")),
                    JoinToken.parse(arguments.text("hub-token"))));
      } catch (IllegalArgumentException e) {
        throw new IOException("--hub-url, --hub-token: " + e.getMessage(), e);
      }
    }
    return new HubWork.Settings(
        arguments.path("hub-folder"),
        Tags.of(arguments.list("tag")),
        HubMayRun.of(arguments.text("hub-may-run")).orElseThrow(),
        invitation,
        forPlugins(environment),
        arguments.flag("leave-hub-at-stop"));
  }

  /** What somebody named and is not there. Defaults name more than a machine has. */
  private static List<String> warnings(Arguments arguments) {
    var warnings = new ArrayList<String>();
    for (var option : List.of("nagios-plugin-paths", "sensu-plugin-paths")) {
      if (arguments.isGiven(option)) {
        for (var folder : paths(arguments, option)) {
          if (!Files.isDirectory(folder)) {
            warnings.add("--" + option + ": there is no folder " + folder + "; it is passed over");
          }
        }
      }
    }
    var config = arguments.path("metric-config");
    if (arguments.isGiven("metric-config") && !Files.exists(config)) {
      warnings.add(
          "--metric-config: there is no file " + config + "; no metric plugins are run yet");
    }
    return warnings;
  }

  private static Api.Settings api(Arguments arguments) {
    int interval = arguments.number("error-log-interval-seconds");
    return new Api.Settings(
        arguments.list("allowed-hosts"),
        arguments.has("loopback-users")
            ? Optional.of(arguments.list("loopback-users"))
            : Optional.empty(),
        file(arguments, "api-key-file"),
        Set.copyOf(arguments.list("inventory-allow")),
        !arguments.flag("no-shell"),
        arguments.seconds("command-timeout"),
        arguments.seconds("proxy-timeout-seconds"),
        arguments.number("max-processes"),
        interval < 0 ? OptionalLong.empty() : OptionalLong.of(interval),
        arguments.flag("enable-requeststatus-middleware"),
        !arguments.flag("disable-collect-metrics"));
  }

  private static HttpsServerSettings server(Arguments arguments) throws IOException {
    var timeout = MIN_REQUEST_TIMEOUT;
    for (var option : List.of("proxy-timeout-seconds", "command-timeout")) {
      var candidate = arguments.seconds(option);
      timeout = candidate.compareTo(timeout) > 0 ? candidate : timeout;
    }
    return new HttpsServerSettings(
        address(arguments),
        arguments.number("max-connections"),
        MAX_HEADER_BYTES,
        arguments.number("max-request-bytes"),
        Math.max(MIN_HELD_BYTES, 2L * arguments.number("max-request-bytes")),
        timeout,
        file(arguments, "client-ca"));
  }

  private static InetSocketAddress address(Arguments arguments) throws IOException {
    int port = arguments.number("port");
    var host = arguments.text("listen-address");
    try {
      return host.isEmpty()
          ? new InetSocketAddress(port)
          : new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IOException(
          "--listen-address: there is no address '" + host + "' on this machine", e);
    }
  }

  private static Trust trust(Arguments arguments) throws IOException {
    if (arguments.has("proxy-ca") && arguments.has("proxy-pin")) {
      throw new IOException("--proxy-ca and --proxy-pin exclude each other: give one");
    }
    if (arguments.has("proxy-ca")) {
      return new Trust.Authorities(arguments.path("proxy-ca"));
    }
    return arguments.has("proxy-pin")
        ? new Trust.Pin(arguments.digest("proxy-pin"))
        : new Trust.Anything();
  }

  /**
   * The daemon's own environment, as it was before the launcher changed it for the JVM, and without
   * the daemon's secrets and what its service manager told it.
   */
  static Map<String, String> forPlugins(Map<String, String> environment) {
    var variables = new HashMap<>(environment);
    for (var name : environment.getOrDefault(LAUNCHER_VARIABLES, "").split(" ", -1)) {
      var kept = variables.remove(KEPT_PREFIX + name);
      if (kept == null) {
        variables.remove(name);
      } else {
        variables.put(name, kept);
      }
    }
    variables.remove(LAUNCHER_VARIABLES);
    variables.keySet().removeAll(SECRETS);
    Supervision.VARIABLES.forEach(variables::remove);
    return variables;
  }

  private static Level level(String word) {
    return switch (word) {
      case "debug" -> Level.DEBUG;
      case "info" -> Level.INFO;
      default -> Level.WARNING;
    };
  }

  private static List<Path> paths(Arguments arguments, String option) {
    return arguments.list(option).stream().map(Path::of).toList();
  }

  private static Optional<Path> file(Arguments arguments, String option) {
    return arguments.has(option) ? Optional.of(arguments.path(option)) : Optional.empty();
  }
}
