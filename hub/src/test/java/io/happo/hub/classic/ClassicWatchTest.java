package io.happo.hub.classic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.Json;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.fleet.Presence;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.store.Checks;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.Events;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Store;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Request;
import io.happo.net.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that are asked, by a hub's rooms on a real store; the agents are servers of this test. */
@Timeout(120)
final class ClassicWatchTest {
  /** Three failures in a row, and 20 seconds at least. */
  private static final Duration AWAY = Duration.ofSeconds(45);

  @TempDir Path folder;
  private TestFleet test;
  private Intake intake;
  private ClassicBook book;
  private ClassicWatch watch;
  private HttpsServer agent;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile String message = "OK - fine|load=1";
  private volatile int status = 200;
  private volatile int value;

  @BeforeEach
  void start() throws Exception {
    test = new TestFleet(Store.open(folder, ""), folder);
    agent = server(Identity.selfSigned("agent.test"), 0);
    watch();
  }

  private void watch() {
    intake =
        new Intake(
            test.store,
            (_, _) -> CheckSettings.DEFAULT,
            IntakeLimits.DEFAULT,
            InstantSource.system());
    intake.start();
    book = new ClassicBook(new ClassicHosts(test.store), test.fleet, test.clock);
    watch = new ClassicWatch(book, test.fleet, test.plans, intake, InstantSource.system());
    watch.start();
  }

  @AfterEach
  void stop() {
    watch.close();
    intake.close();
    agent.close();
    test.store.close();
  }

  private HttpsServer server(Identity identity, int port) throws IOException {
    return HttpsServer.start(
        new HttpsServerSettings(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
            100,
            64 * 1024,
            1 << 20,
            8 << 20,
            Duration.ofSeconds(30),
            Optional.empty()),
        identity,
        this::answer);
  }

  /** As an agent, and as a bastion whose next one is itself. */
  private Response answer(Request request) throws Exception {
    var body = Json.parseObject(request.body());
    var type = request.path().substring(1);
    if (type.equals("proxy")) {
      asked.add("proxy " + body.texts("proxy_hostport"));
      type = body.text("request_type");
      body = Json.parseObject(Base64.getDecoder().decode(body.text("request_json")));
    }
    return switch (type) {
      case "monitor" -> monitor(body);
      case "inventory" -> {
        asked.add("inventory " + body.text("command") + " " + body.text("command_option"));
        yield json(200, "{\"return_code\":0,\"return_value\":\"a 1\\nb 2\\n\"}");
      }
      case "metric/config/update" -> {
        asked.add("config " + new JsonWriter().value(body.requiredObject("config")));
        yield json(200, "{\"status\":\"OK\",\"message\":\"\"}");
      }
      case "metric" -> json(status, "{\"metric_data\":null,\"message\":\"\"}");
      default -> json(404, "{}");
    };
  }

  private Response monitor(JsonObject body) throws Exception {
    asked.add(body.text("plugin_name") + " " + body.text("plugin_option"));
    return json(status, "{\"return_value\":" + value + ",\"message\":\"" + message + "\"}");
  }

  private static Response json(int status, String text) {
    return new Response(
        status,
        io.happo.net.Headers.of("Content-Type", "application/json"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  private void add(List<String> proxies) {
    assertThat(
            book.add(
                new ClassicHosts.Host(
                    "g", "127.0.0.1", agent.address().getPort(), "web", proxies, "", 0)))
        .isTrue();
  }

  private void plan(String commandLine) throws Exception {
    test.plans.apply(
        TestFleet.plan(
            "{'checks': [{'name': 'load', 'plugin': '"
                + commandLine
                + "', 'every': '1s'}, {'name': 'script', 'builtin': 'uptime', 'every': '1s'}]}"),
        "ada",
        "",
        100);
  }

  private Optional<Checks.Current> check() throws Exception {
    return new Checks(test.store).find(test.fleet.find("web").number(), "load");
  }

  @Test
  void checks_of_the_plan_run_at_an_agent_and_by_a_bastion() throws Exception {
    plan("check_load -w \\\"a b;c\\\" -c 5,4");
    add(List.of("127.0.0.1:" + agent.address().getPort()));
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
    assertThat(asked)
        .contains(
            "check_load -w 'a b;c' -c 5,4", "proxy [127.0.0.1:" + agent.address().getPort() + "]");
    var member = test.fleet.find("web");
    assertThat(member.isConnected()).isTrue();
    assertThat(member.planProblems())
        .singleElement()
        .asString()
        .startsWith("script.work: this agent does not connect to the hub");
  }

  @Test
  void what_an_agent_has_is_listed_and_what_it_collects_is_set() throws Exception {
    test.plans.apply(
        TestFleet.plan(
            "{'inventory': [{'name': 'packages', 'plugin': 'dpkg-query -W'}],"
                + " 'metrics': [{'plugin': 'metrics-cpu -s \\\"a b\\\"'}]}"),
        "ada",
        "",
        100);
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> asked.size() > 0);
    assertThat(asked)
        .contains(
            "config {\"metrics\":[{\"hostname\":\"web\",\"plugins\":[{\"plugin_name\":"
                + "\"metrics-cpu\",\"plugin_option\":\"-s 'a b'\"}]}]}");
    long number = test.fleet.find("web").number();
    var inventories = new Inventories(test.store);
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> inventories.find(number, "packages", Long.MAX_VALUE).isPresent());
    assertThat(inventories.find(number, "packages", Long.MAX_VALUE).orElseThrow().text())
        .isEqualTo("a 1\nb 2\n");
    assertThat(asked).contains("inventory dpkg-query -W");
    test.plans.apply(TestFleet.plan("{'checks': []}"), "ada", "", 100);
    await().atMost(Duration.ofSeconds(20)).until(() -> asked.contains("config {\"metrics\":[]}"));
  }

  @Test
  void an_agent_that_cannot_be_reached_is_away_and_its_checks_say_nothing() throws Exception {
    plan("check_load");
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
    status = 500;
    value = 3;
    message = "nobody listens there";
    var member = test.fleet.find("web");
    await().atMost(AWAY).until(() -> member.presence().kind() == Presence.Kind.LOST);
    assertThat(check().orElseThrow().state().status()).isZero();
    status = 200;
    value = 2;
    message = "CRITICAL - down";
    await().atMost(Duration.ofSeconds(20)).until(() -> check().orElseThrow().state().status() == 2);
    assertThat(member.isConnected()).isTrue();
  }

  @Test
  void an_agent_that_shows_another_key_is_not_believed() throws Exception {
    plan("check_load");
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
    int port = agent.address().getPort();
    agent.close();
    agent = server(Identity.selfSigned("agent.test"), port);
    int before = asked.size();
    var member = test.fleet.find("web");
    await().atMost(AWAY).until(() -> member.presence().kind() == Presence.Kind.LOST);
    assertThat(asked).hasSize(before);
    var message = new Events(test.store).ofAgent(member.number(), Long.MAX_VALUE, 1).getFirst();
    assertThat(message.text()).contains("when it was first asked it had");
    assertThat(book.forgetKey("127.0.0.1", port)).isTrue();
    await().atMost(AWAY).until(member::isConnected);
  }

  @Test
  void one_that_is_removed_and_added_again_is_watched_as_before() throws Exception {
    plan("check_load");
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
    int port = agent.address().getPort();
    assertThat(book.remove("g", "127.0.0.1", port)).isTrue();
    add(List.of("127.0.0.1:" + port));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> asked.stream().anyMatch(one -> one.startsWith("proxy")));
    long since = System.currentTimeMillis();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> check().orElseThrow().state().time() > since);
    assertThat(test.fleet.find("web").isConnected()).isTrue();
  }

  @Test
  void another_tag_is_another_plan() throws Exception {
    test.plans.apply(
        TestFleet.plan(
            "{'checks': [{'name': 'load', 'plugin': 'check_load', 'every': '1s',"
                + " 'for': {'tags': {'role': 'web'}}}]}"),
        "ada",
        "",
        100);
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> test.fleet.find("web").isConnected());
    test.fleet.tag(test.fleet.find("web"), java.util.Map.of("role", "web"));
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
  }

  @Test
  void what_is_removed_is_asked_no_more() throws Exception {
    plan("check_load");
    add(List.of());
    await().atMost(Duration.ofSeconds(20)).until(() -> check().isPresent());
    assertThat(book.remove("g", "127.0.0.1", agent.address().getPort())).isTrue();
    var member = test.fleet.find("web");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> member.presence().kind() == Presence.Kind.STOPPED);
  }
}
