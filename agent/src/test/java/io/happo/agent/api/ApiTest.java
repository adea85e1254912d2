package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.autoscaling.AliasStore;
import io.happo.agent.autoscaling.AutoScaling;
import io.happo.agent.autoscaling.CloudProgram;
import io.happo.agent.autoscaling.GroupsFile;
import io.happo.agent.buffer.DurableQueue;
import io.happo.agent.buffer.Limits;
import io.happo.agent.buffer.SnapshotStore;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.metrics.ActiveMetricConfig;
import io.happo.agent.metrics.MetricConfig;
import io.happo.agent.metrics.MetricConfigFile;
import io.happo.agent.metrics.MetricStore;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Trust;
import io.happo.program.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole API on real rooms, without a socket. */
class ApiTest {
  private static final String STRANGER = "192.0.2.1";
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final MetricConfig CONFIG =
      new MetricConfig(
          List.of(new MetricConfig.Host("h", List.of(new MetricConfig.Plugin("metrics-x", "-a")))));

  @TempDir Path folder;
  private final AtomicInteger clockAsked = new AtomicInteger();
  private final InstantSource clock =
      () -> {
        clockAsked.incrementAndGet();
        return NOW;
      };
  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of()));
  private final HttpsClient client = new HttpsClient(new Trust.Anything(), Optional.empty());
  private Duration commandTimeout = Duration.ofSeconds(10);
  private MetricConfigFile metricConfigFile;
  private ActiveMetricConfig metricConfig;
  private DurableQueue queue;

  @BeforeEach
  void open() throws IOException {
    metricConfigFile = new MetricConfigFile(folder.resolve("metrics.yaml"));
    metricConfigFile.write(CONFIG);
    metricConfig = ActiveMetricConfig.read(metricConfigFile);
    queue =
        DurableQueue.open(
            folder.resolve("store"),
            new Limits(1 << 20, Duration.ofDays(7)),
            InstantSource.fixed(NOW));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    exec.close();
    queue.close();
  }

  @Test
  void requests_of_those_who_may_ask_are_counted_whatever_the_answer() throws Exception {
    var api = api(true);
    get(api, "127.0.0.1", "/");
    assertThat(api.refuse(new InetSocketAddress(InetAddress.ofLiteral(STRANGER), 1))).isPresent();
    get(api, "::1", "/nowhere?at=all");
    get(api, "::1", "/");
    var counted =
        "[{\"url\":\"/\",\"counts\":{\"200\":2}},"
            + "{\"url\":\"/nowhere?at=all\",\"counts\":{\"404\":1}}]";
    assertThat(text(get(api, "127.0.0.1", "/status/request")))
        .isEqualTo("{\"last1\":" + counted + ",\"last5\":" + counted + "}");
  }

  @Test
  void without_the_counting_of_requests_nothing_is_counted_and_nothing_tells() throws Exception {
    var api = api(false);
    clockAsked.set(0);
    assertThat(get(api, "127.0.0.1", "/").status()).isEqualTo(200);
    assertThat(get(api, "127.0.0.1", "/status/request").status()).isEqualTo(404);
    assertThat(clockAsked).as("counting asks for the time").hasValue(0);

    get(api(true), "127.0.0.1", "/");
    assertThat(clockAsked.get()).isPositive();
  }

  @Test
  void a_plugin_whose_name_holds_a_nul_is_refused_and_the_configuration_stays() throws Exception {
    var answer = updateConfig("metrics-good", "metrics-b\\u0000ad");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer))
        .isEqualTo(
            "{\"status\":\"NG\",\"message\":\"config.metrics[0].plugins[1].plugin_name holds a NUL,"
                + " as no file name does\"}");
    assertThat(metricConfig.get()).isEqualTo(CONFIG);
    assertThat(metricConfigFile.read()).isEqualTo(CONFIG);

    assertThat(text(updateConfig("metrics-good", "metrics-bad")))
        .isEqualTo("{\"status\":\"OK\",\"message\":\"\"}");
    assertThat(metricConfig.get()).isNotEqualTo(CONFIG).isEqualTo(metricConfigFile.read());
  }

  @Test
  void what_is_refused_is_logged_with_its_reason_and_never_with_the_key() throws Exception {
    var key = Files.writeString(folder.resolve("key"), "sesame\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    var log = folder.resolve("log");
    Log.open(log, Level.WARNING);
    var api = api(false, Optional.of(key));

    assertThat(ask(api, "POST", STRANGER, "/monitor", "{}").status()).isEqualTo(403);
    assertThat(ask(api, "POST", STRANGER, "/monitor", "{\"apikey\":\"sesam\"}").status())
        .isEqualTo(403);
    assertThat(ask(api, "GET", STRANGER, "/status", "").status()).isEqualTo(403);
    assertThat(ask(api, "POST", STRANGER, "/monitor", "{\"apikey\":\"sesame\"}").status())
        .isEqualTo(400);
    assertThat(ask(api, "POST", STRANGER, "/proxy", "{\"apikey\":\"sesame\"}").status())
        .isEqualTo(400);

    assertThat(withoutTimes(log))
        .containsExactly(
            "[warning] missing API key: RemoteAddr=192.0.2.1 \"POST /monitor\"",
            "[warning] wrong API key: RemoteAddr=192.0.2.1 \"POST /monitor\"",
            "[warning] missing API key: RemoteAddr=192.0.2.1 \"GET /status\"",
            "[warning] answered 400 to 192.0.2.1:40000 \"POST /monitor\": plugin_name is missing:"
                + " a string is required",
            "[warning] answered 400 to 192.0.2.1:40000 \"POST /proxy\": proxy_hostport is missing:"
                + " an array of at least one host:port is required");
  }

  @Test
  void plugin_that_is_out_of_time_is_logged_without_its_options() throws Exception {
    var plugin = Files.writeString(folder.resolve("slow"), "#!/bin/sh\nsleep 60\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    var log = folder.resolve("log");
    Log.open(log, Level.WARNING);
    commandTimeout = Duration.ofSeconds(1);
    var body = "{\"plugin_name\":\"slow\",\"plugin_option\":\"--password secret\"}";

    assertThat(ask(api(false), "POST", "127.0.0.1", "/monitor", body).status()).isEqualTo(500);
    assertThat(withoutTimes(log))
        .containsExactly(
            "[warning] timeout: plugin " + plugin + " did not end within 1 s (--command-timeout)");
  }

  @Test
  void hop_of_a_proxy_that_fails_is_logged_with_the_reason() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    var log = folder.resolve("log");
    Log.open(log, Level.WARNING);
    var body =
        "{\"proxy_hostport\":[\"127.0.0.1:"
            + port
            + "\"],\"request_type\":\"monitor\",\"request_json\":\"e30=\"}";

    assertThat(ask(api(false), "POST", "127.0.0.1", "/proxy", body).status()).isEqualTo(500);
    assertThat(withoutTimes(log))
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("[warning] proxy hop 127.0.0.1:" + port + " failed: nobody listens at ");
  }

  private static List<String> withoutTimes(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  private Api api(boolean requestStatus) throws IOException {
    return api(requestStatus, Optional.empty());
  }

  private Api api(boolean requestStatus, Optional<Path> apiKey) throws IOException {
    var settings =
        new Api.Settings(
            List.of(),
            Optional.empty(),
            apiKey,
            Set.of(),
            true,
            commandTimeout,
            Duration.ofSeconds(10),
            10,
            OptionalLong.empty(),
            requestStatus,
            false);
    var rooms =
        new Api.Rooms(
            exec,
            new PluginPaths(List.of(folder)),
            new MetricStore(queue, clock),
            metricConfig,
            new SnapshotStore(folder.resolve("machine-state"), Duration.ofDays(1), clock),
            client,
            new AutoScaling(
                GroupsFile.open(folder.resolve("autoscaling.yaml")),
                AliasStore.open(folder.resolve("autoscaling.json")),
                new CloudProgram(exec, folder.resolve("happo-aws"))),
            Optional.empty(),
            Optional::empty,
            Optional.empty(),
            () -> Optional.of(json -> json.member("state", "connected")),
            clock);
    return new Api("test", settings, rooms);
  }

  private Response updateConfig(String... plugins) throws Exception {
    var json = new StringBuilder();
    for (var plugin : plugins) {
      json.append(json.isEmpty() ? "" : ",")
          .append("{\"plugin_name\":\"" + plugin + "\",\"plugin_option\":\"\"}");
    }
    return ask(
        api(false),
        "POST",
        "127.0.0.1",
        "/metric/config/update",
        "{\"config\":{\"metrics\":[{\"hostname\":\"h\",\"plugins\":[" + json + "]}]}}");
  }

  private static Response get(Api api, String peer, String target) throws Exception {
    return ask(api, "GET", peer, target, "");
  }

  private static Response ask(Api api, String method, String peer, String target, String body)
      throws Exception {
    var parts = target.split("\\?", 2);
    return api.handle(
        new Request(
            method,
            target,
            parts[0],
            parts.length > 1 ? parts[1] : "",
            Headers.NONE,
            body.getBytes(StandardCharsets.UTF_8),
            new InetSocketAddress(InetAddress.ofLiteral(peer), 40_000)));
  }

  private static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
