package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.cli.RecordingPeer.Reply;
import io.happo.agent.cli.RecordingPeer.SelfSigned;
import io.happo.program.cli.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientsTest {
  private static final String NO_AUTOSCALING =
      "\"autoscaling\":{\"autoscaling_group_name\":\"\",\"autoscaling_count\":0,\"host_prefix\":\"\"}";
  private static final String GROUPS =
      """
      {"autoscaling":[
       {"autoscaling_group_name":"prod","instances":[
        {"alias":"prod-app-01","instance_data":{"ip":"127.0.0.1","instance_id":"i-1","metric_config":{"Metrics":null}}},
        {"alias":"prod-app-02","instance_data":{"ip":"","instance_id":"","metric_config":{"Metrics":null}}}]},
       {"autoscaling_group_name":"stg","instances":[
        {"alias":"stg-web-01","instance_data":{"ip":"127.0.0.8","instance_id":"i-2"}}]}]}
      """;

  @TempDir Path directory;

  /** What a run left behind. */
  private record Outcome(int exit, String out, String err) {}

  @ParameterizedTest
  @CsvSource({
    "add, 200, 0, 'Success.\n', ''",
    "add, 302, 1, '', 'Conflict!\n'",
    "add, 404, 1, '', 'Failed! [404] {\"message\": \"<x>\"}\n\n'",
    "is_added, 302, 0, 'Found.\n', ''",
    "is_added, 404, 1, '', 'Not found.\n'",
    "is_added, 200, 2, '', 'Failed! [200] {\"message\": \"<x>\"}\n\n'",
    "remove, 200, 0, 'Success.\n', ''",
    "remove, 404, 1, '', 'Not found.\n'",
    "remove, 500, 1, '', 'Failed! [500] {\"message\": \"<x>\"}\n\n'",
  })
  void answer_of_the_management_server_becomes_words_and_a_status(
      String command, int status, int exit, String out, String err) throws Exception {
    try (var server = RecordingPeer.plain(body -> new Reply(status, "{\"message\": \"<x>\"}"))) {
      assertThat(run(command, "-e", server.endpoint(), "-g", "g", "-i", "10.0.0.1"))
          .isEqualTo(new Outcome(exit, out, err));
    }
  }

  @Test
  void add_sends_the_host_with_its_proxies() throws Exception {
    try (var server = RecordingPeer.plain(body -> new Reply(200, "{}"))) {
      run("add", "-e", server.endpoint(), "-g", "g!<s>", "-i", "10.0.0.1", "ignored");
      run(
          "add",
          "-e",
          server.endpoint() + "/",
          "-g",
          "g",
          "-i",
          "10.0.0.1",
          "-H",
          "host.example",
          "-p",
          "10.9.9.9:6777",
          "-p",
          "10.8.8.8",
          "-P",
          "6778");

      assertThat(server.requests())
          .containsExactly(
              "POST /manage/add application/json"
                  + " {\"apikey\":\"\",\"hostdata\":{\"group_name\":\"g!\\u003cs\\u003e\","
                  + "\"ip\":\"10.0.0.1\",\"hostname\":\"\",\"port\":6777,"
                  + NO_AUTOSCALING
                  + ",\"proxies\":[]}}",
              "POST /manage/add application/json"
                  + " {\"apikey\":\"\",\"hostdata\":{\"group_name\":\"g\","
                  + "\"ip\":\"10.0.0.1\",\"hostname\":\"host.example\",\"port\":6778,"
                  + NO_AUTOSCALING
                  + ",\"proxies\":[\"10.9.9.9:6777\",\"10.8.8.8\"]}}");
    }
  }

  @Test
  void add_ag_sends_the_group_as_a_host() throws Exception {
    try (var server = RecordingPeer.plain(body -> new Reply(200, "{}"))) {
      var outcome =
          run(
              "add_ag",
              "-e",
              server.endpoint(),
              "-g",
              "g",
              "-n",
              "prod",
              "-H",
              "app",
              "-c",
              "10",
              "-p",
              "10.9.9.9");

      assertThat(outcome).isEqualTo(new Outcome(0, "Success.\n", ""));
      assertThat(server.requests())
          .containsExactly(
              "POST /manage/add application/json"
                  + " {\"apikey\":\"\",\"hostdata\":{\"group_name\":\"g\","
                  + "\"ip\":\"prod\",\"hostname\":\"prod\",\"port\":6777,"
                  + "\"autoscaling\":{\"autoscaling_group_name\":\"prod\",\"autoscaling_count\":10,"
                  + "\"host_prefix\":\"app\"},\"proxies\":[\"10.9.9.9\"]}}");
    }
  }

  @ParameterizedTest
  @CsvSource({"is_added", "remove"})
  void question_about_a_host_has_no_list_of_proxies_and_may_come_from_the_environment(
      String command) throws Exception {
    try (var server = RecordingPeer.plain(body -> new Reply(302, ""))) {
      var environment =
          Map.of(
              "HAPPO_AGENT_ENDPOINT", server.endpoint(),
              "HAPPO_AGENT_GROUP_NAME", "g",
              "HAPPO_AGENT_IP", "10.0.0.2",
              "HAPPO_AGENT_PORT", "7001");

      run(environment, "", command);

      assertThat(server.requests())
          .containsExactly(
              "POST /manage/"
                  + command
                  + " application/json {\"apikey\":\"\",\"hostdata\":{\"group_name\":\"g\","
                  + "\"ip\":\"10.0.0.2\",\"hostname\":\"\",\"port\":7001,"
                  + NO_AUTOSCALING
                  + ",\"proxies\":null}}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "add; ERROR: endpoint must set with args or environment variable",
        "remove; ERROR: endpoint must set with args or environment variable",
        "add_ag -g g -n n; ERROR: endpoint must set with args or environment variable",
        "add -e http://127.0.0.1:1 -i 10.0.0.1; group_name is null",
        "is_added -e http://127.0.0.1:1 -g g; ip is null",
        "remove -e http://127.0.0.1:1; group_name is null|ip is null",
        "add_ag -e http://127.0.0.1:1 -g g -n n -H p -c -5 -p x; autoscaling_count is lower than 1",
        "add_ag -e http://127.0.0.1:1 -c 1; group_name is null|autoscaling_group_name is"
            + " null|host_prefix is null|proxy is null",
        "resolve_alias; missing argument",
      })
  void what_is_missing_is_told_in_the_words_of_the_original(String line, String complaint) {
    assertThat(run(line.split(" ", -1)))
        .isEqualTo(new Outcome(1, "", complaint.replace('|', '\n') + "\n"));
  }

  @ParameterizedTest
  @CsvSource({"nosuch://127.0.0.1", "http://[bad", "127.0.0.1:6777", "'http://bad host'"})
  void endpoint_that_is_no_address_is_told(String endpoint) {
    assertThat(run("remove", "-e", endpoint, "-g", "g", "-i", "10.0.0.1"))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "ERROR(happo-agent): '"
                    + endpoint
                    + "' is not an address like https://192.0.2.1:6777\n"));
  }

  @Test
  void endpoint_with_a_password_is_refused_and_not_shown() {
    assertThat(run("remove", "-e", "http://user:secret@127.0.0.1:1", "-g", "g", "-i", "10.0.0.1"))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "ERROR(happo-agent): an address must not hold a user name or password: they would"
                    + " show in messages\n"));
  }

  @Test
  void refused_connection_names_the_peer() throws Exception {
    int port = closedPort();

    assertThat(run("list_aliases", "-b", "https://127.0.0.1:" + port))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "ERROR(happo-agent): cannot connect to 127.0.0.1:"
                    + port
                    + ": connection refused\n"));
  }

  @Test
  void usage_error_exits_with_2_and_says_where_to_read_on() {
    assertThat(run("add", "--nosuch"))
        .isEqualTo(
            new Outcome(
                2, "", "happo-agent: unknown option --nosuch\nSee 'happo-agent add --help'.\n"));
  }

  @Test
  void help_goes_to_standard_output() {
    var outcome = run();

    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out()).startsWith("Usage: happo-agent ");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void append_metric_sends_what_comes_over_standard_input() throws Exception {
    try (var agent =
        RecordingPeer.plain(body -> new Reply(200, "{\"status\":\"ok\",\"message\":\"\"}"))) {
      var outcome =
          run(
              Map.of(),
              "linux.a\t1.5\t1500000000\nno metric\nlinux.b 2 1500000005\n",
              "append_metric",
              "-H",
              "h1",
              "-a",
              "KEY",
              "-b",
              agent.endpoint());

      assertThat(outcome).isEqualTo(new Outcome(0, "Success.\n", ""));
      assertThat(agent.requests())
          .containsExactly(
              "POST /metric/append application/json"
                  + " {\"apikey\":\"KEY\",\"metric_data\":[{\"hostname\":\"h1\","
                  + "\"timestamp\":1500000005,\"metrics\":{\"linux.a\":1.5,\"linux.b\":2}}]}");
    }
  }

  @Test
  void append_metric_takes_lines_and_key_from_files() throws Exception {
    var data = Files.writeString(directory.resolve("data"), "a 1 2\n");
    var key = Files.writeString(directory.resolve("key"), "secret \nother\n");
    try (var agent = RecordingPeer.plain(body -> new Reply(500, "{\"status\":\"error\"}"))) {
      var outcome =
          run(
              "append_metric",
              "-b",
              agent.endpoint(),
              "--datafile",
              data.toString(),
              "--api-key-file",
              key.toString());

      assertThat(outcome).isEqualTo(new Outcome(1, "", "Failed! [500] {\"status\":\"error\"}\n\n"));
      assertThat(agent.requests()).singleElement().asString().contains("{\"apikey\":\"secret\",");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'linux.a\t1.5\t1500000000|linux.b 2 1500000005|', '[{h 1500000005 map[linux.a:1.5"
        + " linux.b:2]}]'",
    "'a 1e3 2|b NaN 3|c Inf 4|d 0x1p4 5|e 1_000 6|', '[{h 6 map[a:1000 b:NaN c:+Inf d:16"
        + " e:1000]}]'",
    "'a 1 2|a 3 1|', '[{h 2 map[a:3]}]'",
  })
  void dry_run_prints_what_would_be_sent(String lines, String expected) {
    assertThat(run(Map.of(), lines.replace('|', '\n'), "append_metric", "-H", "h", "-n"))
        .isEqualTo(new Outcome(0, expected + "\n", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      quoteCharacter = '"',
      value = {
        "good 1 2|a x 1|b 1 y = 'a x 1': value and time must be numbers; nothing was sent"
            + "|'b 1 y': value and time must be numbers; nothing was sent",
        "a 1 2\\r| = 'a 1 2\\r': value and time must be numbers; nothing was sent",
        "one two| = there is no line of NAME VALUE UNIXTIME; nothing was sent",
        "a NaN 1| = a is NaN, which JSON cannot hold; nothing was sent",
      })
  void append_metric_names_the_lines_that_cannot_be_sent(String lines, String complaints) {
    var input = lines.replace('|', '\n').replace("\\r", "\r");
    var err = "ERROR(happo-agent): " + complaints.replace("|", "\nERROR(happo-agent): ") + "\n";

    assertThat(run(Map.of(), input, "append_metric", "-H", "h", "-b", "http://127.0.0.1:1"))
        .isEqualTo(new Outcome(1, "", err));
  }

  @Test
  void append_metric_tells_that_its_files_cannot_be_read() {
    var missing = directory.resolve("nosuch").toString();

    assertThat(run("append_metric", "-n", "--datafile", missing).err())
        .isEqualTo(
            "ERROR(happo-agent): cannot read "
                + missing
                + ": check that it is there and may be read; nothing was sent\n");
    assertThat(run(Map.of(), "a 1 2\n", "append_metric", "--api-key-file", missing).err())
        .isEqualTo(
            "ERROR(happo-agent): --api-key-file: cannot read "
                + missing
                + ": check that it is there and may be read\n");
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"Status\":\"OK\",\"ip\":\"127.0.0.9\"}', '127.0.0.9'",
    "500, '{\"Status\":\"error\",\"ip\":\"\"}', ''",
    "200, '{\"status\":\"OK\"}', ''",
  })
  void resolve_alias_prints_the_address_or_an_empty_line(int status, String body, String expected)
      throws Exception {
    try (var agent = RecordingPeer.plain(request -> new Reply(status, body))) {
      assertThat(run("resolve_alias", "a b/ä", "-b", agent.endpoint()))
          .isEqualTo(new Outcome(0, expected + "\n", ""));
      assertThat(agent.requests()).containsExactly("GET /autoscaling/resolve/a%20b%2F%C3%A4");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "; prod-app-01,127.0.0.1,i-1|stg-web-01,127.0.0.8,i-2|",
        "-n stg; stg-web-01,127.0.0.8,i-2|",
        "-n prod --all; prod-app-01,127.0.0.1,i-1|prod-app-02,,|",
        "-n nosuch; |",
      })
  void list_aliases_prints_a_line_for_each(String options, String expected) throws Exception {
    try (var agent = RecordingPeer.plain(request -> new Reply(200, GROUPS))) {
      var words = new ArrayList<String>(List.of("list_aliases", "-b", agent.endpoint()));
      if (options != null) {
        words.addAll(List.of(options.split(" ", -1)));
      }

      assertThat(run(words.toArray(String[]::new)))
          .isEqualTo(new Outcome(0, expected.replace('|', '\n'), ""));
      assertThat(agent.requests()).containsExactly("GET /autoscaling");
    }
  }

  @Test
  void list_aliases_tells_a_missing_group_from_an_answer_that_is_no_json() throws Exception {
    try (var none = RecordingPeer.plain(request -> new Reply(500, "{\"autoscaling\":null}"));
        var noJson = RecordingPeer.plain(request -> new Reply(200, "<html>"))) {
      assertThat(run("list_aliases", "-b", none.endpoint()))
          .isEqualTo(new Outcome(1, "", "Missing auto scaling group\n"));
      var outcome = run("list_aliases", "-b", noJson.endpoint());
      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.err())
          .startsWith("ERROR(happo-agent): the answer (status 200) cannot be read: not JSON");
    }
  }

  @Test
  void agent_without_auto_scaling_is_told_as_such() throws Exception {
    try (var agent = RecordingPeer.plain(request -> new Reply(404, "404 page not found\n"))) {
      var told = new Outcome(1, "", "ERROR(happo-agent): this agent has no Auto Scaling\n");

      assertThat(run("list_aliases", "-b", agent.endpoint())).isEqualTo(told);
      assertThat(run("resolve_alias", "-b", agent.endpoint(), "a")).isEqualTo(told);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{}', 0, 'Success.\n', ''",
    "404, '404 page not found', 1, '', 'node-endpoint was not available\n'",
    "500, '{\"status\":\"NG\",\"message\":\"not registered\"}', 1, '', 'not registered\n'",
    "500, '{}', 1, '', 'Failed! [500] {}\n\n'",
  })
  void leave_tells_what_the_node_says(int status, String body, int exit, String out, String err)
      throws Exception {
    try (var node = RecordingPeer.plain(request -> new Reply(status, body))) {
      assertThat(run("leave", "-n", node.endpoint())).isEqualTo(new Outcome(exit, out, err));
      assertThat(node.requests())
          .containsExactly("POST /autoscaling/leave application/json {\"apikey\":\"\"}");
    }
  }

  @Test
  void certificate_is_believed_unless_an_authority_or_a_pin_speaks_against_it() throws Exception {
    var identity = SelfSigned.in(directory);
    var pem = identity.pem(directory).toString();
    try (var server = RecordingPeer.encrypted(identity, body -> new Reply(200, "{}"))) {
      assertThat(run("leave", "-n", server.endpoint()).exit()).isZero();
      assertThat(run("leave", "-n", server.endpoint(), "--pin", identity.pin()).exit()).isZero();
      assertThat(run("leave", "-n", server.endpoint(), "--ca", pem).exit()).isZero();
      assertThat(server.requests()).hasSize(3);

      var other = "00".repeat(32);
      assertThat(run("leave", "-n", server.endpoint(), "--pin", other).err())
          .startsWith("ERROR(happo-agent): ")
          .contains("127.0.0.1", Integer.toString(server.port()));
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void trust_that_cannot_be_kept_is_refused_before_anything_is_sent() {
    var pin = "00".repeat(32);
    var missing = directory.resolve("nosuch").toString();

    assertThat(run("leave", "-n", "http://127.0.0.1:1", "--pin", pin).err())
        .isEqualTo(
            "ERROR(happo-agent): --ca and --pin need an https:// address, http://127.0.0.1:1 is not"
                + " encrypted\n");
    assertThat(run("leave", "--pin", pin, "--ca", missing).err())
        .isEqualTo("ERROR(happo-agent): --ca and --pin exclude each other: give one of them\n");
    assertThat(run("leave", "--ca", missing).err())
        .isEqualTo(
            "ERROR(happo-agent): --ca: cannot read "
                + missing
                + ": check that it is there and may be read\n");
  }

  static int closedPort() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static Outcome run(String... words) {
    return run(Map.of(), "", words);
  }

  private static Outcome run(Map<String, String> environment, String input, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exit =
        Clients.run(
            Parser.parse(Programs.happoAgent(), words, environment),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            out,
            err,
            arguments -> {});
    return new Outcome(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
