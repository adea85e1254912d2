package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile traffic at the NRPE door, from {@code nrpe/badpackets.py}: a good request is answered
 * after each case, and while connections idle.
 */
final class NrpeBadPacketsTest {
  /** How long the script watches what becomes of a silent connection. */
  private static final String WATCH_SECONDS = "1.5";

  private static final int IDLE_CONNECTIONS = 200;
  private static final Duration DEADLINE = Duration.ofMinutes(4);

  @TempDir Path folder;

  @BeforeEach
  void need_the_peers() {
    Peer.PYTHON.need();
    Peer.OPENSSL.need();
  }

  @Test
  void a_good_request_is_answered_after_each_bad_one_with_tls() throws Exception {
    attack(NrpeSetup.TLS, List.of());
  }

  @Test
  void a_good_request_is_answered_after_each_bad_one_without_tls() throws Exception {
    attack(NrpeSetup.PLAIN, List.of("--plain"));
  }

  private void attack(NrpeSetup setup, List<String> options) throws Exception {
    int port = Ports.free();
    var config = NrpeHome.in(folder).config("nrpe.cfg", port, setup.lines());
    var flags = new ArrayList<>(List.of("--nrpe-config", config.toString()));
    flags.addAll(setup.ourFlags());
    var daemonFolder = Files.createDirectories(folder.resolve("daemon"));
    try (var daemon = Daemon.start(daemonFolder, Map.of(), flags)) {
      var report = folder.resolve("report");
      assertThat(badPackets(port, options, report)).as(Run.text(report)).isZero();
      assertThat(Run.text(report))
          .contains("good request meanwhile: ok")
          .doesNotContain("good request meanwhile: NO")
          .contains(" cases, 0 after which the server did not answer");
      assertThat(daemon.process().isAlive()).isTrue();
      assertThat(daemon.stderr()).doesNotContain("Exception");
      assertThat(daemon.log()).doesNotContain("Exception");
    }
  }

  private int badPackets(int port, List<String> options, Path report)
      throws IOException, InterruptedException {
    var script = NrpeHome.resource("badpackets.py").toString();
    var argv = new ArrayList<>(List.of("python3", script, "127.0.0.1", "" + port));
    argv.addAll(List.of("--wait", WATCH_SECONDS, "--flood", "" + IDLE_CONNECTIONS));
    argv.addAll(List.of("--command", "ok", "--expect", "OK", "--big", "kb_60"));
    argv.addAll(options);
    var process =
        Run.builder(folder, Map.of(), argv)
            .redirectErrorStream(true)
            .redirectOutput(report.toFile())
            .start();
    if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "badpackets.py did not end within " + DEADLINE + ":\n" + Run.text(report));
    }
    return process.exitValue();
  }
}
