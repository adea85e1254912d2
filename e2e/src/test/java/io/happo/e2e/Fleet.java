package io.happo.e2e;

import static io.happo.e2e.FakeAws.Instance.inService;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * The daemons and servers of the recordings, started anew on this machine's free ports. M is the
 * bastion that the commands were recorded with; E, the instance, starts when it is its turn.
 */
final class Fleet implements AutoCloseable {
  private static final Map<String, List<String>> FLAGS =
      Map.ofEntries(
          entry(
              "A",
              List.of(
                  "-A",
                  "127.0.0.5",
                  "-A",
                  "127.0.1.0/24",
                  "--command-timeout",
                  "3",
                  "--proxy-timeout-seconds",
                  "4",
                  "--enable-requeststatus-middleware")),
          entry("B", List.of("--command-timeout", "20")),
          // The original also had the malformed entry not-an-ip here; ours refuses to start with
          // it.
          entry(
              "C",
              List.of(
                  "-A",
                  "127.0.0.5",
                  "-A",
                  "127.0.0.6",
                  "-M",
                  "nowhere/metrics.yaml",
                  "-a",
                  "nowhere/autoscaling.yaml")),
          entry("D", List.of("--command-timeout", "3", "--proxy-timeout-seconds", "8")),
          entry("F", List.of("--error-log-interval-seconds", "0")),
          entry("G", List.of()),
          entry("H", List.of("--max-connections", "2")),
          entry("I", List.of()),
          entry("J", List.of()),
          entry("K", List.of()),
          entry("L", List.of("--disable-collect-metrics")),
          entry("M", List.of("--command-timeout", "20")));

  private static final Set<String> BASTIONS = Set.of("D", "M");
  static final String PROD = "dummy-prod-ag";
  private static final String STG = "dummy-stg-ag";

  private static final Map<String, Map<String, String>> ENVIRONMENT =
      Map.of("B", Map.of("HAPPO_AGENT_LOG_LEVEL", "info"), "G", Map.of("MARTINI_ENV", ""));

  private static final Map<String, String> METRICS =
      Map.of(
          "I",
          metrics("host-one", "s_ok", "s_fail") + metrics("host-two", "s_ok", "nosuchplugin"),
          "J",
          metrics("host-one", "s_ok", "s_bad"));

  private static final String GROUPS =
      """
      autoscalings:
      - autoscaling_group_name: dummy-prod-ag
        autoscaling_count: 3
        host_prefix: app
      - autoscaling_group_name: dummy-stg-ag
        autoscaling_count: 2
        host_prefix: web
      """;

  private final Path recorded;
  private final Path runs;
  private final Mapping mapping;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<String, Daemon> daemons = new HashMap<>();
  private final FakeServer oddHop;
  private final FakeServer manager;
  private final FakeServer recorder;
  private final FakeAws aws = new FakeAws();
  private final FakeAws otherAws = new FakeAws();

  /** What the recording https server says next; a case may change it for itself. */
  private volatile String recorderSays = "{\"a\":1}";

  private Fleet(Path home) throws IOException {
    recorded = Files.createDirectories(home.resolve("recorded"));
    runs = Files.createDirectories(home.resolve("runs"));
    mapping = new Mapping(recorded.toString(), runs.toString());
    layPlugins();
    var tls = TestTls.make(recorded.resolve("tls")).context();
    oddHop = server(FakeServer.https(tls, Fleet::oddAnswer), 17754);
    manager = server(FakeServer.http(Fleet::managerAnswer), 17803);
    recorder =
        server(
            FakeServer.https(tls, got -> FakeServer.reply(200, "application/json", recorderSays)),
            17804);
    server(
        FakeServer.http(got -> FakeServer.reply(200, "application/json", "{\"status\":\"ok\"}")),
        17753,
        17809);
    open.add(aws);
    open.add(otherAws);
    aws.group(PROD, inService("i-0a1", "127.0.0.1"), inService("i-0a2", "127.0.0.1"));
    aws.group(STG);
    otherAws.group(PROD, inService("i-0a1", "127.0.0.1"), inService("i-0a2", "127.0.0.9"));
    otherAws.group(STG, inService("i-0s1", "127.0.0.8"));
    server(FakeServer.blackHole(), 17752, 17805);
    server(closedPort(), 17759, 17807, 17808, 17840);
  }

  static Fleet start(Path home) throws IOException {
    var fleet = new Fleet(home);
    try {
      for (var role : FLAGS.keySet().stream().sorted().toList()) {
        fleet.startRole(role);
      }
      return fleet;
    } catch (IOException | RuntimeException | AssertionError e) {
      fleet.close();
      throw e;
    }
  }

  private void startRole(String role) throws IOException {
    var folder = Files.createDirectories(runs.resolve(role));
    Files.writeString(
        folder.resolve("metrics.yaml"),
        METRICS.containsKey(role) ? "metrics:\n" + METRICS.get(role) : "");
    Files.writeString(
        Files.createDirectories(folder.resolve("public")).resolve("hello.txt"), "static hello\n");
    // The recordings gave its whole path.
    var groups = folder.resolve("autoscaling.yaml");
    var flags = new ArrayList<>(pluginFlags());
    flags.addAll(FLAGS.get(role));
    if (!flags.contains("-a")) {
      flags.addAll(List.of("-a", groups.toString()));
    }
    var environment = new HashMap<>(ENVIRONMENT.getOrDefault(role, Map.of()));
    if (BASTIONS.contains(role)) {
      Files.writeString(groups, GROUPS);
      environment.putAll((role.equals("D") ? aws : otherAws).environment());
    }
    // The others must not ask the AWS of the machine that runs this.
    var program = BASTIONS.contains(role) ? Programs.aws() : recorded.resolve("no-aws");
    flags.addAll(List.of("--aws-program", program.toString()));
    var daemon = Daemon.start(folder, environment, flags);
    open.add(daemon);
    daemons.put(role, daemon);
    mapping.port(17700 + role.charAt(0) - 'A', daemon.port());
    switch (role) {
      case "A" -> mapping.port(17800, daemon.port());
      case "M" -> {
        mapping.port(17801, daemon.port());
        daemon.post("/autoscaling/refresh", "{}");
      }
      default -> {}
    }
  }

  /** Starts role E, an instance of {@link #PROD}, and waits until D has given it an alias. */
  void startNode() throws IOException {
    aws.group(PROD, inService("i-0a1", "127.0.0.1"), inService("i-0node00000000001", "127.0.0.1"));
    var bastion = role("D");
    assertThat(bastion.post("/autoscaling/refresh", "{}").status()).isEqualTo(200);
    assertThat(
            bastion
                .post(
                    "/autoscaling/instance/deregister", "{\"instance_id\":\"i-0node00000000001\"}")
                .status())
        .isEqualTo(200);
    var flags = new ArrayList<>(pluginFlags());
    flags.addAll(
        List.of(
            "--enable-autoscaling-node",
            "--autoscaling-bastion-endpoint",
            "https://" + bastion.address(),
            "--autoscaling-join-wait-seconds",
            "2",
            "--aws-program",
            Programs.aws().toString()));
    var node = Daemon.start(runs.resolve("E"), aws.environment(), flags);
    open.add(node);
    daemons.put("E", node);
    mapping.port(17704, node.port());
    mapping.port(17802, node.port());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> bastion.get("/autoscaling").text().contains("i-0node00000000001"));
  }

  /** The AWS of role D. */
  FakeAws aws() {
    return aws;
  }

  /** Flags every daemon of the recordings had. */
  List<String> pluginFlags() {
    return List.of(
        "-B", recorded.resolve("tls/happo-agent.pub").toString(),
        "-R", recorded.resolve("tls/happo-agent.key").toString(),
        "--nagios-plugin-paths", recorded.resolve("plugins") + "," + Peer.PLUGINS,
        "--sensu-plugin-paths", recorded.resolve("sensu").toString());
  }

  Daemon role(String role) {
    var daemon = daemons.get(role);
    if (daemon == null) {
      throw new AssertionError("no daemon has the role '" + role + "'");
    }
    return daemon;
  }

  Mapping mapping() {
    return mapping;
  }

  /** What stands for {@code @RUN@}. */
  Path runs() {
    return runs;
  }

  FakeServer oddHop() {
    return oddHop;
  }

  FakeServer manager() {
    return manager;
  }

  FakeServer recorder() {
    return recorder;
  }

  void recorderSays(String body) {
    recorderSays = body;
  }

  private void layPlugins() throws IOException {
    for (var kind : List.of("plugins", "sensu")) {
      var target = Files.createDirectories(recorded.resolve(kind));
      try (var sources =
          Files.list(Programs.ROOT.resolve("e2e/src/test/resources/conformance").resolve(kind))) {
        for (var source : sources.toList()) {
          var plugin = Files.copy(source, target.resolve(source.getFileName().toString()));
          if (!plugin.toFile().setExecutable(!plugin.endsWith("t_noexec"), false)) {
            throw new IOException("cannot set the run bit of " + plugin);
          }
        }
      }
    }
    Files.createDirectory(recorded.resolve("plugins/t_dir"));
    Files.createDirectory(recorded.resolve("plugins/t space"));
  }

  private FakeServer server(FakeServer server, int... recordedPorts) {
    open.add(server);
    IntStream.of(recordedPorts).forEach(port -> mapping.port(port, server.port()));
    return server;
  }

  private void server(Socket closed, int... recordedPorts) {
    open.add(closed);
    IntStream.of(recordedPorts).forEach(port -> mapping.port(port, closed.getLocalPort()));
  }

  /** A port that is taken and yet refuses: bound, and nobody listens. */
  private static Socket closedPort() throws IOException {
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  private static byte[] oddAnswer(FakeServer.Got got) {
    var whole = "cut off here".getBytes(StandardCharsets.UTF_8);
    return switch (got.path()) {
      case "/json200" -> FakeServer.reply(200, "application/json", "{\"a\":1}");
      case "/empty200" -> FakeServer.reply(200, "", "");
      case "/notfound" ->
          FakeServer.reply(404, "text/plain; charset=utf-8", "404 page not found\n");
      case "/nocontent" ->
          "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8);
      case "/short" -> FakeServer.reply(200, "application/json", whole, 100);
      case "/binary" -> FakeServer.reply(200, "application/octet-stream", everyByte(), 0);
      default -> FakeServer.reply(200, "text/plain; charset=utf-8", "hop:" + got.path());
    };
  }

  private static byte[] everyByte() {
    var bytes = new byte[256];
    IntStream.range(0, bytes.length).forEach(n -> bytes[n] = (byte) n);
    return bytes;
  }

  /** Answers the code in the group's name: g404 is 404; gclose closes. */
  private static byte[] managerAnswer(FakeServer.Got got) {
    var group = Json.parse(got.body()).at("hostdata").at("group_name").text();
    if (group.equals("gclose")) {
      return new byte[0];
    }
    int code = Integer.parseInt(group.substring(1, 4));
    var body =
        "{\"status\": \"%s\", \"message\": \"code %d\"}".formatted(code == 200 ? "OK" : "NG", code);
    return FakeServer.reply(code, "application/json", body);
  }

  private static String metrics(String host, String... plugins) {
    var yaml = new StringBuilder("- hostname: " + host + "\n  plugins:\n");
    for (var plugin : plugins) {
      yaml.append("  - plugin_name: ").append(plugin).append("\n    plugin_option: \"\"\n");
    }
    return yaml.toString();
  }

  @Override
  public void close() {
    for (var resource : open.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        System.err.println("closing the fleet: " + e);
      }
    }
  }
}
