package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plugins that misbehave, run by the built daemon as a monitoring server has it run them. After
 * each there are no more processes, descriptors or temporary files than before.
 */
class PluginZooTest {
  /** A user that nobody else is, for plugins that may not be root. */
  private static final int NOBODYS_ID = 61_237;

  private static final int TIMEOUT_SECONDS = 20;

  @TempDir Path folder;
  private Path plugins;
  private Daemon daemon;
  private long descriptors;

  @BeforeEach
  void start() throws IOException {
    plugins = Files.createDirectories(folder.resolve("plugins"));
    daemon =
        Daemon.start(
            folder.resolve("run"),
            "--command-timeout",
            "" + TIMEOUT_SECONDS,
            "--nagios-plugin-paths",
            plugins.toString());
    plugin("warm", "echo warm");
    // What the runtime opens once, for instance its own pollers, is open after this.
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        askers.execute(() -> run("warm"));
      }
    }
    descriptors = descriptors();
  }

  @AfterEach
  void nothing_is_left_behind() throws IOException {
    Awaitility.await("children of the daemon")
        .atMost(Duration.ofSeconds(20))
        .until(() -> daemon.process().descendants().findAny().isEmpty());
    Awaitility.await("descriptors as before")
        .atMost(Duration.ofSeconds(20))
        .until(() -> descriptors() <= descriptors);
    assertThat(run("warm").text()).contains("warm");
    daemon.close();
    try (var files = Files.list(folder.resolve("run"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "happo-agent.db",
              "happo-agent.key",
              "happo-agent.log",
              "happo-agent.pub",
              "metrics.yaml",
              "stderr",
              "stdout");
    }
  }

  @Test
  void two_hundred_slow_plugins_at_once_all_answer() throws Exception {
    plugin("slow", "sleep 5", "echo \"slow $1\"");
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Answer>>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        answers.add(askers.submit(() -> run("slow", "" + number)));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(text(answers.get(i)))
            .isEqualTo("{\"return_value\":0,\"message\":\"slow " + i + "\\n\"}");
      }
    }
  }

  @Test
  void a_flood_of_a_gigabyte_is_cut_and_said() throws IOException {
    plugin("flood", "head -c 1073741824 /dev/zero | tr '\\0' x");
    var answer = run("flood");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .hasSizeLessThan(2 << 20)
        .contains((1073741824 - (1 << 20)) + " more bytes left out");
  }

  @Test
  void a_fork_bomb_within_its_limit_of_processes_is_ended() throws IOException {
    Peer.OTHER_USERS.need(); // No limit of processes would hold root.
    plugin(
        "bomb",
        "exec setpriv --reuid="
            + NOBODYS_ID
            + " --regid="
            + NOBODYS_ID
            + " --clear-groups bash -c '",
        "ulimit -u 60 || exit 3",
        "bomb() { bomb | bomb & }",
        "bomb",
        "sleep 60'");
    try {
      var answer = run("bomb");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).startsWith("{\"return_value\":2,\"message\":\"Exec timeout: ");
      Awaitility.await("the end of the bomb")
          .atMost(Duration.ofSeconds(20))
          .until(() -> processesOfNobody() == 0);
    } finally {
      Run.of(
          folder, java.util.Map.of(), java.util.List.of("pkill", "-KILL", "-U", "" + NOBODYS_ID));
    }
  }

  private static long processesOfNobody() {
    return ProcessHandle.allProcesses()
        .filter(process -> isNobodys(Path.of("/proc", "" + process.pid())))
        .count();
  }

  private static boolean isNobodys(Path process) {
    try {
      return Files.getAttribute(process, "unix:uid").equals(NOBODYS_ID);
    } catch (IOException gone) {
      return false;
    }
  }

  private static String text(Future<Answer> answer) throws InterruptedException {
    try {
      return answer.get().text();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private Answer run(String plugin, String... option) {
    return daemon.post(
        "/monitor",
        "{\"plugin_name\":\""
            + plugin
            + "\",\"plugin_option\":\""
            + String.join(" ", option)
            + "\"}");
  }

  private void plugin(String name, String... lines) throws IOException {
    var file =
        Files.writeString(plugins.resolve(name), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private long descriptors() {
    try (var list = Files.list(Path.of("/proc", "" + daemon.process().pid(), "fd"))) {
      return list.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
