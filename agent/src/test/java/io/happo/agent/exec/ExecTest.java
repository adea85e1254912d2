package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin zoo: each leaves no process, thread or descriptor behind. */
@Timeout(60)
class ExecTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(700);

  private final Leftovers leftovers = new Leftovers();
  private final Exec exec =
      exec(new ExecSettings(256, 1 << 20, Duration.ofSeconds(1), leftovers.environment()));

  @TempDir Path folder;

  Exec exec(ExecSettings settings) {
    return new Exec(settings);
  }

  /** The JDK opens descriptors of its own when virtual threads first wait, and keeps them. */
  @BeforeAll
  static void virtual_threads_have_waited() throws InterruptedException {
    Callable<Integer> waiting =
        () -> {
          try (Selector selector = Selector.open()) {
            return selector.select(100);
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(threads.invokeAll(Collections.nCopies(64, waiting))).hasSize(64);
    }
  }

  @AfterEach
  void nothing_is_left() {
    try {
      exec.close();
      leftovers.assertNone();
    } finally {
      leftovers.killAll();
    }
  }

  @Test
  void plugin_gives_status_stdout_and_stderr_apart() {
    Outcome.Exited outcome = exited("echo out; echo err >&2; exit 4");

    assertThat(outcome.status()).isEqualTo(4);
    assertThat(outcome.stdout().text()).isEqualTo("out\n");
    assertThat(outcome.stderr().text()).isEqualTo("err\n");
  }

  @Test
  void merged_streams_keep_the_order_written() {
    Outcome outcome =
        exec.run(Command.shellMerged("echo 1; echo 2 >&2; echo 3"), LONG, Function.identity());

    assertThat(outcome).isInstanceOf(Outcome.Exited.class);
    assertThat(((Outcome.Exited) outcome).stdout().text()).isEqualTo("1\n2\n3\n");
    assertThat(((Outcome.Exited) outcome).stderr().bytes()).isEmpty();
  }

  @Test
  void shell_names_itself_as_it_was_called() {
    Outcome.Exited outcome = exited("/nowhere/check_x");

    assertThat(outcome.status()).isEqualTo(127);
    assertThat(outcome.stderr().text()).startsWith("/bin/sh: 1: /nowhere/check_x: ");
  }

  @Test
  void silent_plugin_gives_empty_streams() {
    Outcome.Exited outcome = exited(":");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.stdout().bytes()).isEmpty();
    assertThat(outcome.stderr().bytes()).isEmpty();
  }

  @Test
  void bytes_that_are_no_text_come_through() {
    assertThat(exited("printf 'a\\000b\\377\\303\\251'").stdout().bytes())
        .containsExactly('a', 0, 'b', 0xFF, 0xC3, 0xA9);
  }

  @Test
  void stdin_is_empty() {
    assertThat(exited("readlink /proc/self/fd/0; wc -c").stdout().text())
        .isEqualTo("/dev/null\n0\n");
  }

  @Test
  void child_has_no_descriptor_of_the_agent() {
    // The fourth is the folder that ls itself reads.
    assertThat(exited("ls /proc/self/fd").stdout().text()).isEqualTo("0\n1\n2\n3\n");
  }

  @Test
  void child_leads_a_session_of_its_own() {
    String[] ids =
        exited("set -- $(cat /proc/$$/stat); echo $$ $5 $6").stdout().text().split("\\s");

    assertThat(ids).hasSize(3).containsOnly(ids[0]);
  }

  @Test
  void environment_is_the_given_one_and_nothing_else() {
    String[] lines = exited("exec env").stdout().text().split("\n");

    // PWD is the shell's own work.
    assertThat(lines)
        .filteredOn(line -> !line.startsWith("PWD="))
        .containsExactlyInAnyOrderElementsOf(
            leftovers.environment().entrySet().stream().map(Object::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 31, 34, 64})
  void plugin_killed_by_a_signal_gives_128_and_its_number(int signal) {
    Outcome.Exited outcome = exited("ulimit -c 0; kill -" + signal + " $$; sleep 5");

    assertThat(outcome.status()).isEqualTo(128 + signal);
  }

  @Test
  void direct_command_meets_no_shell() {
    Outcome outcome =
        exec.run(Command.direct(List.of("/bin/echo", "$HOME; *", "'a")), LONG, Function.identity());

    assertThat(((Outcome.Exited) outcome).stdout().text()).isEqualTo("$HOME; * 'a\n");
  }

  @Test
  void missing_program_is_not_started() {
    assertThat(exec.run(Command.direct(List.of("/nowhere/x")), LONG, Function.identity()))
        .isEqualTo(new Outcome.NotStarted("no such file or directory"));
    assertThat(exec.counts().notStarted()).isEqualTo(1);
  }

  @Test
  void file_without_run_bit_is_not_started() throws IOException {
    Path file = Files.writeString(folder.resolve("x"), "#!/bin/sh\n");

    assertThat(exec.run(Command.direct(List.of(file.toString())), LONG, Function.identity()))
        .isEqualTo(new Outcome.NotStarted("permission denied"));
    assertThat(exec.run(Command.direct(List.of(folder.toString())), LONG, Function.identity()))
        .isEqualTo(new Outcome.NotStarted("permission denied"));
  }

  @Test
  void argument_of_100_KB_is_passed() {
    assertThat(exited("echo ${#1}#" + "x".repeat(100_000)).status()).isZero();
  }

  @Test
  void argument_of_200_KB_is_too_long() {
    assertThat(exec.run(Command.shell("#" + "x".repeat(200_000)), LONG, Function.identity()))
        .isEqualTo(new Outcome.NotStarted("argument list too long"));
  }

  @Test
  void nul_in_an_argument_is_invalid() {
    assertThat(exec.run(Command.shell("echo a\0b"), LONG, Function.identity()))
        .isEqualTo(new Outcome.NotStarted("invalid argument"));
  }

  @Test
  void plugin_that_sleeps_too_long_is_ended_with_its_children() {
    Outcome.TimedOut outcome = timedOut("echo begin; sleep 60 & sleep 60; echo never");

    assertThat(outcome.stdout().text()).isEqualTo("begin\n");
    assertThat(outcome.started()).isTrue();
    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void last_words_on_term_are_heard() {
    assertThat(timedOut("trap 'echo bye; exit 1' TERM; sleep 60 & wait").stdout().text())
        .isEqualTo("bye\n");
  }

  @Test
  void plugin_that_ignores_term_is_killed_with_its_children() {
    timedOut("trap '' TERM; echo begin; (sleep 60; sleep 60) & while :; do sleep 1; done");

    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void grandchild_in_a_session_of_its_own_is_ended_while_its_parent_lives() {
    timedOut("setsid sh -c \"trap '' TERM; sleep 60; sleep 60\" & wait");

    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void plugin_that_floods_is_cut_and_not_blocked() {
    Outcome.Exited outcome = exited("head -c 1000000000 /dev/zero; echo end >&2; exit 2");

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.stdout().bytes()).hasSize(1 << 20);
    assertThat(outcome.stdout().droppedBytes()).isEqualTo(1_000_000_000L - (1 << 20));
    assertThat(outcome.stderr().text()).isEqualTo("end\n");
  }

  @Test
  void flood_without_end_is_ended_at_the_deadline() {
    assertThat(timedOut("yes; :").stdout().bytes()).hasSize(1 << 20);
  }

  @Test
  void late_words_of_a_background_child_are_heard() {
    assertThat(exited("(sleep 0.5; echo late) & echo now").stdout().text())
        .isEqualTo("now\nlate\n");
  }

  @Test
  void background_child_that_holds_stdout_delays_the_answer_only_to_the_deadline() {
    Outcome.Exited outcome = exited("sleep 60 & echo done; exit 1", SHORT);

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.stdout().text()).isEqualTo("done\n");
    assertThat(outcome.elapsed()).isGreaterThanOrEqualTo(SHORT);
    await().atMost(LONG).until(() -> leftovers.processes().isEmpty());
  }

  @Test
  void background_child_that_closed_its_streams_is_ended_after_the_deadline() throws IOException {
    Path proof = folder.resolve("proof");
    Outcome.Exited outcome =
        exited(
            "trap '' TERM; (sleep 0.3; echo alive > "
                + proof
                + "; sleep 60; sleep 60) >/dev/null 2>&1 & echo done",
            Duration.ofSeconds(2));

    assertThat(outcome.stdout().text()).isEqualTo("done\n");
    await().atMost(LONG).until(() -> Files.exists(proof));
    await().atMost(LONG).until(() -> leftovers.processes().isEmpty());
  }

  @Test
  void daemon_that_got_away_with_stdout_blocks_nobody() {
    Outcome.Exited outcome =
        exited("setsid sh -c 'setsid sleep 60 & echo $!' & wait; echo done", SHORT);

    // Its parent is gone and its session is another: it lives on, and nothing of ours waits for it.
    assertThat(outcome.stdout().text()).endsWith("done\n");
    exec.close();
    assertThat(leftovers.processes()).isNotEmpty();
    leftovers.killAll();
  }

  @Test
  void plugin_that_closes_its_streams_and_runs_on_is_awaited() {
    assertThat(exited("echo x; exec >&- 2>&-; sleep 0.5; exit 3").status()).isEqualTo(3);
  }

  @Test
  void plugin_that_closes_its_streams_and_hangs_is_timed_out() {
    assertThat(timedOut("echo x; exec >&- 2>&-; trap '' TERM; sleep 60; sleep 60").stdout().text())
        .isEqualTo("x\n");
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void two_hundred_run_at_once(boolean virtual) throws Exception {
    try (var threads =
        virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newCachedThreadPool()) {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String line = "sleep 5; echo " + i;
        outcomes.add(
            threads.submit(() -> exec.run(Command.shell(line), LONG, Function.identity())));
      }
      await().atMost(LONG).until(() -> exec.counts().started() == 200);
      assertThat(exec.counts().running()).isEqualTo(200);
      for (int i = 0; i < 200; i++) {
        assertThat(outcomes.get(i).get())
            .isInstanceOfSatisfying(Outcome.Exited.class, e -> assertThat(e.status()).isZero());
        assertThat(((Outcome.Exited) outcomes.get(i).get()).stdout().text()).isEqualTo(i + "\n");
      }
    }
    assertThat(exec.counts().running()).isZero();
    assertThat(exec.counts().exited()).isEqualTo(200);
  }

  @Test
  void outputs_in_use_at_once_are_bounded_together_and_each_keeps_its_beginning() throws Exception {
    int flood = ExecSettings.DEFAULT_MAX_OUTPUT_BYTES;
    var command = Command.shell("head -c " + flood + " /dev/zero");
    var used = new CountDownLatch(1);
    var outputs = new LinkedBlockingQueue<Output>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        threads.execute(
            () ->
                exec.run(
                    command,
                    LONG,
                    outcome -> {
                      outputs.add(((Outcome.Exited) outcome).stdout());
                      try {
                        return used.await(60, TimeUnit.SECONDS);
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    }));
      }
      await().atMost(LONG).until(() -> outputs.size() == 20);
      assertThat(outputs)
          .allSatisfy(
              output -> {
                assertThat(output.bytes()).hasSizeGreaterThanOrEqualTo(16 << 10);
                assertThat(output.bytes().length + output.droppedBytes()).isEqualTo(flood);
              });
      assertThat(outputs.stream().mapToLong(output -> output.bytes().length).sum())
          .isBetween(4L << 20, (8L << 20) + 20 * (16 << 10));
      used.countDown();
    }
    assertThat(exited("head -c " + flood + " /dev/zero").stdout().bytes()).hasSize(flood);
  }

  @Test
  void two_hundred_that_hang_are_all_ended() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        outcomes.add(
            threads.submit(
                () ->
                    exec.run(
                        Command.shell("trap '' TERM; sleep 60"),
                        Duration.ofSeconds(3),
                        Function.identity())));
      }
      for (Future<Outcome> outcome : outcomes) {
        assertThat(outcome.get()).isInstanceOf(Outcome.TimedOut.class);
      }
    }
  }

  /**
   * Ten chains of processes, each of which starts the next one and ends: other ones whenever one
   * looks, but never more. They ask before each step whether the test still wants them, so they end
   * even when nobody can kill them. Not a bomb that doubles: where the limit of processes does not
   * hold, that takes the whole machine with it.
   */
  @Test
  void processes_that_fork_all_the_time_and_ignore_term_are_ended() throws IOException {
    Path wanted = Files.createFile(folder.resolve("wanted"));
    String alive = "[ -e " + wanted + " ] && [ -d /proc/" + ProcessHandle.current().pid() + " ]";
    try {
      timedOut(
          "export chain='trap \"\" TERM; sleep 0.05; if "
              + alive
              + "; then sh -c \"$chain\" & fi'; i=0;"
              + " while [ $i -lt 10 ]; do sh -c \"$chain\" & i=$((i+1)); done; sleep 60");

      await().atMost(LONG).until(() -> leftovers.processes().isEmpty());
    } finally {
      Files.delete(wanted);
    }
  }

  private Outcome.Exited exited(String line) {
    return exited(line, LONG);
  }

  private Outcome.Exited exited(String line, Duration deadline) {
    Outcome outcome = exec.run(Command.shell(line), deadline, Function.identity());
    assertThat(outcome).isInstanceOf(Outcome.Exited.class);
    return (Outcome.Exited) outcome;
  }

  private Outcome.TimedOut timedOut(String line) {
    Outcome outcome = exec.run(Command.shell(line), SHORT, Function.identity());
    assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
    return (Outcome.TimedOut) outcome;
  }
}
