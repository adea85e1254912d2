package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Json;
import io.happo.net.Handler;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Response;
import io.happo.program.cli.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code happo-agent status} and {@code doctor}. */
class SelfClientsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final String ALONE =
      "{\"app_version\":\"3.2\",\"uptime_seconds\":93784,\"num_goroutine\":21,"
          + "\"metric_buffer_status\":{\"newest_timestamp\":1500000060,"
          + "\"oldest_timestamp\":1500000000},"
          + "\"leveldb_properties\":{\"records\":\"2\",\"bytes\":\"512\",\"segments\":\"1\","
          + "\"dropped_by_age\":\"0\",\"dropped_by_size\":\"0\"},\"nrpe\":{}";
  private static final String HUB =
      ",\"hub\":{\"state\":\"%s\",\"problem\":\"%s\",\"plan\":\"0123456789abcdef\","
          + "\"may_run\":\"bundles\",\"checks\":7,\"running\":1,\"results\":100,\"lost\":%d,"
          + "\"missed\":3,\"waiting_records\":5,\"waiting_bytes\":4096}";
  private static final String FIGURES =
      """
      # HELP happo_agent_commands_running Commands running now.
      happo_agent_commands_running 4
      happo_agent_commands_waiting 0
      happo_agent_commands_total{result="exited"} 1200
      happo_agent_commands_total{result="timed_out"} 2
      happo_agent_commands_total{result="not_started"} 1
      happo_agent_feed_taken_total{feed="statsd"} 9
      process_resident_memory_bytes 50331648
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void an_agent_that_is_well_is_told_and_ends_in_0() throws Exception {
    try (var agent = agent(ALONE + HUB.formatted("connected", "", 0) + "}")) {
      assertThat(status(agent)).isZero();
      assertThat(text(out))
          .isEqualTo(
              """
              agent     happo-agent 3.2 runs for 1 d 2 h
              listens   https://127.0.0.1:PORT, NRPE, StatsD
              commands  4 running, 0 waiting; 1200 done, 2 timed out, 1 not started
              hub       connected
              plan      0123456789ab, 7 checks, 1 running, 3 starts left out
              to send   5 records, 4096 bytes
              metrics   2 waiting, 512 bytes, the oldest of 2017-07-14T02:40:00Z
              memory    48 MiB, 21 threads
              """
                  .replace("PORT", "" + agent.address().getPort()));
    }
  }

  @Test
  void an_agent_in_trouble_ends_in_1() throws Exception {
    var trouble = ALONE + HUB.formatted("away", "no route to it", 2) + "}";
    try (var agent = agent(trouble)) {
      assertThat(status(agent)).isEqualTo(1);
      assertThat(text(out))
          .contains("hub       away, no route to it\n")
          .contains("trouble   the hub is not connected;")
          .contains("trouble   2 results could not be kept;");
      out.reset();
      assertThat(status(agent, "--json")).isEqualTo(1);
      var json = Json.parseObject(out.toByteArray());
      assertThat(json.texts("trouble")).hasSize(2);
      assertThat(json.requiredObject("status").text("app_version")).isEqualTo("3.2");
      assertThat(json.requiredObject("metrics").requiredLong("happo_agent_commands_running"))
          .isEqualTo(4);
    }
  }

  @Test
  void an_agent_that_waits_for_approval_or_was_taken_out_names_the_command() throws Exception {
    var id = "abcdef0123456789".repeat(4);
    var pending = HUB.formatted("pending\",\"agent\":\"" + id, "", 0);
    try (var agent = agent(ALONE + pending + "}")) {
      assertThat(status(agent)).isEqualTo(1);
      assertThat(text(out))
          .contains("trouble   the hub waits for someone to approve this agent.")
          .contains("'happo-hub agent approve abcdef012345'");
    }
    out.reset();
    var revoked = HUB.formatted("away\",\"refusal\":\"revoked\",\"agent\":\"" + id, "gone", 0);
    try (var agent = agent(ALONE + revoked + "}")) {
      assertThat(status(agent)).isEqualTo(1);
      assertThat(text(out))
          .contains("took the agent out of its fleet (revoked)")
          .contains("'happo-hub agent approve abcdef012345'")
          .doesNotContain("doctor");
    }
  }

  @Test
  void a_plan_that_was_refused_is_trouble() throws Exception {
    var refused = HUB.formatted("connected\",\"plan_problem\":\"checks[0]: no scripts", "", 0);
    try (var agent = agent(ALONE + refused + "}")) {
      assertThat(status(agent)).isEqualTo(1);
      assertThat(text(out))
          .contains("trouble   the newest plan is not in effect here: checks[0]: no scripts. Mend");
    }
  }

  @Test
  void an_agent_that_asks_for_a_key_gets_it_and_else_refuses() throws Exception {
    Handler guarded =
        request ->
            request.headers().first("Authorization").equals(Optional.of("Bearer sesame"))
                ? answer(request.path(), ALONE + "}")
                : Response.text(401, "");
    try (var agent = serve(guarded)) {
      assertThat(status(agent)).isEqualTo(1);
      assertThat(text(err)).contains("refuses to tell (401)").contains("--api-key-file");
      var key = Files.writeString(folder.resolve("api.key"), "sesame\n");
      assertThat(status(agent, "--api-key-file", key.toString())).isZero();
      assertThat(text(out)).contains("hub       none\n");
    }
  }

  @Test
  void where_no_agent_runs_it_ends_in_2() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, HERE)) {
      port = free.getLocalPort();
    }
    assertThat(run("status", "--port", "" + port)).isEqualTo(2);
    assertThat(text(out))
        .startsWith("No agent answers on this machine: cannot connect to 127.0.0.1:" + port);
    out.reset();
    assertThat(run("status", "--json", "--port", "" + port)).isEqualTo(2);
    assertThat(text(out)).contains("\"running\":false");
  }

  @Test
  void the_doctor_ends_as_the_worst_of_what_it_found() throws Exception {
    var words =
        new String[] {
          "doctor",
          "--port=0",
          "--listen-address=127.0.0.1",
          "--public-key=" + folder.resolve("a.pub"),
          "--private-key=" + folder.resolve("a.key"),
          "--metric-config=" + folder.resolve("metrics.yaml"),
          "--autoscaling-config=" + folder.resolve("autoscaling.yaml"),
          "--logfile=" + folder.resolve("a.log"),
          "--dbfile=" + folder.resolve("a.db"),
          "--hub-folder=" + folder.resolve("hub"),
          "--max-connections=10",
          "--json"
        };
    assertThat(run(words)).isZero();
    assertThat(Json.parseObject(out.toByteArray()).text("worst")).isEqualTo("OK");
    out.reset();
    Files.writeString(folder.resolve("metrics.yaml"), "metrics: 5\n");
    words[words.length - 1] = "--max-processes=10";
    assertThat(run(words)).isEqualTo(2);
    assertThat(text(out)).contains("CRITICAL - metric-config: ").contains("OK - commands: ");
  }

  private int status(HttpsServer agent, String... more) {
    var words = new String[more.length + 3];
    words[0] = "status";
    words[1] = "--port";
    words[2] = "" + agent.address().getPort();
    System.arraycopy(more, 0, words, 3, more.length);
    return run(words);
  }

  private static HttpsServer agent(String status) throws Exception {
    return serve(request -> answer(request.path(), status));
  }

  private static Response answer(String path, String status) {
    return Response.text(200, path.equals("/status") ? status : FIGURES);
  }

  private static HttpsServer serve(Handler handler) throws Exception {
    return HttpsServer.start(
        new HttpsServerSettings(
            new InetSocketAddress(HERE, 0),
            10,
            1 << 16,
            1 << 16,
            1 << 20,
            Duration.ofSeconds(10),
            Optional.empty()),
        Identity.selfSigned("localhost"),
        handler);
  }

  private int run(String... words) {
    return Clients.run(
        Parser.parse(Programs.happoAgent(), words, Map.of()),
        new ByteArrayInputStream(new byte[0]),
        out,
        err,
        arguments -> {});
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
