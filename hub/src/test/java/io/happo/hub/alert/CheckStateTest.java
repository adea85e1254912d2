package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckStateTest {
  private static final long HUB_NOW = 1_000_000;

  private static CheckState after(
      @Nullable CheckState state, long time, long sequence, int status, int maxAttempts) {
    return CheckState.next(
        state, new Observation(time, HUB_NOW, 1, sequence, status), new CheckSettings(maxAttempts));
  }

  /** Status, S or H, the attempt, and since when the hard status is what it is. */
  @ParameterizedTest
  @CsvSource({
    "3, 0 0, 0H1@1 0H1@1",
    "3, 2 2 2 2, 2S1@1 2S2@1 2H3@3 2H3@3",
    "3, 2 2 0, 2S1@1 2S2@1 0H1@1",
    "3, 1 2 1, 1S1@1 2S2@1 1H3@3",
    "3, 2 2 2 1 1, 2S1@1 2S2@1 2H3@3 1H3@4 1H3@4",
    "3, 2 2 2 0 2, 2S1@1 2S2@1 2H3@3 0H1@4 2S1@4",
    "3, 0 3 3 3 0, 0H1@1 3S1@1 3S2@1 3H3@4 0H1@5",
    "1, 2 0 1, 2H1@1 0H1@2 1H1@3",
    "2, 0 1 0 1 1, 0H1@1 1S1@1 0H1@1 1S1@1 1H2@5",
  })
  void a_problem_is_hard_after_its_attempts(int maxAttempts, String statuses, String expected) {
    var states = new ArrayList<String>();
    CheckState state = null;
    long time = 0;
    for (var status : statuses.split(" ", -1)) {
      time++;
      state = after(state, time, time, Integer.parseInt(status), maxAttempts);
      states.add(
          state.status() + (state.soft() ? "S" : "H") + state.attempt() + "@" + state.hardSince());
    }
    assertThat(String.join(" ", states)).isEqualTo(expected);
  }

  /** Status, since when, how often in a row, and the most often of this problem. */
  @ParameterizedTest
  @CsvSource({
    "0 0 0, 0@1x1^0 0@1x2^0 0@1x3^0",
    "0 2 2 0 0, 0@1x1^0 2@2x1^1 2@2x2^2 0@4x1^2 0@4x2^2",
    "1 1 1 2 0 1, 1@1x1^1 1@1x2^2 1@1x3^3 2@4x1^3 0@5x1^3 1@6x1^1",
  })
  void occurrences_are_counted_and_their_peak_outlives_the_problem(
      String statuses, String expected) {
    var states = new ArrayList<String>();
    CheckState state = null;
    long time = 0;
    for (var status : statuses.split(" ", -1)) {
      time++;
      state = after(state, time, time, Integer.parseInt(status), 3);
      states.add(
          state.status() + "@" + state.since() + "x" + state.occurrences() + "^" + state.peak());
    }
    assertThat(String.join(" ", states)).isEqualTo(expected);
  }

  @Test
  void what_ran_before_the_newest_changes_nothing() {
    var state = after(null, 500, 7, 0, 1);
    assertThat(after(state, 499, 6, 2, 1)).isSameAs(state);
    assertThat(after(state, 500, 7, 2, 1)).isSameAs(state);
    assertThat(after(state, 500, 8, 2, 1).status()).isEqualTo(2);
    assertThat(ofAnotherQueue(state, 499)).isSameAs(state);
    assertThat(ofAnotherQueue(state, 501).status()).isEqualTo(2);
  }

  private static CheckState ofAnotherQueue(CheckState state, long time) {
    return CheckState.next(state, new Observation(time, HUB_NOW, 2, 1, 2), new CheckSettings(1));
  }

  @Test
  void in_one_queue_the_sequence_counts_when_the_clock_was_put_back() {
    var state = after(null, 500, 7, 0, 1);
    assertThat(after(state, 100, 8, 2, 1).status()).isEqualTo(2);
  }

  /** All of them have times that are still to come, so arrival would count. */
  @Test
  void what_an_agent_whose_clock_is_ahead_brings_late_is_no_news() {
    var state = after(null, HUB_NOW + 3_600_000, 100, 0, 1);
    for (int sequence = 1; sequence < 100; sequence++) {
      var late = new Observation(HUB_NOW + 36_000L * sequence, HUB_NOW + sequence, 1, sequence, 2);
      assertThat(CheckState.next(state, late, new CheckSettings(1))).isSameAs(state);
    }
  }

  @Test
  void of_two_queues_at_the_same_time_the_first_stays() {
    var state = after(null, 500, 7, 0, 1);
    var other = new Observation(500, HUB_NOW, 2, 9, 2);
    assertThat(CheckState.next(state, other, CheckSettings.DEFAULT)).isSameAs(state);
  }

  @Test
  void a_clock_that_was_ahead_does_not_keep_out_what_comes_after_it_was_set_right() {
    var ahead = after(null, HUB_NOW + 86_400_000, 1, 2, 1);
    assertThat(ahead.time()).isEqualTo(HUB_NOW + 86_400_000);
    var right =
        CheckState.next(
            ahead, new Observation(HUB_NOW + 10, HUB_NOW + 20, 1, 2, 0), CheckSettings.DEFAULT);
    assertThat(right.status()).isEqualTo(0);
    assertThat(right.time()).isEqualTo(HUB_NOW + 10);
  }
}
