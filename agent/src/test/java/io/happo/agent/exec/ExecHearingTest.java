package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command says is heard while it runs. */
@Timeout(60)
class ExecHearingTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin")));
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  @TempDir Path folder;

  @AfterEach
  void close() {
    exec.close();
  }

  private Outcome run(String script, Duration deadline, Runnable whenHeard) {
    return exec.run(
        Command.shellMerged(script),
        deadline,
        news -> {
          heard.writeBytes(news);
          whenHeard.run();
        },
        outcome -> outcome);
  }

  private String heard() {
    return heard.toString(StandardCharsets.UTF_8);
  }

  @Test
  void what_a_command_says_is_heard_before_it_ends() {
    var go = folder.resolve("go");
    // It ends only once somebody has heard its first word.
    var outcome =
        run(
            "echo one; while [ ! -e '" + go + "' ]; do sleep 0.05; done; echo two >&2",
            LONG,
            () -> create(go));
    assertThat(outcome).isInstanceOf(Outcome.Exited.class);
    assertThat(heard()).isEqualTo("one\ntwo\n");
  }

  @Test
  void what_is_heard_is_what_the_outcome_holds() {
    var outcome = run("seq 1 100000", LONG, () -> {});
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Exited.class,
            exited -> assertThat(heard()).isEqualTo(exited.stdout().text()).endsWith("\n100000\n"));
  }

  @Test
  void a_command_that_is_ended_at_its_deadline_is_heard_until_then() {
    var outcome = run("echo begun; sleep 60", Duration.ofMillis(500), () -> {});
    assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
    assertThat(heard()).isEqualTo("begun\n");
  }

  @Test
  void an_interrupt_from_the_hearer_ends_the_command() {
    var outcome = run("echo begun; sleep 60", LONG, () -> Thread.currentThread().interrupt());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void a_command_that_says_nothing_is_not_heard() {
    Outcome outcome =
        exec.run(Command.direct(List.of("true")), LONG, _ -> heard.write(1), one -> one);
    assertThat(outcome).isInstanceOf(Outcome.Exited.class);
    assertThat(heard.size()).isZero();
  }

  private static void create(Path file) {
    try {
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
