package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackoffTest {
  @ParameterizedTest(name = "{0} failures")
  @CsvSource({
    "0, 1", "1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 32", "7, 64", "8, 128", "9, 256",
    "10, 300", "99, 300"
  })
  void wait_doubles_with_each_failure_up_to_five_minutes(int failures, int mostSeconds) {
    var backoff = Backoff.NONE;
    for (int i = 0; i < failures; i++) {
      backoff = backoff.after(Duration.ofSeconds(59));
    }
    assertThat(backoff.most()).isEqualTo(Duration.ofSeconds(mostSeconds));
    assertThat(backoff.delay(0, Duration.ZERO)).isZero();
    assertThat(backoff.delay(0.5, Duration.ZERO)).isEqualTo(Duration.ofMillis(mostSeconds * 500L));
    assertThat(backoff.delay(0.5, Duration.ofSeconds(90)))
        .isEqualTo(Duration.ofMillis(90_000 + mostSeconds * 500L));
    assertThat(backoff.after(Duration.ofMinutes(1))).isEqualTo(Backoff.NONE);
  }

  @Test
  void count_of_failures_stays_small() {
    assertThat(new Backoff(10).after(Duration.ZERO)).isEqualTo(new Backoff(10));
  }
}
