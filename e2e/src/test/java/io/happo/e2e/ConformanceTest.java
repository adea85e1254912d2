package io.happo.e2e;

import static io.happo.e2e.FakeAws.Instance.inService;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every recorded case of the original, played against the built programs. A case is as recorded, or
 * as our row of {@code docs/compatibility.md} says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConformanceTest {
  private static final int APPENDS = 62;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init")
  private Differences differences;

  @SuppressWarnings("NullAway.Init")
  private HttpReplay http;

  @SuppressWarnings("NullAway.Init")
  private CliReplay cli;

  @SuppressWarnings("NullAway.Init")
  private Probes probes;

  private final List<Case> cases = new ArrayList<>();

  /** Answers of the cases that wait for minutes to pass, asked for when it is their time. */
  private final Map<String, CompletableFuture<Map<String, String>>> slow = new HashMap<>();

  @BeforeAll
  void start_the_fleet(@TempDir Path home) throws IOException {
    var recordings = Case.load("http.jsonl");
    cases.addAll(recordings);
    cases.addAll(Case.load("cli.jsonl"));
    // What waits for minutes to pass comes last; the order is otherwise kept.
    cases.sort(Comparator.comparing(recorded -> recorded.name().startsWith("slow.")));
    fleet = Fleet.start(home);
    http = new HttpReplay(fleet);
    cli = new CliReplay(fleet);
    probes = new Probes(fleet, cli);
    differences =
        Differences.read(
            Programs.ROOT.resolve("docs/compatibility.md"),
            Differences.HAPPO_AGENT,
            fleet.mapping());
    recordings.stream()
        .filter(recorded -> recorded.name().startsWith("slow.") && recorded.kind().equals("http"))
        .forEach(
            recorded ->
                slow.put(
                    recorded.name(),
                    CompletableFuture.supplyAsync(
                        () -> askInTime(recorded), Thread::startVirtualThread)));
  }

  @AfterAll
  void stop_the_fleet() {
    fleet.close();
  }

  private Map<String, String> askInTime(Case recorded) {
    switch (recorded.name()) {
      case "slow.limit_60_first" -> appendOnceASecond();
      case "slow.collected" -> waiting().until(() -> collectedTwice("I"));
      // With the second bad line, the first minute is over.
      case "slow.collected_one_bad_plugin" ->
          waiting().until(() -> fleet.role("J").log().split("oracle\\.bad", -1).length > 2);
      default -> throw new AssertionError("nobody knows when to ask for " + recorded.name());
    }
    return http.ask(recorded);
  }

  private boolean collectedTwice(String role) {
    var buffered = fleet.role(role).get("/status").json().at("metric_buffer_status");
    return !buffered.at("oldest_timestamp").equals(buffered.at("newest_timestamp"));
  }

  /** Each append waits for a new second, so that none is merged with the one before. */
  private void appendOnceASecond() {
    for (int n = 0; n < APPENDS; n++) {
      append("K", "k", 1_500_000_000 + n, "n", n);
      long second = Instant.now().getEpochSecond();
      waiting().until(() -> Instant.now().getEpochSecond() > second);
    }
  }

  private void append(String role, String host, long timestamp, String metric, int value) {
    var batch =
        "{\"metric_data\":[{\"hostname\":\"%s\",\"timestamp\":%d,\"metrics\":{\"%s\":%d}}]}"
            .formatted(host, timestamp, metric, value);
    assertThat(fleet.role(role).post("/metric/append", batch).status()).isEqualTo(200);
  }

  @TestFactory
  Stream<DynamicTest> every_recorded_case() {
    return cases.stream()
        .map(recorded -> DynamicTest.dynamicTest(recorded.name(), () -> play(recorded)));
  }

  private void play(Case recorded) throws Exception {
    if (recorded.name().startsWith("monitor.nagios_")) {
      Peer.MONITORING_PLUGINS.need();
    }
    prepare(recorded.name());
    Map<String, String> seen;
    Map<String, Expected> expected;
    switch (recorded.kind()) {
      case "http" -> {
        boolean badAcl = recorded.name().equals("monitor.bad_acl_order_body");
        expected = badAcl ? refusedByBadAcl() : http.recorded(recorded);
        var begun = slow.get(recorded.name());
        seen = begun != null ? begun.join() : badAcl ? startWithBadAcl() : http.ask(recorded);
      }
      case "raw" -> {
        expected = http.sent(recorded);
        seen = http.send(recorded);
      }
      case "cli" -> {
        expected = cli.recorded(recorded);
        seen = cli.run(recorded);
      }
      case "probe" -> {
        expected = probes.recorded(recorded);
        seen = probes.look(recorded);
      }
      default -> throw new AssertionError("no case is of kind " + recorded.kind());
    }
    Verdict.check(recorded.name(), seen, expected, differences.of(recorded.name()));
  }

  /** What had to happen before a case and has no case of its own in the sample. */
  private void prepare(String name) throws IOException {
    switch (name) {
      case "as2.status_difference" -> {
        var group = "{\"autoscaling_group_name\":\"" + Fleet.PROD + "\"}";
        fleet.role("D").post("/autoscaling/delete", group);
        fleet.aws().group(Fleet.PROD, inService("i-0a2", "127.0.0.1"));
      }
      case "as2.refresh_group" ->
          fleet
              .aws()
              .group(Fleet.PROD, inService("i-0a2", "127.0.0.1"), inService("i-0a9", "127.0.0.9"));
      case "as2.proxy_monitor_no_port" -> fleet.aws().forget();
      case "agent.leave.ok" -> fleet.startNode();
      case "proxy.metric_after_append" -> append("B", "p", 1_500_000_000, "v", 1);
      case "machine_state.list" ->
          waiting()
              .atMost(Duration.ofSeconds(20))
              .until(() -> fleet.role("F").get("/machine-state").status() == 200);
      default -> {}
    }
  }

  /** Patience for what comes once a minute. */
  private static org.awaitility.core.ConditionFactory waiting() {
    return Awaitility.await().atMost(Duration.ofSeconds(150)).pollInterval(Duration.ofMillis(250));
  }

  /** What the original did with role C's malformed entry, told as our refusal to start is. */
  private static Map<String, Expected> refusedByBadAcl() {
    return Map.of(
        "exit", Expected.exactly("running"),
        "status", Expected.exactly("503"),
        "stderr", Expected.anything());
  }

  /** The recorded role C as it was, with the malformed entry in its list. */
  private Map<String, String> startWithBadAcl() {
    var folder = fleet.runs().resolve("bad-acl");
    try (var daemon =
        Daemon.start(folder, "-A", "127.0.0.5", "-A", "not-an-ip", "-A", "127.0.0.6")) {
      var answer = Https.to(daemon.port()).from("127.0.0.6").post("/monitor", "{}");
      return Map.of("exit", "running", "status", "" + answer.status(), "stderr", daemon.stderr());
    } catch (Daemon.Ended ended) {
      return Map.of("exit", "" + ended.exit(), "stderr", Run.text(folder.resolve("stderr")));
    }
  }

  @Test
  void every_row_of_the_table_of_differences_has_a_case() {
    assertThat(differences.without(names())).isEmpty();
  }

  private List<String> names() {
    return cases.stream().map(Case::name).toList();
  }
}
