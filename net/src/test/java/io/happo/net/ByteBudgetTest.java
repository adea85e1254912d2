package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ByteBudgetTest {
  @Test
  void what_is_alone_always_has_room_and_what_fails_counts_nothing() {
    var budget = new ByteBudget(10);
    assertThat(budget.take(25)).isTrue();
    assertThat(budget.take(1)).isFalse();
    assertThat(budget.held()).isEqualTo(25);
    budget.give(25);
    assertThat(budget.take(10)).isTrue();
    assertThat(budget.take(0)).isTrue();
  }

  @Test
  void who_waits_gets_room_when_others_give_it_back() throws Exception {
    var budget = new ByteBudget(10);
    assertThat(budget.take(10)).isTrue();
    assertThat(budget.take(4, Duration.ofMillis(20))).isFalse();
    var served = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  if (budget.take(4, Duration.ofSeconds(40))) {
                    served.incrementAndGet();
                    budget.give(4);
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
    budget.give(10);
    await().until(() -> served.get() == 20);
    assertThat(budget.held()).isZero();
  }
}
