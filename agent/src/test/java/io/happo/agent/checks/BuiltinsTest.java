package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.exec.Inside;
import io.happo.program.cli.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltinsTest {
  /** Shorter than the time that a check gives itself. */
  private static final Duration LONG = Duration.ofSeconds(9);

  private static final Command.Example EXAMPLE = new Command.Example("It", "check_x");

  @TempDir private Path folder;

  /** A check that is made of a lambda. */
  private interface Look {
    Finding at(Given given) throws UsageException, CheckException, InterruptedException;
  }

  private Builtins builtins(Look look) {
    var check =
        new BuiltinCheck() {
          @Override
          public Command table() {
            return Tables.check(
                "check_x", "A test", List.of(), "[WORD]", List.of(), List.of(EXAMPLE));
          }

          @Override
          public Finding run(Given given, Machine machine)
              throws UsageException, CheckException, InterruptedException {
            return look.at(given);
          }
        };
    var catalogue =
        new Builtins.Catalogue() {
          @Override
          public List<String> names() {
            return List.of("check_x");
          }

          @Override
          public @Nullable BuiltinCheck find(String name) {
            return name.equals("check_x") ? check : null;
          }
        };
    return new Builtins(
        catalogue,
        new Machine(
            folder,
            InstantSource.system(),
            System::nanoTime,
            new MemoryFolder(folder.resolve("memory")),
            0));
  }

  private static String said(Inside.@Nullable Answer answer) {
    return answer == null ? "nothing" : answer.status() + ": " + answer.stdout();
  }

  @Test
  void runs_that_the_system_holds_hold_up_nothing_else_and_are_not_joined_by_others()
      throws Exception {
    var pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    int processors = Runtime.getRuntime().availableProcessors();
    var started = new CountDownLatch(processors);
    var runs = new AtomicInteger();
    var builtins =
        builtins(
            given -> {
              runs.incrementAndGet();
              started.countDown();
              try (var in = Files.newInputStream(pipe)) { // Nobody writes to it.
                return new Finding(Status.OK, "it had " + in.read());
              } catch (IOException e) {
                throw CheckException.unknown(e.toString());
              }
            });
    for (int i = 0; i < processors; i++) {
      assertThat(builtins.run("check_x", List.of("" + i), Duration.ofMillis(100))).isNull();
    }
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    var other = new CountDownLatch(1);
    Thread.ofVirtual().start(other::countDown);
    assertThat(other.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(builtins.run("check_x", List.of("0"), LONG)).isNull();
    assertThat(runs).hasValue(processors);

    try (var writer = new RandomAccessFile(pipe.toFile(), "rw")) { // Which waits for nobody.
      writer.write(new byte[100]);
      Inside.@Nullable Answer again = null;
      for (long end = System.nanoTime() + LONG.toNanos(); again == null; ) {
        assertThat(System.nanoTime()).isLessThan(end);
        again = builtins.run("check_x", List.of("0"), LONG);
      }
      assertThat(said(again)).isEqualTo("0: it had 0\n");
    }
  }

  @Test
  void faults_of_a_check_are_unknown() {
    assertThat(said(builtins(given -> overflow(1)).run("check_x", List.of(), LONG)))
        .isEqualTo("3: UNKNOWN - a fault of the check itself: java.lang.StackOverflowError\n");
    assertThat(said(builtins(given -> cause("a|b\nc")).run("check_x", List.of(), LONG)))
        .isEqualTo(
            "3: UNKNOWN - a fault of the check itself: java.lang.IllegalStateException: a,b c\n");
  }

  private static Finding overflow(int depth) {
    return depth < 0 ? new Finding(Status.OK, "") : overflow(depth % 7 + 1);
  }

  private static Finding cause(String message) {
    throw new IllegalStateException(message);
  }

  @Test
  void what_was_given_cannot_spoil_the_line() {
    var builtins = builtins(given -> new Finding(Status.OK, "" + Path.of(given.operands().get(0))));
    assertThat(said(builtins.run("check_x", List.of("a", "b|c\nd"), LONG)))
        .startsWith("3: check_x: does not take the argument 'b,c d'\nSee ");
    assertThat(said(builtins.run("check_x", List.of("a\0|b"), LONG)))
        .isEqualTo(
            "3: UNKNOWN - 'a ,b' cannot be the name of a file here: Nul character not allowed\n");
    assertThat(said(builtins.run("check_|", List.of(), LONG))).doesNotContain("|");
  }
}
