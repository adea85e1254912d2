package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.nrpe.NrpeSettings.Family;
import io.happo.agent.nrpe.NrpeSettings.Listening;
import io.happo.agent.nrpe.NrpeSettings.Rules;
import io.happo.agent.nrpe.NrpeSettings.Running;
import io.happo.core.JsonWriter;
import io.happo.net.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The door behind a real socket, without TLS. */
@Timeout(60)
final class NrpeServerTest {
  private static Identity identity;

  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of()));
  @TempDir Path folder;
  private String allowed = "127.0.0.1";
  private Optional<String> hostsFile = Optional.empty();

  @BeforeAll
  static void makeIdentity() {
    identity = Identity.selfSigned("agent.test");
  }

  @AfterEach
  void close() {
    exec.close();
  }

  @Test
  void command_runs_in_the_surroundings_of_nrpe() throws Exception {
    var settings = settings(0, Map.of("env", "pwd; env | sort"), Rules.DEFAULT_FORBIDDEN);
    try (var server = start(settings, false)) {
      assertThat(ask(server, "env"))
          .startsWith("0 /\n")
          .contains("NRPE_MULTILINESUPPORT=1", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "KEPT_A=yes")
          .doesNotContain("OTHER");
      assertThat(server.answered(0)).isEqualTo(1);
    }
  }

  @Test
  void refused_query_gets_no_answer_and_status_says_why() throws Exception {
    try (var server = start(settings(0, Map.of("ok", "echo OK"), Rules.DEFAULT_FORBIDDEN), false)) {
      assertThat(ask(server, "ok!argument")).isEmpty();
      assertThat(ask(server, "ok;id")).isEmpty();
      assertThat(ask(server, "ok")).isEqualTo("0 OK");
      await().until(() -> server.refused() == 2);
      assertThat(status(server))
          .contains("\"refused\":2", "\"peer\":\"127.0.0.1\"", "dont_blame_nrpe=1");
    }
  }

  @Test
  void refused_query_is_explained_where_that_is_wanted() throws Exception {
    try (var server = start(settings(0, Map.of("ok", "echo OK"), Rules.DEFAULT_FORBIDDEN), true)) {
      assertThat(ask(server, "ok!argument")).startsWith("3 NRPE: refused: ").contains("arguments");
      assertThat(server.refused()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/nrpe.cfg,'is not in allowed_hosts; if it may ask, add 127.0.0.1 to that line of"
        + " /etc/nrpe.cfg and reload the agent'",
    ",'is not in --nrpe-allowed-hosts; if it may ask, add 127.0.0.1 there and restart the agent'",
  })
  void stranger_is_told_with_the_list_and_the_remedy(@Nullable String file, String reason)
      throws Exception {
    allowed = "127.0.0.9";
    hostsFile = Optional.ofNullable(file);
    try (var server = start(settings(0, Map.of("ok", "echo OK"), Rules.DEFAULT_FORBIDDEN), false)) {
      assertThatThrownBy(() -> ask(server, "ok")).isInstanceOf(SocketException.class);
      await().until(() -> server.refused() == 1);
      assertThat(status(server)).contains("\"reason\":\"" + reason);
    }
  }

  @Test
  void no_more_commands_run_at_once_than_max_commands() throws Exception {
    var mark = folder.resolve("running");
    var line = "mkdir " + mark + " || exit 2; sleep 0.2; rmdir " + mark + "; echo done";
    try (var server = start(settings(1, Map.of("alone", line), Rules.DEFAULT_FORBIDDEN), false);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<String>>();
      for (int i = 0; i < 5; i++) {
        Callable<String> question = () -> ask(server, "alone");
        answers.add(threads.submit(question));
      }
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo("0 done");
      }
    }
  }

  @Test
  void new_configuration_holds_from_the_next_query_and_one_that_takes_a_restart_changes_nothing()
      throws Exception {
    var first = settings(0, Map.of("a", "echo one"), Rules.DEFAULT_FORBIDDEN);
    try (var server = start(first, false)) {
      server.use(settings(0, Map.of("a", "echo two"), Rules.DEFAULT_FORBIDDEN), identity);
      assertThat(ask(server, "a")).isEqualTo("0 two");
      var elsewhere =
          settings(
              new Listening(Optional.of("127.0.0.2"), 0, 10, Family.ANY),
              0,
              Map.of("a", "echo three"),
              Rules.DEFAULT_FORBIDDEN,
              Optional.empty());
      assertThatThrownBy(() -> server.use(elsewhere, identity))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("restart");
      assertThat(ask(server, "a")).isEqualTo("0 two");
    }
  }

  @Test
  void pid_file_of_a_process_that_runs_stops_the_start_and_a_stale_one_does_not() throws Exception {
    var file = folder.resolve("nrpe.pid");
    var settings =
        settings(local(), 0, Map.of("a", "echo a"), Rules.DEFAULT_FORBIDDEN, Optional.of(file));
    Files.writeString(file, ProcessHandle.current().parent().orElseThrow().pid() + "\n");
    assertThatThrownBy(() -> start(settings, false).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("pid_file");
    Files.writeString(file, "999999999\n");
    try (var _ = start(settings, false)) {
      assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void user_that_does_not_exist_stops_the_start() {
    var running =
        new Running(
            Duration.ofSeconds(10),
            Optional.empty(),
            0,
            Optional.of("nobody-of-that-name"),
            Optional.empty(),
            List.of());
    assertThatThrownBy(() -> NrpeSurroundings.of(running, Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nobody-of-that-name");
  }

  private NrpeServer start(NrpeSettings settings, boolean explains) throws IOException {
    return new NrpeServer(
        settings,
        identity,
        exec,
        Map.of("KEPT_A", "yes", "OTHER", "no"),
        explains,
        Clock.systemUTC());
  }

  private static Listening local() {
    return new Listening(Optional.of("127.0.0.1"), 0, 100, Family.ANY);
  }

  private NrpeSettings settings(int maxCommands, Map<String, String> commands, String forbidden) {
    return settings(local(), maxCommands, commands, forbidden, Optional.empty());
  }

  private NrpeSettings settings(
      Listening listening,
      int maxCommands,
      Map<String, String> commands,
      String forbidden,
      Optional<Path> pidFile) {
    return new NrpeSettings(
        listening,
        Optional.of(List.of(allowed)),
        hostsFile,
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Optional.empty(),
        new Rules(false, false, forbidden),
        new Running(
            Duration.ofSeconds(20),
            Optional.empty(),
            maxCommands,
            Optional.empty(),
            Optional.empty(),
            List.of("KEPT")),
        commands,
        Set.of(),
        pidFile);
  }

  private static String status(NrpeServer server) {
    var json = new JsonWriter();
    server.write(json);
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }

  /** Status, blank, text; empty when the connection ends without an answer. */
  private static String ask(NrpeServer server, String query) throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(packet(query));
      var answer = ByteBuffer.wrap(socket.getInputStream().readAllBytes());
      return answer.hasRemaining()
          ? answer.getShort(8)
              + " "
              + new String(answer.array(), 16, answer.getInt(12) - 1, StandardCharsets.ISO_8859_1)
          : "";
    }
  }

  private static byte[] packet(String query) {
    var text = query.getBytes(StandardCharsets.ISO_8859_1);
    var packet = ByteBuffer.allocate(16 + text.length + 1);
    packet.putShort((short) 4).putShort((short) 1).putInt(0).putShort((short) 0);
    packet.putShort((short) 0).putInt(text.length + 1).put(text);
    var checksum = new CRC32();
    checksum.update(packet.array());
    packet.putInt(4, (int) checksum.getValue());
    return packet.array();
  }
}
