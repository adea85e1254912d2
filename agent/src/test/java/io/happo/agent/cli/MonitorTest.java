package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.cli.RecordingPeer.Reply;
import io.happo.agent.cli.RecordingPeer.SelfSigned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorTest {
  @TempDir static Path directory;
  private static SelfSigned identity;

  /** What a run left behind. */
  private record Outcome(int exit, String out, String err) {}

  @BeforeAll
  static void make_a_certificate() throws Exception {
    identity = SelfSigned.in(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'OK - all good|a=1;2;3;0;10\\n'",
    "2, 'CRITICAL\\n/ 15272 MB (77%);\\n'",
    "137, 'before signal\\n, stderr=Killed\\n'",
    "255, 'no line break'",
    "1, '<b>\\\"ä\\\"</b>\\t'",
  })
  void output_of_the_plugin_is_printed_as_it_is_and_its_status_is_the_exit(
      int status, String message) throws Exception {
    try (var agent =
        agent(200, "{\"return_value\":" + status + ",\"message\":\"" + message + "\"}")) {
      var outcome = monitor(agent, "-p", "t_ok");

      assertThat(outcome).isEqualTo(new Outcome(status, message.translateEscapes(), ""));
    }
  }

  @Test
  void agent_is_asked_for_the_plugin_with_its_options() throws Exception {
    var key = Files.writeString(directory.resolve("key"), "KEY\n");
    try (var agent = agent(200, "{}")) {
      monitor(agent, "-p", "t_ok", "-o", "opt <&>");
      monitor(agent, "--plugin_name=t_ok", "--api-key-file", key.toString());

      assertThat(agent.requests())
          .containsExactly(
              "POST /monitor application/json"
                  + " {\"apikey\":\"\",\"plugin_name\":\"t_ok\",\"plugin_option\":\"opt"
                  + " \\u003c\\u0026\\u003e\"}",
              "POST /monitor application/json"
                  + " {\"apikey\":\"KEY\",\"plugin_name\":\"t_ok\",\"plugin_option\":\"\"}");
    }
  }

  @Test
  void first_proxy_gets_the_rest_of_the_chain_and_the_host_last() throws Exception {
    try (var proxy = agent(200, "{}")) {
      check(
          "monitor",
          "-X",
          "127.0.0.1:" + proxy.port(),
          "-X",
          "127.0.0.7:1",
          "-H",
          "target",
          "-P",
          "7",
          "-p",
          "plug",
          "-o",
          "opt <&>");

      var request =
          "{\"apikey\":\"\",\"plugin_name\":\"plug\",\"plugin_option\":\"opt"
              + " \\u003c\\u0026\\u003e\"}";
      assertThat(proxy.requests())
          .containsExactly(
              "POST /proxy application/json {\"proxy_hostport\":[\"127.0.0.7:1\",\"target:7\"],"
                  + "\"request_type\":\"monitor\",\"request_json\":\""
                  + Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.UTF_8))
                  + "\"}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "504, 3, UNKNOWN(happo-agent): happo-agent returns 504",
    "500, 2, ERROR(happo-agent): happo-agent returns 500",
    "403, 2, ERROR(happo-agent): happo-agent returns 403",
  })
  void answer_that_is_not_200_is_told_with_its_status(int status, int exit, String out)
      throws Exception {
    try (var agent = agent(status, "{\"return_value\":0,\"message\":\"fine\"}")) {
      assertThat(monitor(agent, "-p", "t_ok")).isEqualTo(new Outcome(exit, out, ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{\"return_value\":\"0\",\"message\":\"x\"}"})
  void answer_that_is_no_result_is_critical(String body) throws Exception {
    try (var agent = agent(200, body)) {
      var outcome = monitor(agent, "-p", "t_ok");

      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.out()).startsWith("ERROR(check_happo): ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"256", "-1", "65536"})
  void status_that_no_process_can_have_is_unknown(String status) throws Exception {
    try (var agent = agent(200, "{\"return_value\":" + status + ",\"message\":\"m\"}")) {
      assertThat(monitor(agent, "-p", "t_ok")).isEqualTo(new Outcome(3, "m", ""));
    }
  }

  @Test
  void refused_connection_is_critical_and_names_the_peer() throws Exception {
    int port = ClientsTest.closedPort();
    var out = "ERROR(happo-agent): cannot connect to 127.0.0.1:" + port + ": connection refused";

    assertThat(check("monitor", "-H", "127.0.0.1", "-P", "" + port, "-p", "p"))
        .isEqualTo(new Outcome(2, out, ""));
    assertThat(check("monitor", "-H", "target", "-X", "127.0.0.1:" + port, "-p", "p"))
        .isEqualTo(new Outcome(2, out, ""));
  }

  @Test
  void agent_that_speaks_no_tls_is_critical() throws Exception {
    try (var plain = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var connection = plain.accept()) {
                  connection.getInputStream().read();
                  connection
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });

      var port = Integer.toString(plain.getLocalPort());
      var outcome = check("monitor", "-H", "127.0.0.1", "-P", port, "-p", "p");

      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.out()).startsWith("ERROR(happo-agent): ").contains("127.0.0.1", port);
    }
  }

  @Test
  void agent_that_never_answers_is_given_up_at_the_deadline() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var port = Integer.toString(silent.getLocalPort());

      assertThat(check("monitor", "-H", "127.0.0.1", "-P", port, "-p", "p", "-t", "1"))
          .isEqualTo(
              new Outcome(
                  2,
                  "ERROR(happo-agent): no answer from 127.0.0.1:" + port + " within 1 seconds",
                  ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad host", "a/b", "a@b", "[::1", "?"})
  void host_that_is_no_host_is_told(String host) {
    var outcome = check("monitor", "-H", host, "-p", "p");

    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out()).startsWith("ERROR(check_happo): ").contains(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"p:70000", "127.0.0.1:x", "127.0.0.1:", "[::1]:-1"})
  void proxy_with_an_impossible_port_is_misuse(String proxy) {
    var problem = "--proxy " + proxy + ": the port is not a whole number from 0 to 65535";
    for (var chain : List.of(List.of("-X", proxy), List.of("-X", "fine:1", "-X", proxy))) {
      var words = new ArrayList<String>(List.of("monitor", "-H", "h", "-p", "p"));
      words.addAll(chain);

      assertThat(check(words.toArray(String[]::new)))
          .isEqualTo(
              new Outcome(
                  3,
                  "UNKNOWN(check_happo): " + problem + ". See 'check_happo monitor --help'.\n",
                  "check_happo: " + problem + "\nSee 'check_happo monitor --help'.\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:6777", "web-01:6777", "[::1]:6777", "web-01:"})
  void host_with_a_port_is_told_which_option_takes_it(String host) {
    assertThat(check("monitor", "-H", host, "-p", "p"))
        .isEqualTo(
            new Outcome(2, "ERROR(check_happo): --host takes no port; use -P: '" + host + "'", ""));
  }

  @Test
  void folder_in_the_place_of_a_file_is_told_with_its_option() {
    var folder = directory.toString();

    assertThat(check("monitor", "-H", "h", "-p", "p", "--ca", folder).out())
        .isEqualTo(
            "ERROR(check_happo): --ca: "
                + folder
                + " is a folder: name the PEM file of the"
                + " authorities");
    assertThat(check("monitor", "-H", "h", "-p", "p", "--api-key-file", folder).out())
        .isEqualTo(
            "ERROR(check_happo): --api-key-file: "
                + folder
                + " is a folder: name a file whose"
                + " first line is the key");
  }

  @Test
  void who_forgets_the_command_is_told_its_name() {
    assertThat(check("-H", "127.0.0.1", "-p", "p"))
        .isEqualTo(
            new Outcome(
                2,
                "",
                "check_happo: the command is missing: monitor\nSee 'check_happo --help'.\n"));
  }

  @Test
  void usage_error_is_unknown_and_stands_on_both_streams() {
    assertThat(check("monitor", "--hots", "h", "-p", "p"))
        .isEqualTo(
            new Outcome(
                3,
                "UNKNOWN(check_happo): unknown option --hots; did you mean '--host'?; --host HOST"
                    + " is missing. See 'check_happo monitor --help'.\n",
                """
                check_happo: unknown option --hots; did you mean '--host'?
                check_happo: --host HOST is missing
                See 'check_happo monitor --help'.
                """));
  }

  @Test
  void certificate_is_checked_when_a_pin_or_an_authority_is_given() throws Exception {
    try (var agent = agent(200, "{\"return_value\":0,\"message\":\"m\"}")) {
      assertThat(monitor(agent, "-p", "p", "--pin", identity.pin()).exit()).isZero();
      assertThat(monitor(agent, "-p", "p", "--ca", identity.pem(directory).toString()).exit())
          .isZero();

      var refused = monitor(agent, "-p", "p", "--pin", "00".repeat(32));
      assertThat(refused.exit()).isEqualTo(2);
      assertThat(refused.out())
          .startsWith("ERROR(happo-agent): ")
          .contains("127.0.0.1", Integer.toString(agent.port()));
      assertThat(agent.requests()).hasSize(2);
    }
  }

  @Test
  void verbose_tells_on_standard_error_who_is_asked() throws Exception {
    try (var agent = agent(200, "{\"return_value\":0,\"message\":\"m\"}")) {
      var outcome = monitor(agent, "-v", "-p", "p");

      assertThat(outcome.out()).isEqualTo("m");
      assertThat(outcome.err())
          .contains("POST https://127.0.0.1:" + agent.port() + "/monitor", "status 200");
    }
  }

  @Test
  void verbose_shows_the_reason_of_a_failure_fit_for_a_terminal() throws Exception {
    var reason = "{\"message\":\"Exec timeout\"}\n\u001b[2J\u009b" + "x".repeat(8000);
    try (var agent = agent(500, reason)) {
      var outcome = monitor(agent, "-v", "-p", "p");

      assertThat(outcome.out()).isEqualTo("ERROR(happo-agent): happo-agent returns 500");
      assertThat(outcome.err())
          .contains("check_happo: {\"message\":\"Exec timeout\"}\\n\\u001b[2J\\u009bxxx")
          .contains("xxx... (")
          .hasSizeLessThan(5000);
      assertThat(monitor(agent, "-p", "p").err()).isEmpty();
    }
  }

  @Test
  void program_prints_utf_8_in_any_locale_and_exits_with_the_status() throws Exception {
    try (var agent = agent(200, "{\"return_value\":1,\"message\":\"größer ▲\\n\"}")) {
      var process = program("monitor", "-H", "127.0.0.1", "-P", "" + agent.port(), "-p", "p");

      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("größer ▲\n");
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
    }
  }

  private static Process program(String... words) throws Exception {
    var command =
        new ArrayList<String>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.happo.agent.CheckHappo"));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  private static RecordingPeer agent(int status, String body) throws Exception {
    return RecordingPeer.encrypted(identity, request -> new Reply(status, body));
  }

  private static Outcome monitor(RecordingPeer agent, String... words) {
    var all = new ArrayList<String>(List.of("monitor", "-H", "127.0.0.1", "-P", "" + agent.port()));
    all.addAll(List.of(words));
    return check(all.toArray(String[]::new));
  }

  private static Outcome check(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exit = Monitor.run(words, out, err);
    return new Outcome(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
