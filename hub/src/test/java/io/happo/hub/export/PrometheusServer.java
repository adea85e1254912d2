package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.happo.core.Json;
import io.happo.core.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Debian's Prometheus with its data in a folder of its own, on 127.0.0.1. A machine without it
 * skips the test, unless {@code happo.peers} requires it.
 */
public final class PrometheusServer implements AutoCloseable {
  private static final Path PEERS =
      Path.of(System.getenv().getOrDefault("HAPPO_PEERS_FOLDER", "/var/cache/happo-peers"));
  private static final Path PROGRAM = PEERS.resolve("prometheus");
  private static final Duration START = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path folder;
  private final int port;
  private Process process;

  /**
   * Starts it.
   *
   * @param scrapes {@code scrape_configs} of its configuration, YAML
   */
  public PrometheusServer(Path folder, String scrapes) throws IOException {
    boolean here = Files.isExecutable(PROGRAM);
    if (!here && !System.getProperty("happo.peers", "optional").equals("required")) {
      assumeTrue(false, "prometheus is not there");
    }
    assertThat(here).as("prometheus is there (tools/install-peers.sh)").isTrue();
    this.folder = folder;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.writeString(
        folder.resolve("prometheus.yml"), "global:\n  scrape_interval: 1s\n" + scrapes);
    start();
  }

  public void start() throws IOException {
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + folder.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    Awaitility.await()
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !process.isAlive() || isReady());
    assertThat(process.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
  }

  private boolean isReady() throws InterruptedException {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  private HttpResponse<String> get(String target) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + target)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** What an instant query finds: {@code metric} and {@code value} or {@code values} of each. */
  public List<JsonObject> query(String promql) throws Exception {
    var answer = get("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8))
        .requiredObject("data")
        .objects("result");
  }

  /** What promtool says of a page; empty when all is well. */
  public static String problems(String page) throws IOException, InterruptedException {
    var promtool =
        new ProcessBuilder(PEERS.resolve("promtool").toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var in = promtool.outputWriter(StandardCharsets.UTF_8)) {
      in.write(page);
    }
    var said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return promtool.waitFor() == 0 ? said : said + " (status " + promtool.exitValue() + ")";
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    client.shutdownNow();
  }
}
