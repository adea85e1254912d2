package io.happo.hub.alert;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlappingTest {
  private static final Flapping ICINGA = new Flapping(20, 0.8, 0.02);

  /** The oldest first. */
  private static long states(Flapping flapping, String digits) {
    long states = 0;
    for (int i = 0; i < digits.length(); i++) {
      states = flapping.with(states, digits.charAt(i) - '0');
    }
    return states;
  }

  /** Reference of alerting, 5: changes at slots 2, 3, 4, 5, 9, 13, 16 and 19 give 39.1 %. */
  @Test
  void icingas_published_example() {
    var digits = new StringBuilder("0");
    int state = 0;
    for (int slot = 0; slot < 20; slot++) {
      if (",2,3,4,5,9,13,16,19,".contains("," + slot + ",")) {
        state = 2 - state;
      }
      digits.append(state);
    }
    assertThat(ICINGA.percent(states(ICINGA, digits.toString()))).isEqualTo(39.1, within(0.0001));
  }

  /** The same for Nagios: weights 0.75 + 0.5/19 for each change, worked out by hand. */
  @ParameterizedTest
  @CsvSource({
    "000000000000000000000, 0",
    "020202020202020202020, 100",
    "000000000000000000002, 6.25",
    "022222222222222222222, 3.75",
    "012012012012012012012, 100",
    "000000000000000000202, 18.355",
    "222222222222222222222, 0",
  })
  void nagios_weighs_newer_changes_more(String digits, double percent) {
    assertThat(Flapping.NAGIOS.percent(states(Flapping.NAGIOS, digits)))
        .isEqualTo(percent, within(0.001));
  }

  @Test
  void it_begins_above_30_percent_and_ends_below_20() {
    CheckState state = null;
    var told = new ArrayList<String>();
    long time = 0;
    var statuses = "0".repeat(20) + "2020202" + "2".repeat(20);
    boolean before = false;
    for (int i = 0; i < statuses.length(); i++) {
      time++;
      state =
          CheckState.next(
              state,
              new Observation(time, 1_000, 1, time, statuses.charAt(i) - '0'),
              new CheckSettings(1));
      if (state.flapping() != before) {
        told.add((state.flapping() ? "begins" : "ends") + " at " + Math.round(state.flapPercent()));
      }
      before = state.flapping();
    }
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).startsWith("begins at 3");
    assertThat(told.get(1)).startsWith("ends at 1");
  }

  @Test
  void what_is_soft_does_not_count() {
    CheckState state = null;
    for (int i = 1; i < 60; i++) {
      state =
          CheckState.next(
              state, new Observation(i, 1_000, 1, i, i % 3 == 0 ? 0 : 2), new CheckSettings(3));
    }
    assertThat(requireNonNull(state).flapPercent()).isZero();
  }
}
