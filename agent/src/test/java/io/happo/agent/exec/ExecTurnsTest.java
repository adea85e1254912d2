package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a turn, being interrupted, being closed. */
@Timeout(60)
class ExecTurnsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Leftovers leftovers = new Leftovers();
  private final Exec exec =
      new Exec(new ExecSettings(1, 1 << 20, Duration.ofSeconds(1), leftovers.environment()));
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void nothing_is_left() {
    try {
      exec.close();
      threads.close();
      leftovers.assertNone();
    } finally {
      leftovers.killAll();
    }
  }

  @Test
  void run_over_the_limit_waits_for_its_turn() throws Exception {
    Future<Outcome> first = submit("sleep 0.5");
    await().atMost(LONG).until(() -> exec.counts().started() == 1);
    Future<Outcome> second = submit("echo second");
    await().atMost(LONG).until(() -> exec.counts().waiting() == 1);

    assertThat(exec.counts()).isEqualTo(new ExecCounts(1, 0, 0, 0, 0, 1, 1));
    assertThat(first.get()).isInstanceOf(Outcome.Exited.class);
    assertThat(second.get()).isInstanceOf(Outcome.Exited.class);
    assertThat(exec.counts()).isEqualTo(new ExecCounts(2, 2, 0, 0, 0, 0, 0));
  }

  @Test
  void run_whose_turn_never_comes_is_timed_out_and_not_started() throws Exception {
    Future<Outcome> first = submit("sleep 60");
    await().atMost(LONG).until(() -> exec.counts().started() == 1);

    assertThat(exec.run(Command.shell("echo never"), Duration.ofMillis(200), Function.identity()))
        .isInstanceOfSatisfying(
            Outcome.TimedOut.class, outcome -> assertThat(outcome.started()).isFalse());
    assertThat(exec.counts().started()).isEqualTo(1);
    exec.close();
    assertThat(first.get()).isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void close_ends_what_runs_and_what_waits() throws Exception {
    Future<Outcome> running = submit("trap '' TERM; sleep 60; sleep 60");
    await().atMost(LONG).until(() -> exec.counts().started() == 1);
    Future<Outcome> waiting = submit("echo never");
    await().atMost(LONG).until(() -> exec.counts().waiting() == 1);

    exec.close();

    assertThat(leftovers.processes()).isEmpty();
    assertThat(running.get())
        .isInstanceOfSatisfying(
            Outcome.TimedOut.class, outcome -> assertThat(outcome.started()).isTrue());
    assertThat(waiting.get())
        .isInstanceOfSatisfying(
            Outcome.TimedOut.class, outcome -> assertThat(outcome.started()).isFalse());
    assertThat(exec.run(Command.shell("echo never"), LONG, Function.identity()))
        .isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void close_ends_what_a_finished_command_left_behind() {
    assertThat(exec.run(Command.shell("sleep 60 >/dev/null 2>&1 &"), LONG, Function.identity()))
        .isInstanceOf(Outcome.Exited.class);
    assertThat(leftovers.processes()).isNotEmpty();

    exec.close();

    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void interrupt_ends_the_run_and_stays_set() throws Exception {
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  outcome.complete(exec.run(Command.shell("sleep 60"), LONG, Function.identity()));
                  flag.complete(Thread.currentThread().isInterrupted());
                });
    await().atMost(LONG).until(() -> exec.counts().started() == 1);

    thread.interrupt();

    assertThat(outcome.get()).isInstanceOf(Outcome.TimedOut.class);
    assertThat(flag.get()).isTrue();
    assertThat(leftovers.processes()).isEmpty();
  }

  @Test
  void environment_cannot_hold_a_variable_without_a_name() {
    assertThatThrownBy(() -> ExecSettings.withDefaults(Map.of("", "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Future<Outcome> submit(String line) {
    return threads.submit(() -> exec.run(Command.shell(line), LONG, Function.identity()));
  }
}
