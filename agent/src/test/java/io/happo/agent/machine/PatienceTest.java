package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Patience<String> patience = new Patience<>();

  @Test
  void answers_and_errors_come_through_from_a_platform_thread() throws Exception {
    assertThat(patience.ask("a", LONG, () -> Thread.currentThread().isVirtual() + "!"))
        .isEqualTo("false!");
    assertThatThrownBy(
            () ->
                patience.ask(
                    "b",
                    LONG,
                    () -> {
                      throw new IOException("broken");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
  }

  @Test
  void question_that_hangs_is_not_asked_twice_and_counts_as_unanswered_at_once() throws Exception {
    var asked = new AtomicInteger();
    var release = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    assertThat(
            patience.ask(
                "dead",
                Duration.ofMillis(10),
                () -> {
                  asked.incrementAndGet();
                  release.await();
                  ended.countDown();
                  return "late";
                }))
        .isNull();
    for (int i = 0; i < 100; i++) {
      assertThat(patience.ask("dead", Duration.ofMillis(10), () -> "again")).isNull();
    }
    assertThat(patience.ask("alive", LONG, () -> "fine")).isEqualTo("fine");
    assertThat(asked).hasValue(1);
    release.countDown();
    ended.await();
    // Its own answer may come once more, until it is taken away.
    String answer;
    do {
      answer = patience.ask("dead", LONG, () -> "new");
    } while ("late".equals(answer));
    assertThat(answer).isEqualTo("new");
  }

  @Test
  void waiting_ends_when_it_is_interrupted() throws Exception {
    var release = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    var waiting =
        Thread.startVirtualThread(
            () -> {
              try {
                patience.ask(
                    "dead",
                    LONG,
                    () -> {
                      release.await();
                      return "late";
                    });
              } catch (InterruptedException e) {
                interrupted.countDown();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    waiting.interrupt();
    interrupted.await();
    release.countDown();
  }
}
