package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.hub.export.OutputKind;
import io.happo.hub.export.PrometheusServer;
import io.happo.hub.export.SampleSource;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.program.keys.KeyFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes the hub, and is sent to. */
class PrometheusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private TestHub hub;
  private HttpsServer server;
  private PrometheusServer prometheus;
  private long load;

  @BeforeEach
  void start() throws Exception {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
    hub.rooms.export().start();
    var keys = new KeyFiles(folder.resolve("hub.crt"), folder.resolve("hub.pem"), "test");
    server =
        HttpsServer.start(
            new HttpsServerSettings(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                100,
                64 * 1024,
                1 << 20,
                8 << 20,
                Duration.ofSeconds(30),
                Optional.empty()),
            keys.readOrMake(_ -> {}),
            hub.router);
    Files.writeString(folder.resolve("token"), hub.token("vera"));
    prometheus =
        new PrometheusServer(
            Files.createDirectory(folder.resolve("prometheus")),
            "scrape_configs:\n" + job("hub", "/metrics") + job("fleet", "/metrics/fleet"));
    load = measured("load", "load1");
  }

  private String job(String name, String path) {
    return """
      - job_name: %s
        metrics_path: %s
        scheme: https
        authorization:
          credentials_file: %s/token
        tls_config:
          ca_file: %s/hub.crt
          server_name: %s
        static_configs:
          - targets: ['127.0.0.1:%d']
    """
        .formatted(name, path, folder, folder, KeyFiles.hostName(), server.address().getPort());
  }

  private long measured(String check, String label) throws Exception {
    var agent = hub.rooms.fleet().byId(hub.join()).orElseThrow();
    hub.rooms
        .intake()
        .report(agent.number(), check, 1, "so | " + label + "=1", Optional.empty())
        .get();
    var known = hub.rooms.checks().find(agent.number(), check).orElseThrow();
    return hub.rooms.samples().series(agent.number(), known.number()).getFirst().number();
  }

  @AfterEach
  void stop() throws Exception {
    if (prometheus != null) {
      prometheus.close();
    }
    if (server != null) {
      server.stop(Duration.ZERO);
      server.close();
    }
    hub.rooms.intake().close();
    hub.close();
  }

  private void add(long time, double value) {
    hub.samples.add(System.currentTimeMillis(), new SampleSource.Sample(load, time, value));
  }

  /** Times and values of the only series. */
  private List<String> values(String selector) throws Exception {
    var values = new ArrayList<String>();
    for (JsonObject series : prometheus.query(selector + "[10m]")) {
      if (series.find("values").orElseThrow() instanceof JsonValue.Array all) {
        all.values().forEach(pair -> values.add(String.valueOf(pair)));
      }
    }
    return values;
  }

  private void awaitValues(String selector, int count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(values(selector)).hasSize(count));
  }

  @Test
  void prometheus_scrapes_and_is_sent_to_and_gets_everything_after_it_was_dead() throws Exception {
    var sent = "happo_perfdata{way=\"sent\",label=\"load1\"}";
    var scraped = "happo_perfdata{job=\"fleet\",label=\"load1\"}";
    var settings = Map.of("url", prometheus.url() + "/api/v1/write", "labels", "way=sent");
    assertThat(hub.rooms.export().outputs().set("prom", OutputKind.REMOTE_WRITE, settings, "ada"))
        .isEmpty();
    long now = System.currentTimeMillis() - 10_000;
    add(now, 0.25);
    awaitValues(sent, 1);
    awaitValues(scraped, 1);
    assertThat(values(scraped)).isEqualTo(values(sent));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(prometheus.query("happo_agent_up")).hasSize(1);
              assertThat(prometheus.query("happo_check_status == 1")).hasSize(1);
              assertThat(prometheus.query("sum(happo_hub_agents) == 1")).hasSize(1);
              assertThat(prometheus.query("happo_hub_output_sent_values_total >= 1")).hasSize(1);
            });

    prometheus.kill();
    for (int n = 1; n <= 20; n++) {
      add(now + n, n);
    }
    prometheus.start();
    awaitValues(sent, 21);
    assertThat(values(sent)).last().asString().contains("20");

    add(now + 5, 5_000); // It has another value of this time.
    add(now + 21, 21);
    awaitValues(sent, 22);
    var status = hub.rooms.export().outputs().all().getFirst();
    assertThat(status.refused()).isEqualTo(1);
    assertThat(status.dropped()).contains("400 out of order sample");
  }

  @Test
  void pages_are_what_promtool_wants() throws Exception {
    add(System.currentTimeMillis(), 0.25);
    for (var page : List.of("/metrics", "/metrics/fleet")) {
      var answer = hub.as("vera", "GET", page, "");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(PrometheusServer.problems(TestHub.text(answer))).as(page).isEmpty();
    }
  }
}
