package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckDockerTest {
  private static final String WEB = "a1b2c3d4e5f6a1b2c3d4e5f6";
  private static final String DB = "0123456789ab0123456789ab";
  private static final String OLD = "ffffffffffff000000000000";

  @TempDir Path folder;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private Path socket;
  private ServerSocketChannel daemon;
  private Thread serving;
  private Asked asked;

  @BeforeEach
  void begin() throws IOException {
    socket = folder.resolve("docker.sock");
    daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    daemon.bind(UnixDomainSocketAddress.of(socket));
    serving = Thread.ofVirtual().start(this::serve);
    asked = new Asked(folder);
    has(
        container(WEB, "web", "nginx:1.27", "running", "Up 3 hours (healthy)"),
        container(DB, "db", "postgres:17", "running", "Up 3 hours"),
        container(OLD, "job", "job:1", "exited", "Exited (0) 2 days ago"));
  }

  @AfterEach
  void end() throws IOException {
    daemon.close();
  }

  private void has(String... containers) {
    answers.put("/containers/json?all=1", "[" + String.join(",", containers) + "]");
  }

  private static String container(
      String id, String name, String image, String state, String status) {
    return "{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"Image\":\"%s\",\"State\":\"%s\",\"Status\":\"%s\"}"
        .formatted(id, name, image, state, status);
  }

  private void serve() {
    try {
      while (true) {
        try (var channel = daemon.accept()) {
          serve(channel);
        }
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    var request = new StringBuilder();
    var in = Channels.newInputStream(channel);
    while (request.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      request.append((char) next);
    }
    var body = answers.get(request.toString().split(" ", 3)[1]);
    var answer =
        body == null
            ? "HTTP/1.0 404 Not Found\r\n\r\n{}"
            : "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body;
    channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
  }

  private String says(String options) {
    return asked.says("check_docker --connection " + socket + " " + options);
  }

  @Test
  void all_containers_are_counted_and_one_that_ended_is_no_problem() {
    assertThat(says("-w 1: -c 1:"))
        .isEqualTo(
            "0: DOCKER OK - 2 of 3 containers run"
                + "|running=2;1:;1:;0 containers=3;;;0 unhealthy=0;;;0");
    assertThat(says("-w 3: -c 2:")).startsWith("1: DOCKER WARNING - 2 of 3 containers run, 2 run|");
  }

  @Test
  void container_that_is_named_must_run() {
    assertThat(says("-n web,db")).startsWith("0: DOCKER OK - 2 of 2 containers run|");
    assertThat(says("-n job"))
        .startsWith("2: DOCKER CRITICAL - 0 of 1 containers run, job is exited|");
    assertThat(says("-n job --status exited")).startsWith("0: DOCKER OK");
    assertThat(says("-n web,none"))
        .startsWith("2: DOCKER CRITICAL - 1 of 1 containers run, there is no none|");
    assertThat(says("-n " + WEB.substring(0, 12))).startsWith("0: DOCKER OK");
    assertThat(says("-n " + WEB.substring(0, 4))).startsWith("2: DOCKER CRITICAL");
  }

  @Test
  void health_is_told() {
    assertThat(says("-n web --health")).startsWith("0: DOCKER OK");
    assertThat(says("-n db --health"))
        .startsWith("3: DOCKER UNKNOWN - 1 of 1 containers run, db has no health check|");
    has(container(WEB, "web", "nginx", "running", "Up 1 second (health: starting)"));
    assertThat(says("")).startsWith("0: DOCKER OK");
    assertThat(says("--health")).startsWith("1: DOCKER WARNING - 1 of 1 containers run, web is st");
    has(container(WEB, "web", "nginx", "running", "Up 2 hours (unhealthy)"));
    assertThat(says(""))
        .isEqualTo(
            "2: DOCKER CRITICAL - 1 of 1 containers run, web is unhealthy"
                + "|running=1;;;0 containers=1;;;0 unhealthy=1;;;0");
  }

  @Test
  void image_and_restarts_are_judged() {
    answers.put("/containers/" + WEB + "/json", "{\"RestartCount\":3}");
    assertThat(says("-n web --image nginx")).startsWith("0: DOCKER OK");
    assertThat(says("-n web --image :1.28"))
        .startsWith("2: DOCKER CRITICAL - 1 of 1 containers run, web runs the image nginx:1.27|");
    assertThat(says("-n web --restarts 3:5")).endsWith(" web_restarts=3;3;5;0").startsWith("0: ");
    assertThat(says("-n web --restarts 1:5")).startsWith("1: ").contains("anew 3 times");
    assertThat(says("-n web --restarts 1:2")).startsWith("2: ");
    assertThat(says("-n db --restarts 1:2")).as("vanished").startsWith("0: DOCKER OK");
    assertThat(says("--restarts 5")).startsWith("3: check_docker: --restarts: '5' is not two");
  }

  @Test
  void names_do_not_break_the_output() {
    has(container(WEB, "a|b c", "x", "dead", "Dead"));
    assertThat(says("")).startsWith("2: DOCKER CRITICAL - 0 of 1 containers run, a,b c is dead|");
  }

  @Test
  void daemon_that_is_none_is_told() throws Exception {
    answers.put("/containers/json?all=1", "not json");
    assertThat(says("")).startsWith("2: DOCKER CRITICAL - the daemon at " + socket + " says what");
    answers.put("/containers/json?all=1", "[{\"Id\":\"../x\"}]");
    assertThat(says("")).startsWith("2: DOCKER CRITICAL - the daemon at " + socket + " says what");
    answers.clear();
    assertThat(says("")).startsWith("2: DOCKER CRITICAL - the daemon at " + socket + " says what");
    daemon.close();
    serving.join(); // Until then it still takes connections.
    assertThat(says("")).contains("cannot be reached: Connection refused").startsWith("2: ");
    assertThat(asked.says("check_docker --connection " + folder.resolve("none")))
        .startsWith("2: DOCKER CRITICAL - the daemon at ")
        .contains("cannot be reached: No such file");
  }
}
