package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that run on, and that nothing is left of them. */
@Timeout(60)
class ServiceTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Leftovers leftovers = new Leftovers();
  private final Exec exec = new Exec(ExecSettings.withDefaults(leftovers.environment()));
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  @TempDir Path folder;

  @AfterEach
  void nothing_is_left() {
    exec.close();
    try {
      leftovers.assertNone();
    } finally {
      leftovers.killAll();
    }
  }

  private Service start(String script) throws IOException {
    var environment = new HashMap<>(leftovers.environment());
    environment.put(Service.MARK, folder + "/one");
    var command =
        Command.direct(List.of("/bin/sh", "-c", script))
            .in(new Surroundings(environment, folder, Optional.empty()));
    return exec.start(command, SHORT, this::hear);
  }

  private void hear(ByteBuffer bytes) {
    synchronized (heard) {
      while (bytes.hasRemaining()) {
        heard.write(bytes.get());
      }
    }
  }

  private String heard() {
    synchronized (heard) {
      return heard.toString(StandardCharsets.UTF_8);
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void what_it_writes_is_heard_while_it_runs_and_its_last_words_too() throws Exception {
    var service =
        start("pwd; echo two >&2; trap 'echo bye; exit' TERM; while :; do sleep 0.1; done");
    await().untilAsserted(() -> assertThat(heard()).isEqualTo(folder + "\ntwo\n"));
    assertThat(service.isAlive()).isTrue();
    service.end();
    assertThat(heard()).endsWith("bye\n");
  }

  @Test
  void limits_of_plugins_are_not_its_own() throws Exception {
    var settings =
        new ExecSettings(4, 1 << 20, SHORT, leftovers.environment(), new Restraint(3, 7, 100));
    try (var limited = new Exec(settings)) {
      var command = Command.direct(List.of("/bin/sh", "-c", "ulimit -t; ulimit -d; nice"));
      var plugin =
          limited.run(command, Duration.ofSeconds(30), outcome -> (Outcome.Exited) outcome);
      assertThat(plugin.stdout().text()).isEqualTo("7\n102400\n3\n");
      var environment = new HashMap<>(leftovers.environment());
      environment.put(Service.MARK, folder + "/one");
      var service =
          limited.start(
              command.in(new Surroundings(environment, folder, Optional.empty())),
              SHORT,
              this::hear);
      await().until(() -> !service.isAlive());
      assertThat(heard()).isEqualTo("unlimited\nunlimited\n3\n");
      service.end();
    }
  }

  @Test
  void how_it_ended_by_itself_is_told() throws Exception {
    var exits = start("exit 3");
    await().until(() -> !exits.isAlive());
    assertThat(exits.ending()).isEqualTo("exit status 3");
    assertThat(exits.end()).isFalse();
    var killed = start("kill -9 $$");
    await().until(() -> !killed.isAlive());
    assertThat(killed.ending()).isEqualTo("signal 9");
    killed.end();
  }

  @Test
  void all_that_it_started_is_ended_even_what_ignores_term_and_what_went_away() throws Exception {
    var service =
        start(
            "trap '' TERM; sleep 1001 & setsid -f sleep 1002 >/dev/null; echo up;"
                + " while :; do sleep 1; done");
    await().untilAsserted(() -> assertThat(heard()).contains("up"));
    service.end();
    assertThat(service.isAlive()).isFalse();
    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void one_that_goes_into_the_background_has_ended_and_so_is_what_it_left() throws Exception {
    var service = start("setsid -f sleep 1003; echo up");
    await().until(() -> !service.isAlive());
    assertThat(service.end()).isTrue();
    assertThat(leftovers.processes()).isEmpty();
    assertThat(heard()).isEqualTo("up\n");
  }

  @Test
  void it_is_asked_to_end_when_its_thread_is_gone() throws Exception {
    var go = new CountDownLatch(1);
    var start =
        new FutureTask<>(
            () -> {
              start("trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.1; done");
              go.await();
              return true;
            });
    var thread = Thread.ofPlatform().start(start);
    await().untilAsserted(() -> assertThat(heard()).contains("up"));
    assertThat(heard()).doesNotContain("asked");
    go.countDown();
    thread.join();
    await().untilAsserted(() -> assertThat(heard()).contains("asked"));
  }

  @Test
  void what_an_agent_before_has_left_is_found_and_ended() throws Exception {
    var service = start("trap '' TERM; setsid -f sleep 1004; echo up; while :; do sleep 1; done");
    await().untilAsserted(() -> assertThat(heard()).contains("up"));
    assertThat(Exec.endLeft(folder + "/other", SHORT)).isZero();
    assertThat(service.isAlive()).isTrue();
    assertThat(Exec.endLeft(folder + "/", SHORT)).isGreaterThanOrEqualTo(2);
    assertThat(isAlive(service.pid())).isFalse();
    service.end();
    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void what_an_agent_of_a_container_keeps_running_is_left_alone() throws Exception {
    // Its folders may have the same names.
    var contained =
        start("unshare -p -f sh -c 'echo up; while :; do sleep 1; done' || echo up; sleep 1010");
    await().untilAsserted(() -> assertThat(heard()).contains("up"));
    var table = ProcessTable.read();
    var found = Marked.find(table, folder + "/");
    var all = leftovers.processes();
    assertThat(found).extracting(ProcessTable.Row::pid).contains(contained.pid());
    for (long pid : all) {
      var isHere = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"));
      assertThat(found.stream().anyMatch(row -> row.pid() == pid))
          .isEqualTo(isHere.equals(Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))));
    }
    contained.end();
  }

  @Test
  void its_memory_is_that_of_all_it_started() throws Exception {
    var service = start("sleep 1005 & sleep 1006 & echo up; wait");
    await().untilAsserted(() -> assertThat(heard()).contains("up"));
    var bytes = Exec.residentBytes(List.of(service.pid()));
    assertThat(bytes.get(service.pid())).isBetween(1L << 20, 100L << 20);
    service.end();
    assertThat(Exec.residentBytes(List.of(service.pid()))).containsEntry(service.pid(), 0L);
  }

  @Test
  void one_that_cannot_be_started_is_told() throws Exception {
    var environment = new HashMap<>(leftovers.environment());
    environment.put(Service.MARK, "x");
    var around = new Surroundings(environment, folder, Optional.empty());
    Files.writeString(folder.resolve("text"), "none");
    assertThatThrownBy(
            () -> exec.start(Command.direct(List.of("no-such")).in(around), SHORT, this::hear))
        .hasMessageStartingWith("no-such is not on the PATH that the agent starts it with (")
        .hasMessageEndingWith("; install it, or give an absolute path");
    assertThatThrownBy(
            () -> exec.start(Command.direct(List.of("/no/such")).in(around), SHORT, this::hear))
        .hasMessage("/no/such: no such file or directory");
    assertThatThrownBy(
            () ->
                exec.start(Command.direct(List.of(folder + "/text")).in(around), SHORT, this::hear))
        .hasMessage(folder + "/text: permission denied");
  }

  @Test
  void the_end_of_exec_is_the_end_of_what_runs() throws Exception {
    var service = start("while :; do sleep 1; done");
    exec.close();
    assertThat(isAlive(service.pid())).isFalse();
  }
}
