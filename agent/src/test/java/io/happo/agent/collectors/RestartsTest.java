package io.happo.agent.collectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartsTest {
  private final Restarts restarts = new Restarts();

  private Duration ended(Duration ran, Duration now) {
    return Duration.ofNanos(restarts.ended(ran.toNanos(), now.toNanos()));
  }

  @Test
  void pauses_double_and_the_fifth_end_within_ten_minutes_is_a_crash_loop() {
    var pauses = new ArrayList<Duration>();
    for (int i = 0; i < 5; i++) {
      assertThat(restarts.isCrashLoop()).isFalse();
      pauses.add(ended(Duration.ZERO, Duration.ofSeconds(10L * i)));
    }
    assertThat(pauses).extracting(Duration::toSeconds).isEqualTo(List.of(1L, 2L, 4L, 8L, 300L));
    assertThat(restarts.isCrashLoop()).isTrue();
  }

  @Test
  void a_crash_loop_goes_on_until_it_ran_for_ten_minutes() {
    for (int i = 0; i < 5; i++) {
      ended(Duration.ZERO, Duration.ofSeconds(i));
    }
    for (int i = 1; i < 10; i++) {
      assertThat(ended(Duration.ofMinutes(9), Duration.ofMinutes(20L * i)))
          .isEqualTo(Restarts.IN_LOOP);
      assertThat(restarts.isCrashLoop()).isTrue();
    }
    assertThat(ended(Duration.ofMinutes(10), Duration.ofDays(1))).isEqualTo(Restarts.FIRST);
    assertThat(restarts.isCrashLoop()).isFalse();
  }

  @Test
  void ends_that_are_far_apart_are_no_loop_and_pauses_have_an_end() {
    Duration pause = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      pause = ended(Duration.ofMinutes(3), Duration.ofMinutes(3L * i));
      assertThat(restarts.isCrashLoop()).isFalse();
    }
    assertThat(pause).isEqualTo(Restarts.LONGEST);
    assertThat(ended(Duration.ofMinutes(11), Duration.ofDays(1))).isEqualTo(Restarts.FIRST);
  }

  @ParameterizedTest
  @CsvSource({"0,0 s", "-5,0 s", "119,119 s", "120,2 min", "7200,2 h", "200000,2 d"})
  void a_time_is_told_in_few_words(long seconds, String words) {
    assertThat(Restarts.words(seconds * 1_000_000_000)).isEqualTo(words);
  }
}
