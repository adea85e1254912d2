package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's collectd writes to the packaged hub, as the docs say. */
final class CollectdTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  @Test
  void what_collectd_measures_is_the_agents() throws Exception {
    Peer.COLLECTD.need();
    try (var hub = HubDaemon.start(folder.resolve("hub"), "--graphite-port", "0")) {
      var agent = Files.createDirectories(folder.resolve("agent"));
      var join =
          Run.of(
              agent,
              Map.of(),
              List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
      assertThat(join.exit()).as(join.stderr()).isZero();
      var id = hub.get("/v1/agents").at("agents").items().getFirst().at("id").text();
      var collectd = collectd(port(hub), id);
      try {
        for (var metric : List.of("cpu-0.cpu-user", "load.load.shortterm", "memory.memory-used")) {
          Awaitility.await(metric).atMost(SOON).until(() -> isThere(hub, id, "web-01." + metric));
        }
        assertThat(hub.getText("/metrics"))
            .containsPattern("\nhappo_hub_graphite_stored_values_total [1-9]")
            .contains("\nhappo_hub_graphite_dropped_values_total{reason=\"rate\"} 0\n");
      } finally {
        collectd.destroy();
        assertThat(collectd.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static boolean isThere(HubDaemon hub, String agent, String metric) {
    var answer = hub.get("/v1/metrics/query?metric=" + metric + "&agent=" + agent);
    return answer.at("series").items().stream()
        .anyMatch(
            series ->
                series.at("agentId").text().equals(agent)
                    && !series.at("values").items().isEmpty());
  }

  private static int port(HubDaemon hub) {
    var line = Pattern.compile("Graphite listening on 127\\.0\\.0\\.1:([0-9]+) ");
    var found = line.matcher(hub.stderr());
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(1));
  }

  private Process collectd(int port, String agent) throws Exception {
    var home = Files.createDirectories(folder.resolve("collectd"));
    var settings =
        Files.writeString(
            home.resolve("collectd.conf"),
            """
            BaseDir "@HOME@"
            PIDFile "@HOME@/pid"
            PluginDir "@PEERS@"
            TypesDB "@PEERS@/types.db"
            Hostname "web-01"
            Interval 1
            LoadPlugin cpu
            LoadPlugin load
            LoadPlugin memory
            LoadPlugin write_graphite
            <Plugin write_graphite>
              <Node "happo">
                Host "127.0.0.1"
                Port "@PORT@"
                Protocol "tcp"
                Prefix "@AGENT@."
              </Node>
            </Plugin>
            """
                .replace("@HOME@", home.toString())
                .replace("@PEERS@", Peer.FOLDER.toString())
                .replace("@PORT@", "" + port)
                .replace("@AGENT@", agent));
    var log = home.resolve("log").toFile();
    return Run.builder(
            home,
            Map.of(),
            List.of(Peer.FOLDER.resolve("collectd").toString(), "-f", "-C", settings.toString()))
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start();
  }
}
