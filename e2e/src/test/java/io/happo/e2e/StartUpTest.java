package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's first second: what it makes itself, and how it says no. */
final class StartUpTest {
  private static final int P256_BITS = 256;
  private static final int MAX_PEAK_KIB = 51_200;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  @Test
  void first_start_makes_a_key_pair_and_says_so() throws IOException, CertificateException {
    byte[] certificate;
    try (var daemon = Daemon.start(folder)) {
      assertThat(daemon.get("/").text()).isEqualTo("OK");
      assertThat(daemon.stderr()).contains("happo-agent.key").contains("happo-agent.pub");
      certificate = Files.readAllBytes(folder.resolve("happo-agent.pub"));
    }
    var x509 =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(Files.newInputStream(folder.resolve("happo-agent.pub")));
    assertThat(x509.getPublicKey())
        .isInstanceOfSatisfying(
            ECPublicKey.class,
            key -> assertThat(key.getParams().getOrder().bitLength()).isEqualTo(P256_BITS));
    var mode = Files.getPosixFilePermissions(folder.resolve("happo-agent.key"));
    assertThat(PosixFilePermissions.toString(mode)).isEqualTo("rw-------");
    try (var again = Daemon.start(folder)) {
      assertThat(again.stderr()).doesNotContain("happo-agent.key");
      assertThat(Files.readAllBytes(folder.resolve("happo-agent.pub"))).isEqualTo(certificate);
    }
  }

  /** A budget of the project: whoever breaks it sees it here, not in the next benchmark. */
  @Test
  void agent_that_has_answered_a_hundred_checks_keeps_to_its_memory() throws IOException {
    var plugins = Files.createDirectories(folder.resolve("plugins"));
    var plugin = Files.writeString(plugins.resolve("check_ok"), "#!/bin/sh\necho OK\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var first = Daemon.start(folder)) {
      assertThat(first.get("/").text()).isEqualTo("OK"); // It makes the key pair, once.
    }
    try (var daemon = Daemon.start(folder, "--nagios-plugin-paths", "plugins")) {
      for (int i = 0; i < 100; i++) {
        assertThat(
                daemon
                    .post("/monitor", "{\"plugin_name\":\"check_ok\",\"plugin_option\":\"\"}")
                    .status())
            .isEqualTo(200);
      }
      var status = Path.of("/proc", Long.toString(daemon.process().pid()), "status");
      var peak =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .findFirst()
              .orElseThrow();
      assertThat(Integer.parseInt(peak.replaceAll("\\D", "")))
          .as(peak)
          .isLessThanOrEqualTo(MAX_PEAK_KIB);
    }
  }

  @Test
  void port_0_takes_a_free_port_and_names_it() throws IOException {
    var flags = List.of(Programs.agent().toString(), "daemon", "--port", "0");
    var err = folder.resolve("stderr");
    var process = Run.builder(folder, Map.of(), flags).redirectError(err.toFile()).start();
    try {
      var port = new int[1];
      Awaitility.await()
          .until(
              () -> {
                var found = Pattern.compile("listening on .*:([0-9]+)\\s").matcher(Run.text(err));
                port[0] = found.find() ? Integer.parseInt(found.group(1)) : 0;
                return port[0] != 0;
              });
      assertThat(Https.to(port[0]).ask("GET", "/", List.of(), null).text()).isEqualTo("OK");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void unknown_flag_is_refused() {
    refused(2, "--nosuch", "--nosuch");
  }

  @Test
  void port_out_of_range_is_refused() {
    refused(2, "99999", "--port", "99999");
  }

  @Test
  void port_that_is_no_number_in_the_environment_is_refused() {
    var run = start(Map.of("HAPPO_AGENT_PORT", "abc"), List.of());
    assertOneLine(run, 2, "HAPPO_AGENT_PORT");
  }

  @Test
  void port_in_use_is_refused() throws IOException {
    try (var taken = new ServerSocket(0)) {
      refused(1, "" + taken.getLocalPort(), "--port", "" + taken.getLocalPort());
    }
  }

  @Test
  void malformed_acl_entry_is_refused() {
    refused(1, "not-an-ip", "--allowed-hosts", "127.0.0.5,not-an-ip");
    assertThat(folder.resolve("happo-agent.key")).doesNotExist();
  }

  @Test
  void missing_certificate_with_the_key_present_is_refused() throws IOException {
    TestTls.make(folder);
    Files.delete(folder.resolve("happo-agent.pub"));
    refused(1, "happo-agent.pub");
  }

  @Test
  void missing_key_with_the_certificate_present_is_refused() throws IOException {
    TestTls.make(folder);
    Files.delete(folder.resolve("happo-agent.key"));
    refused(1, "happo-agent.key");
  }

  @Test
  void key_of_another_certificate_is_refused() throws IOException {
    TestTls.make(folder);
    var other = TestTls.make(folder.resolve("other")).folder().resolve("happo-agent.key");
    refused(1, "happo-agent.key", "--private-key", other.toString());
  }

  @Test
  void key_that_is_no_pem_is_refused() throws IOException {
    TestTls.make(folder);
    Files.writeString(folder.resolve("happo-agent.key"), "not a key\n");
    refused(1, "happo-agent.key");
  }

  @Test
  void key_that_cannot_be_read_is_refused() throws IOException {
    TestTls.make(folder);
    Files.delete(folder.resolve("happo-agent.key"));
    // A folder: root could read a file of any mode.
    Files.createDirectory(folder.resolve("happo-agent.key"));
    refused(1, "happo-agent.key");
  }

  @Test
  void malformed_metrics_yaml_is_refused() throws IOException {
    Files.writeString(folder.resolve("metrics.yaml"), "metrics: [\n");
    refused(1, "metrics.yaml");
  }

  @Test
  void api_key_file_that_others_may_read_is_refused() throws IOException {
    var file = Files.writeString(folder.resolve("api.key"), "secret-of-the-test\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    var run = refused(1, "api.key", "--api-key-file", file.toString());
    assertThat(run.stderr()).doesNotContain("secret-of-the-test");
  }

  @Test
  void store_that_is_a_file_is_refused() throws IOException {
    Files.writeString(folder.resolve("happo-agent.db"), "not a store");
    refused(1, "happo-agent.db");
  }

  @Test
  void store_of_a_running_daemon_is_refused() {
    try (var running = Daemon.start(folder.resolve("running"))) {
      refused(
          1, "happo-agent.db", "--dbfile", running.folder().resolve("happo-agent.db").toString());
    }
  }

  @Test
  void store_whose_segments_are_destroyed_is_refused() throws IOException {
    try (var daemon = Daemon.start(folder)) {
      var batch = "{\"metric_data\":[{\"hostname\":\"h\",\"timestamp\":1,\"metrics\":{\"n\":1}}]}";
      assertThat(daemon.post("/metric/append", batch).status()).isEqualTo(200);
    }
    var damaged = new ArrayList<Path>();
    try (var files = Files.walk(folder.resolve("happo-agent.db"))) {
      for (var file :
          files.filter(Files::isRegularFile).filter(file -> file.toFile().length() > 0).toList()) {
        Files.writeString(file, "\0".repeat(64) + "garbage", StandardCharsets.ISO_8859_1);
        damaged.add(file);
      }
    }
    assertThat(damaged).isNotEmpty();
    refused(1, "happo-agent.db");
  }

  @Test
  void full_disk_is_refused() throws IOException {
    Peer.MOUNT_NAMESPACE.need();
    TestTls.make(folder);
    var full = Files.createDirectory(folder.resolve("full"));
    var script =
        "mount -t tmpfs -o size=64k none "
            + full
            + " && { cat /dev/zero >"
            + full
            + "/filler 2>/dev/null; exec \"$@\"; }";
    var argv =
        new ArrayList<>(
            List.of("unshare", "-m", "/bin/sh", "-c", script, "sh", Programs.agent().toString()));
    argv.addAll(
        List.of("daemon", "--port", "" + Ports.free(), "--dbfile", full.resolve("db").toString()));
    assertOneLine(Run.of(folder, Map.of(), argv), 1, full.toString());
  }

  private Run refused(int exit, String named, String... flags) {
    var run = start(Map.of(), List.of(flags));
    assertOneLine(run, exit, named);
    return run;
  }

  private Run start(Map<String, String> environment, List<String> flags) {
    var argv = new ArrayList<>(List.of(Programs.agent().toString(), "daemon"));
    if (!flags.contains("--port") && environment.isEmpty()) {
      argv.addAll(List.of("--port", "" + Ports.free()));
    }
    argv.addAll(flags);
    return Run.of(folder, environment, argv);
  }

  /** One line for a person: what is wrong with what, and no trace of the program's inside. */
  private static void assertOneLine(Run run, int exit, String named) {
    var problems =
        run.stderr()
            .lines()
            .filter(line -> !line.startsWith("See 'happo-agent "))
            .filter(line -> !line.startsWith("happo-agent: made a key pair"));
    assertThat(problems).as(run.stderr()).hasSize(1);
    assertThat(run.stderr()).contains(named).doesNotContain("Exception", "\tat ");
    assertThat(run.stdout()).isEmpty();
    assertThat(run.exit()).as(run.stderr()).isEqualTo(exit);
  }
}
