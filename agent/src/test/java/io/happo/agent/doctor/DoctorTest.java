package io.happo.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.cli.Programs;
import io.happo.agent.doctor.Remark.Level;
import io.happo.agent.uplink.HubMembership;
import io.happo.net.Handler;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Response;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import io.happo.program.keys.KeyFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final Handler SAYS_OK = request -> Response.text(200, "OK");

  @TempDir Path folder;

  @Test
  void an_agent_without_anything_is_well() {
    var remarks = examine();
    assertThat(remarks).allMatch(remark -> remark.advice().isEmpty() == isOk(remark));
    assertThat(of(remarks, "port")).contains("is free; no agent runs there");
    assertThat(of(remarks, "commands")).isEqualTo("OK commands can be run");
    assertThat(of(remarks, "hub")).startsWith("OK this agent belongs to no hub");
    assertThat(of(remarks, "key pair")).contains("makes a pair when it starts");
    assertThat(of(remarks, "dbfile")).contains(folder + " can be written to");
    assertThat(of(remarks, "hub-may-run")).contains("that the hub has signed");
  }

  @Test
  void files_that_the_agent_would_not_start_with_are_told() throws IOException {
    Files.writeString(folder.resolve("metrics.yaml"), "metrics:\n- hostnam: web\n");
    Files.writeString(folder.resolve("autoscaling.yaml"), "autoscalings: 5\n");
    Files.writeString(folder.resolve("happo-agent.pub"), "nothing");
    Files.writeString(folder.resolve("nrpe.cfg"), "server_port=80\n");
    Files.writeString(folder.resolve("ca.pem"), "nothing");
    var remarks =
        examine(
            "--nrpe-config",
            folder.resolve("nrpe.cfg").toString(),
            "--client-ca",
            folder.resolve("ca.pem").toString(),
            "--api-key-file",
            folder.resolve("none").toString());
    for (var about :
        List.of(
            "metric-config",
            "autoscaling-config",
            "key pair",
            "nrpe-config",
            "client-ca",
            "api-key-file")) {
      assertThat(of(remarks, about)).startsWith("CRITICAL ");
    }
    assertThat(of(remarks, "metric-config")).contains("metrics.yaml");
  }

  @Test
  void options_that_the_daemon_refuses_are_told_in_its_words() {
    var remarks =
        Doctor.examine(
            arguments(),
            arguments -> {
              throw new IOException("--tag: 'x' is no tag");
            });
    assertThat(of(remarks, "options")).isEqualTo("CRITICAL --tag: 'x' is no tag");
    assertThat(of(examine(), "options")).startsWith("OK ");
  }

  @Test
  void secrets_that_others_can_read_are_told() throws IOException {
    var key = Files.writeString(folder.resolve("api.key"), "sesame\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(of(examine("--api-key-file", key.toString()), "api-key-file"))
        .isEqualTo("CRITICAL " + key + " is open to others (rw-r-----)");
    assertThat(of(examine("--private-key", key.toString()), "private-key"))
        .isEqualTo("WARNING " + key + " can be read by its group (rw-r-----)");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThat(of(examine("--api-key-file", key.toString()), "api-key-file"))
        .isEqualTo("OK " + key + " can be read by its owner alone");
  }

  @Test
  void a_port_is_held_by_an_agent_or_by_somebody_else() throws IOException {
    try (var agent = HttpsServer.start(settings(), Identity.selfSigned("localhost"), SAYS_OK)) {
      var port = Integer.toString(agent.address().getPort());
      assertThat(of(examine("--port", port), "port"))
          .isEqualTo("OK 127.0.0.1:" + port + " is held by an agent, which answers");
    }
    try (var other = new ServerSocket(0, 1, HERE.getAddress())) {
      var port = Integer.toString(other.getLocalPort());
      // Who holds it never answers; that is given up in time.
      assertThat(of(examine("--port", port), "port"))
          .startsWith("CRITICAL 127.0.0.1:" + port + " cannot be listened on");
    }
  }

  @Test
  void the_way_to_the_hub_is_walked_to_its_end() throws Exception {
    var identity = Identity.selfSigned("localhost");
    try (var hub = HttpsServer.start(settings(), identity, SAYS_OK)) {
      join(hub.address().getPort(), identity.pin().hex());
      var remarks = examine();
      assertThat(of(remarks, "hub")).startsWith("OK this agent belongs to https://127.0.0.1:");
      assertThat(of(remarks, "hub's name")).startsWith("OK 127.0.0.1 is at 127.0.0.1");
      assertThat(of(remarks, "way to the hub")).endsWith("takes connections");
      assertThat(of(remarks, "hub's identity")).startsWith("OK ");
      assertThat(of(remarks, "clock")).startsWith("OK this machine's clock is ");
    }
  }

  @Test
  void what_the_running_agent_says_of_its_hub_is_told() throws Exception {
    var identity =
        new KeyFiles(folder.resolve("happo-agent.pub"), folder.resolve("happo-agent.key"), "")
            .readOrMake(text -> {});
    join(1, "ab".repeat(32));
    var said = new AtomicReference<>("");
    Handler running =
        request ->
            request.headers().first("Authorization").equals(Optional.of("Bearer sesame"))
                ? Response.text(200, "{\"hub\":{" + said + ",\"agent\":\"0123456789abcdef\"}}")
                : Response.text(401, "");
    var key = Files.writeString(folder.resolve("api.key"), "sesame\n").toString();
    try (var agent = HttpsServer.start(settings(), identity, running)) {
      var port = "" + agent.address().getPort();
      said.set("\"state\":\"pending\"");
      var remarks = examine("--port", port, "--api-key-file", key);
      assertThat(of(remarks, "link to the hub")).startsWith("WARNING the hub waits for someone");
      assertThat(remarks.getLast().advice()).contains("'happo-hub agent approve 0123456789ab'");
      said.set("\"state\":\"away\",\"refusal\":\"revoked\"");
      remarks = examine("--port", port, "--api-key-file", key);
      assertThat(of(remarks, "link to the hub")).startsWith("CRITICAL ").contains("(revoked)");
      assertThat(remarks.getLast().advice()).contains("'happo-hub agent approve 0123456789ab'");
      said.set("\"state\":\"connected\"");
      remarks = examine("--port", port, "--api-key-file", key);
      assertThat(of(remarks, "link to the hub"))
          .isEqualTo("OK the agent that runs here is connected");
    }
  }

  @Test
  void another_one_in_the_hubs_place_is_told() throws IOException {
    try (var hub = HttpsServer.start(settings(), Identity.selfSigned("localhost"), SAYS_OK)) {
      join(hub.address().getPort(), "ab".repeat(32));
      var remarks = examine();
      assertThat(of(remarks, "hub's identity")).startsWith("CRITICAL ");
      assertThat(remarks).noneMatch(remark -> remark.about().equals("clock"));
    }
  }

  @Test
  void a_hub_that_is_not_there_is_told() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, HERE.getAddress())) {
      port = free.getLocalPort();
    }
    join(port, "ab".repeat(32));
    assertThat(of(examine(), "way to the hub")).contains("cannot be reached: Connection refused");
  }

  @Test
  void clocks_that_differ_are_told() {
    assertThat(HubExam.compared(Duration.ofSeconds(1)).level()).isEqualTo(Level.OK);
    assertThat(HubExam.compared(Duration.ofSeconds(-30)))
        .extracting(Remark::level, Remark::text)
        .containsExactly(Level.WARNING, "this machine's clock is 30 s behind the hub's");
    assertThat(HubExam.compared(Duration.ofHours(1)))
        .extracting(Remark::level, Remark::text)
        .containsExactly(Level.CRITICAL, "this machine's clock is 3600 s ahead of the hub's");
  }

  private void join(int port, String pin) throws IOException {
    new HubMembership(
            URI.create("https://127.0.0.1:" + port),
            "hub",
            Optional.of(pin),
            "",
            List.of(),
            Optional.empty())
        .write(folder.resolve("happo-agent.hub").resolve(HubMembership.FILE_NAME));
  }

  private static HttpsServerSettings settings() {
    return new HttpsServerSettings(
        HERE, 10, 1 << 16, 1 << 16, 1 << 20, Duration.ofSeconds(10), Optional.empty());
  }

  private static boolean isOk(Remark remark) {
    return remark.level() == Level.OK;
  }

  private static String of(List<Remark> remarks, String about) {
    return remarks.stream()
        .filter(remark -> remark.about().equals(about))
        .map(remark -> remark.level() + " " + remark.text())
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing about " + about + ": " + remarks));
  }

  private Arguments arguments(String... more) {
    var words = new ArrayList<>(List.of("doctor", "--listen-address", "127.0.0.1"));
    if (!List.of(more).contains("--port")) {
      words.addAll(List.of("--port", "0"));
    }
    for (var file :
        Map.of(
                "public-key", "happo-agent.pub",
                "private-key", "happo-agent.key",
                "metric-config", "metrics.yaml",
                "autoscaling-config", "autoscaling.yaml",
                "logfile", "happo-agent.log",
                "dbfile", "happo-agent.db",
                "hub-folder", "happo-agent.hub")
            .entrySet()) {
      words.addAll(List.of("--" + file.getKey(), folder.resolve(file.getValue()).toString()));
    }
    words.addAll(List.of(more));
    var parsed = Parser.parse(Programs.happoAgent(), words.toArray(String[]::new), Map.of());
    return ((Parsed.Run) parsed).arguments();
  }

  private List<Remark> examine(String... more) {
    return Doctor.examine(arguments(more), arguments -> {});
  }
}
