package io.happo.program.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhaseTest {
  @Test
  void the_phase_of_a_check_never_changes() {
    // Another value would move the checks of every fleet at the next update.
    assertThat(Phase.hash("agent", "load")).isNotEqualTo(Phase.hash("agentl", "oad"));
    assertThat(Phase.untilNext(Phase.hash("f00d", "load"), 60_000, 0)).isEqualTo(34_660);
  }

  @Test
  void agents_are_spread_over_an_interval() {
    var perSecond = new int[60];
    for (int agent = 0; agent < 6_000; agent++) {
      perSecond[(int) (Phase.untilNext(Phase.hash("agent" + agent, "load"), 60_000, 0) / 1_000)]++;
    }
    for (int count : perSecond) {
      assertThat(count).isBetween(60, 140);
    }
  }

  @Test
  void the_next_time_is_less_than_an_interval_away_and_in_phase() {
    for (long now = -100_000; now < 100_000; now += 777) {
      long wait = Phase.untilNext(Long.MIN_VALUE + 12_345, 7_000, now);
      assertThat(wait).isBetween(0L, 6_999L);
      assertThat(Math.floorMod(now + wait, 7_000))
          .isEqualTo(Math.floorMod(Long.MIN_VALUE + 12_345, 7_000));
    }
  }
}
