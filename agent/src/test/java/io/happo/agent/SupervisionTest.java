package io.happo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.exec.FakeServiceManager;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisionTest {
  private static final int SECONDS = 30;
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  @TempDir Path folder;

  @Test
  void a_daemon_tells_that_it_is_ready_lives_reads_anew_and_stops() throws Exception {
    var address = folder.resolve("notify").toString();
    try (var systemd = new FakeServiceManager(address)) {
      var daemon = daemon(address);
      try {
        assertThat(systemd.hear(SECONDS)).isEqualTo("READY=1\n");
        assertThat(systemd.hear(SECONDS))
            .matches("STATUS=listening on 127\\.0\\.0\\.1:\\d+; no hub\n");
        assertThat(systemd.hear(SECONDS)).isEqualTo("WATCHDOG=1\n");
        assertThat(systemd.hear(SECONDS)).isEqualTo("WATCHDOG=1\n");
        signal(daemon, "HUP");
        long micros =
            Long.parseLong(
                systemd
                    .hear("RELOADING=1\nMONOTONIC_USEC=", SECONDS)
                    .strip()
                    .replaceFirst("(?s).*=", ""));
        assertThat(micros).isPositive().isLessThanOrEqualTo(System.nanoTime() / 1_000);
        systemd.hear("READY=1\n", SECONDS);
        signal(daemon, "TERM");
        systemd.hear("STOPPING=1\n", SECONDS);
        assertThat(daemon.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(systemd.hasHeardAll()).isTrue();
      } finally {
        daemon.destroyForcibly();
      }
    }
  }

  @Test
  void a_hangup_while_it_starts_is_done_when_it_has_started() throws Exception {
    var address = folder.resolve("notify").toString();
    var groups = folder.resolve("groups"); // Which the start waits for, as nobody writes it yet.
    assertThat(new ProcessBuilder("mkfifo", groups.toString()).start().waitFor()).isZero();
    try (var systemd = new FakeServiceManager(address)) {
      var daemon = daemon(address, "--autoscaling-config", groups.toString());
      try {
        try (var _ = Files.newOutputStream(groups)) { // It reads.
          signal(daemon, "HUP");
        }
        systemd.hear("RELOADING=1\n", SECONDS);
        systemd.hear("READY=1\n", SECONDS);
        assertThat(daemon.isAlive()).isTrue();
      } finally {
        daemon.destroyForcibly();
      }
    }
  }

  @Test
  void the_watchdog_hears_nothing_while_a_part_makes_no_progress() {
    var address = folder.resolve("notify").toString();
    try (var systemd = new FakeServiceManager(address)) {
      // So little time that each look is one to beat at.
      var supervision = Supervision.of(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "2"));
      supervision.look("", "well");
      assertThat(systemd.hear(SECONDS)).isEqualTo("STATUS=well\n");
      assertThat(systemd.hear(SECONDS)).isEqualTo("WATCHDOG=1\n");
      supervision.look("commands", "well");
      supervision.look("commands", "well");
      assertThat(systemd.hear(SECONDS)).isEqualTo("STATUS=no progress of: commands\n");
      assertThat(systemd.hasHeardAll()).isTrue();
    }
  }

  @Test
  void a_watchdog_of_another_process_is_not_told() {
    var address = folder.resolve("notify").toString();
    try (var systemd = new FakeServiceManager(address)) {
      var supervision =
          Supervision.of(
              Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "2", "WATCHDOG_PID", "1"));
      supervision.look("", "well");
      supervision.look("", "well");
      assertThat(systemd.hear(SECONDS)).isEqualTo("STATUS=well\n");
      assertThat(systemd.hasHeardAll()).isTrue();
      assertThat(supervision.pause(TWO_SECONDS)).isEqualTo(TWO_SECONDS);
    }
  }

  @Test
  void waits_are_short_enough_for_the_watchdog() {
    var environment = Map.of("NOTIFY_SOCKET", "@x", "WATCHDOG_USEC", "1000000");
    assertThat(Supervision.of(environment).pause(TWO_SECONDS)).isEqualTo(Duration.ofMillis(500));
    assertThat(Supervision.of(Map.of()).pause(TWO_SECONDS)).isEqualTo(TWO_SECONDS);
    assertThat(Supervision.of(Map.of()).isWanted()).isFalse();
  }

  private Process daemon(String address, String... more) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var words =
        new ArrayList<>(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.library.path=" + System.getProperty("java.library.path"),
                "-cp",
                System.getProperty("java.class.path"),
                HappoAgent.class.getName(),
                "daemon",
                "-P",
                "0",
                "--listen-address",
                "127.0.0.1"));
    words.addAll(List.of(more));
    var builder = new ProcessBuilder(words);
    builder.environment().put("NOTIFY_SOCKET", address);
    builder.environment().put("WATCHDOG_USEC", "1000000");
    builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile());
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static void signal(Process process, String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    kill.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertThat(kill.waitFor()).isZero();
  }
}
