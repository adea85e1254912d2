package io.happo.e2e;

import static java.util.Map.entry;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the cases of kind {@code probe} are about: files, processes, logs, handshakes,
 * signals.
 */
final class Probes {
  private static final List<String> NOT_COMPARED =
      List.of("User-Agent", "Accept-Encoding", "Content-Length");

  private final Fleet fleet;
  private final CliReplay cli;

  Probes(Fleet fleet, CliReplay cli) {
    this.fleet = fleet;
    this.cli = cli;
  }

  /** What was seen, by part. */
  Map<String, String> look(Case probe) throws Exception {
    var name = probe.name();
    if (name.startsWith("tls.")) {
      return Map.of("result", TlsProbe.of(name.substring(4), fleet.role("A")).json());
    }
    if (name.startsWith("metric_config.file")) {
      return Map.of("result", file(fleet.role("A").folder().resolve("metrics.yaml")).json());
    }
    if (name.startsWith("as.config_file")) {
      return Map.of("result", file(fleet.role("A").folder().resolve("autoscaling.yaml")).json());
    }
    if (name.startsWith("agent.daemon.signal_")) {
      return Map.of("result", signal(name.substring("agent.daemon.signal_".length())));
    }
    var key = logKey(name);
    if (key != null) {
      var log =
          fleet
              .role(
                  name.contains(".info_")
                      ? "B"
                      : name.endsWith("_I") ? "I" : name.endsWith("_J") ? "J" : "A")
              .log();
      return Map.of("line", Logs.line(log, key, recordedLine(probe)));
    }
    return switch (name) {
      case "monitor.timeout_orphans_after_reply" ->
          Map.of("result", survivors("t_sleep 61.25", "sleep 61.25"));
      case "proxy.what_the_hop_got" -> Map.of("result", hopGot("/json200").json());
      case "proxy.chain_body_seen" -> Map.of("result", hopGot("/proxy").json());
      case "as2.aws_calls" -> Map.of("result", asked());
      case "as2.refresh_after_failed_monitor" -> Map.of("result", askedAfterFailures());
      case "as2.node_metrics_yaml" ->
          Map.of("result", file(fleet.role("B").folder().resolve("metrics.yaml")).json());
      case "machine_state.one" -> Map.of("result", machineState().json());
      case "machine_state.any_db_key_readable" -> Map.of("result", metricKeyReadable());
      case "limit.max_connections_2" -> Map.of("result", thirdConnection());
      case "log.sighup_reopens" -> Map.of("result", reopenedLog());
      // The recorded line is the log of a daemon that has nothing to ask AWS.
      case "agent.daemon.node_not_on_ec2.log" ->
          Map.of("result", fleet.role("L").log().contains("EC2") ? fleet.role("L").log() : "");
      case "log.stdout_of_A" -> Map.of("result", fleet.role("A").stdout());
      case "log.stderr_of_A" -> Map.of("result", fleet.role("A").stderr());
      case "slow.limit_60_rest" -> Map.of("result", secondFetch());
      case "agent.daemon.missing_cert.log",
          "agent.daemon.port_out_of_range.log",
          "agent.daemon.node_without_endpoint.log" ->
          Map.of("result", Run.text(cli.log()));
      case "agent.daemon.db_locked.log" ->
          start(Map.of(), "-d", fleet.role("A").folder().resolve("happo-agent.db").toString());
      case "agent.daemon.db_dir_missing.log" -> start(Map.of(), "-d", "/proc/nonexistent/x.db");
      // Another number than the port, which every daemon here gets by its flag.
      case "agent.daemon.env_port_not_int.log" ->
          start(Map.of("HAPPO_AGENT_COMMAND_TIMEOUT", "abc"));
      case "agent.daemon.non_production.log" -> Map.of("result", fleet.role("G").log());
      default -> throw new AssertionError("nobody knows how to look at " + name);
    };
  }

  /** What the original's state was, in the same parts. */
  Map<String, Expected> recorded(Case probe) {
    var name = probe.name();
    var result = probe.fields().at("result");
    if (logKey(name) != null) {
      return Map.of("line", Expected.exactly(recordedLine(probe)));
    }
    if (name.startsWith("proxy.")) {
      return Map.of(
          "result", Expected.exactly(withoutFreeHeaders(Json.parse(map(result.json()))).json()));
    }
    var text = result.value() instanceof String string ? string : result.json();
    var parts = new TreeMap<String, Expected>();
    parts.put(
        "result",
        Expected.exactly(
            map(
                name.startsWith("limit.")
                    ? text.replaceAll(",\"third_error\":\"[^\"]*\"", "")
                    : text)));
    if (name.startsWith("agent.daemon.db_") || name.startsWith("agent.daemon.env_")) {
      // An environment value the original cannot read is ignored; the other two end it.
      parts.put("exit", Expected.exactly(name.startsWith("agent.daemon.env_") ? "running" : "1"));
    }
    return parts;
  }

  /**
   * The text that finds the line of a log which a case is about; null for what is no line of a log.
   */
  private static @Nullable String logKey(String name) {
    return switch (name) {
      case "log.info_first_lines" -> "\"GET /\" 200";
      case "log.warn_lines_of_A" -> "127.0.0.2";
      case "slow.log_I" -> "nosuchplugin";
      case "slow.log_J" -> "oracle.bad";
      default -> null;
    };
  }

  private String recordedLine(Case probe) {
    var key = logKey(probe.name());
    return probe.fields().at("result").items().stream()
        .map(Json::text)
        .filter(line -> key != null && line.contains(key))
        .findFirst()
        .map(line -> Logs.message(map(line)))
        .orElseThrow();
  }

  /** What a check that failed by way of an alias before and one more made the bastion ask AWS. */
  private String askedAfterFailures() {
    var failing =
        "{\"proxy_hostport\":[\"dummy-prod-ag-app-01\"],\"request_type\":\"monitor\",\"request_json\":\"e30=\"}";
    fleet.role("D").post("/proxy", failing);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> fleet.aws().asked().contains("DescribeInstances"));
    return "{\"aws_calls_after_two_failures\":" + asked() + "}";
  }

  private String asked() {
    return new Json(fleet.aws().asked().stream().map(Json::new).toList()).json();
  }

  private static Json file(Path file) throws IOException {
    int mode = (int) Files.getAttribute(file, "unix:mode") & 0777;
    return Json.of(
        Map.of(
            "file", file.getFileName().toString(),
            "exists", true,
            "mode", "0o%o".formatted(mode),
            "content", Files.readString(file)));
  }

  private static String survivors(String... commandLines) {
    var living =
        ProcessHandle.allProcesses()
            .map(process -> process.info().commandLine().orElse(""))
            .filter(line -> List.of(commandLines).stream().anyMatch(line::endsWith))
            .sorted()
            .map(Json::new)
            .toList();
    return new Json(living).json();
  }

  private Json hopGot(String path) {
    var got =
        fleet.oddHop().got().stream()
            .filter(one -> one.path().equals(path))
            .findFirst()
            .orElseThrow();
    var headers =
        Json.of(
            Map.of(
                "Host", got.headers().getOrDefault("host", ""),
                "Content-Type", got.headers().getOrDefault("content-type", "")));
    return Json.of(
        Map.of("method", got.method(), "path", path, "headers", headers, "body", got.body()));
  }

  private static Json withoutFreeHeaders(Json got) {
    var headers = new TreeMap<>(got.at("headers").members());
    headers.keySet().removeAll(NOT_COMPARED);
    var members = new TreeMap<>(got.members());
    members.put("headers", Json.of(headers));
    return Json.of(members);
  }

  private Json machineState() {
    Peer.SNAPSHOT_TOOLS.need();
    var daemon = fleet.role("F");
    var key = daemon.get("/machine-state").json().at("keys").items().getFirst().text();
    var answer = daemon.get("/machine-state/" + key);
    var state = answer.json().at("machineState").text();
    var headings =
        Pattern.compile("(?m)^\\*{10} .*$")
            .matcher(state)
            .results()
            .map(found -> found.group().replaceAll("\\(\\d{4}-\\d\\d-\\d\\dT[^)]*\\)", "(@TIME@)"))
            .map(Json::new)
            .toList();
    return Json.of(
        Map.ofEntries(
            entry("status", new Json.Digits("" + answer.status())),
            entry("content_type", answer.header("Content-Type")),
            entry("headings", new Json(headings)),
            entry(
                "starts",
                headings.isEmpty() || !state.startsWith("**********")
                    ? state
                    : headings.getFirst())));
  }

  private String metricKeyReadable() {
    var daemon = fleet.role("F");
    long before = System.currentTimeMillis() / 1000;
    var appended =
        daemon.post(
            "/metric/append",
            "{\"metric_data\":[{\"hostname\":\"h\",\"timestamp\":1,\"metrics\":{}}]}");
    long after = System.currentTimeMillis() / 1000;
    boolean readable = appended.status() != 200;
    for (long second = before; second <= after; second++) {
      readable |= daemon.get("/machine-state/m-" + second).status() == 200;
    }
    return Json.of(Map.of("metric_key_readable", readable)).json();
  }

  @SuppressWarnings("try") // closing the first connection is what the case is about
  private String thirdConnection() throws IOException {
    var client = Https.to(fleet.role("H").port());
    try (var first = client.connect(true);
        var second = client.connect(true)) {
      client.exchange(first, "GET", "/", List.of(), null);
      client.exchange(second, "GET", "/", List.of(), null);
      var third = "null";
      try {
        third =
            "" + client.waiting(Duration.ofSeconds(2)).tryAsk("GET", "/", List.of(), null).status();
      } catch (SocketTimeoutException waits) {
        // What the recording saw as well.
      }
      first.close();
      var afterwards = client.ask("GET", "/", List.of(), null).status();
      return "{\"after_one_closed\":" + afterwards + ",\"third\":" + third + "}";
    }
  }

  private String reopenedLog() throws IOException {
    var daemon = fleet.role("B");
    var log = daemon.folder().resolve("happo-agent.log");
    Files.move(log, daemon.folder().resolve("happo-agent.log.1"));
    daemon.get("/");
    boolean before = Files.exists(log);
    daemon.signal("HUP");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.exists(log) || !daemon.process().isAlive());
    return Json.of(
            Map.of(
                "new_file_before_hup",
                before,
                "new_file_after_hup",
                Files.exists(log),
                "alive",
                new Json.Digits("" + daemon.get("/").status())))
        .json();
  }

  private String secondFetch() {
    var entries =
        fleet
            .role("K")
            .post("/metric", "{\"apikey\": \"\"}")
            .json()
            .at("metric_data")
            .items()
            .size();
    return "{\"second_fetch_entries\":" + entries + "}";
  }

  /** Starts a daemon of its own beside the fleet; ends it if it stays. */
  private Map<String, String> start(Map<String, String> environment, String... flags)
      throws IOException {
    var folder = Files.createTempDirectory(fleet.runs(), "start-");
    var flagList = new ArrayList<>(fleet.pluginFlags());
    flagList.addAll(List.of(flags));
    try (var daemon = Daemon.start(folder, environment, flagList)) {
      return Map.of("result", daemon.log(), "exit", "running");
    } catch (Daemon.Ended ended) {
      return Map.of(
          "result", Run.text(folder.resolve("happo-agent.log")), "exit", "" + ended.exit());
    }
  }

  private String signal(String name) throws IOException, InterruptedException {
    try (var daemon = Daemon.start(Files.createTempDirectory(fleet.runs(), "signal-"))) {
      daemon.signal(name);
      return daemon.process().waitFor(2, TimeUnit.SECONDS)
          ? "" + daemon.process().exitValue()
          : daemon.get("/").status() == 200 ? "keeps running" : "hangs";
    }
  }

  private String map(String text) {
    return fleet.mapping().apply(text);
  }
}
