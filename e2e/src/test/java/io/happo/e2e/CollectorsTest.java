package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's collectd and prometheus-node-exporter, kept running by the packaged agent as the plan of
 * the packaged hub says: killed, given a wrong configuration, starved; and nothing is left of them
 * when the agent is stopped, or killed itself.
 */
@Timeout(180)
final class CollectorsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** A pause, and some for a busy machine. */
  private static final Duration PAUSE = Duration.ofSeconds(15);

  private static final String GOOD =
      """
      BaseDir "{{folder}}"
      PIDFile "{{folder}}/pid"
      PluginDir "@PEERS@"
      TypesDB "@PEERS@/types.db"
      Hostname "{{facts.os}}-01"
      Interval 1
      LoadPlugin load
      LoadPlugin write_graphite
      <Plugin write_graphite>
        <Node "happo">
          Host "127.0.0.1"
          Port "@GRAPHITE@"
          Protocol "tcp"
        </Node>
      </Plugin>
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  private final int graphite = Ports.free();
  private final int exporter = Ports.free();

  @SuppressWarnings("NullAway.Init") // before each
  private HubDaemon hub;

  @SuppressWarnings("NullAway.Init")
  private String id;

  @BeforeEach
  void start() throws IOException {
    Peer.COLLECTD.need();
    Peer.NODE_EXPORTER.need();
    hub = HubDaemon.start(folder.resolve("hub"));
    var home = Files.createDirectories(home());
    var join =
        Run.of(
            home, Map.of(), List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
    assertThat(join.exit()).as(join.stderr()).isZero();
    id = hub.get("/v1/agents").at("agents").items().getFirst().at("id").text();
  }

  @AfterEach
  void stop() {
    if (hub != null) {
      hub.close();
    }
    processes("").forEach(ProcessHandle::destroyForcibly);
  }

  private Path home() {
    return folder.resolve("agent");
  }

  private Daemon agent() {
    return Daemon.start(home(), "--graphite-port", "" + graphite);
  }

  /**
   * Applies a plan with both. Their checks run each second, so that nobody waits a minute.
   *
   * @param memory of the exporter
   */
  private void plan(String collectd, String memory) throws IOException {
    var plan = Files.createDirectories(folder.resolve("plan"));
    Files.writeString(
        plan.resolve("collectors.yaml"),
        """
        checks:
          - {name: collector-node, builtin: check_collector node, every: 1s, attempts: 1}
          - {name: collector-collectd, builtin: collector collectd, every: 1s, attempts: 1}
        collectors:
          - name: node
            command: >
              @PEERS@/prometheus-node-exporter --web.listen-address=127.0.0.1:@EXPORTER@
              --collector.disable-defaults --collector.loadavg --collector.meminfo
            memory: @MEMORY@
            scrape: http://127.0.0.1:@EXPORTER@/metrics
            every: 10s
          - name: collectd
            command: @PEERS@/collectd -f -C {{folder}}/collectd.conf
            validate: @PEERS@/collectd -T -C {{folder}}/collectd.conf
            files:
              collectd.conf: |
        @FILE@
        """
            .replace("@FILE@", collectd.indent(8).stripTrailing())
            .replace("@PEERS@", Peer.FOLDER.toString())
            .replace("@EXPORTER@", "" + exporter)
            .replace("@GRAPHITE@", "" + graphite)
            .replace("@MEMORY@", memory));
    hub.say("plan", "apply", plan.toString());
  }

  /** The processes of a collector; of all when the name is empty. */
  private List<ProcessHandle> processes(String name) {
    var mark = "HAPPO_COLLECTOR=" + home().resolve("happo-agent.hub/collectors") + "/" + name;
    return ProcessHandle.allProcesses().filter(one -> isMarked(one.pid(), mark)).toList();
  }

  private static boolean isMarked(long pid, String mark) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1)
          .contains(mark);
    } catch (IOException e) {
      return false;
    }
  }

  private long runs(String name) {
    await()
        .atMost(PAUSE)
        .untilAsserted(() -> assertThat(processes(name + "/")).as(log()).hasSize(1));
    return processes(name + "/").getFirst().pid();
  }

  private String log() {
    return Run.text(home().resolve("happo-agent.log"));
  }

  /** What the check of a collector says now, with its status. */
  private String check(String name) {
    for (var check : hub.get("/v1/checks?agent=" + id).at("checks").items()) {
      if (check.at("check").text().equals("collector-" + name)) {
        return check.at("status").text() + " " + check.at("output").text();
      }
    }
    return "";
  }

  private void says(String name, String... words) {
    await().atMost(SOON).untilAsserted(() -> assertThat(check(name)).contains(words));
  }

  private void isTold(String event, String... words) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(hub.get("/v1/agents/" + id + "/events?limit=500").at("events").items())
                    .anySatisfy(
                        one ->
                            assertThat(one.at("event").text() + " " + one.at("text").text())
                                .startsWith(event + " ")
                                .contains(words)));
  }

  private boolean isMeasured(String metric) {
    var answer = hub.get("/v1/metrics/query?metric=" + metric + "&agent=" + id);
    return answer.at("series").items().stream()
        .anyMatch(series -> !series.at("values").items().isEmpty());
  }

  private static void kill(long pid) {
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
  }

  @Test
  void they_are_back_or_reported_when_killed_wrongly_configured_or_starved() throws Exception {
    try (var _ = agent()) {
      plan(GOOD, "100 MiB");
      long node = runs("node");
      long collectd = runs("collectd");
      says("node", "ok COLLECTOR OK - node runs since", "pid " + node, "Listening on");
      says("collectd", "ok COLLECTOR OK - collectd runs since", "pid " + collectd);
      isTold("collector-started", "node");

      kill(node);
      await().atMost(PAUSE).until(() -> runs("node") != node);
      says("node", "warning COLLECTOR WARNING - node runs since", "signal 9");
      isTold("collector-ended", "the collector node has ended: signal 9");

      plan(GOOD + "LoadPlugin\n<Nonsense\n", "100 MiB");
      says("collectd", "warning COLLECTOR WARNING - collectd runs since", "is refused: ");
      isTold("collector-config-refused", "the configuration of the collector collectd is refused");
      assertThat(runs("collectd")).isEqualTo(collectd);
      await().atMost(SOON).until(() -> isMeasured("linux-01.load.load.shortterm"));

      long again = runs("node");
      plan(GOOD, "2 MiB");
      isTold("collector-over-memory", "node", "more than its 2 MiB");
      await().atMost(PAUSE).until(() -> runs("node") != again);
      says("collectd", "ok COLLECTOR OK - collectd runs since", "pid " + collectd);
      plan(GOOD, "100 MiB");
      await().atMost(SOON).until(() -> isMeasured("node_load1"));
    }
    assertThat(processes("")).isEmpty();
  }

  @Test
  void nothing_is_left_of_them_when_the_agent_is_killed_and_they_are_back_with_it()
      throws Exception {
    var agent = agent();
    try {
      plan(GOOD, "100 MiB");
      runs("node");
      runs("collectd");
    } finally {
      agent.kill();
    }
    await().atMost(PAUSE).until(() -> processes("").isEmpty());
    // One that neither the end of the agent nor TERM ends, and that went away from its session.
    var mark = home().resolve("happo-agent.hub/collectors") + "/node/";
    var stubborn =
        Run.builder(
                home(),
                Map.of("HAPPO_COLLECTOR", mark),
                List.of("setsid", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"))
            .start();
    try (var next = agent()) {
      await().atMost(PAUSE).until(() -> !stubborn.isAlive());
      runs("node");
      runs("collectd");
      assertThat(next.process().isAlive()).isTrue();
    } finally {
      stubborn.destroyForcibly();
    }
    assertThat(processes("")).isEmpty();
  }
}
