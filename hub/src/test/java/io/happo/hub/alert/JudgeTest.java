package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What keeps a notice back, a row for each gate and kind: what is other than a plain trouble, and
 * what follows. The order is that of the reference of alerting, 6: a row names what is asked later
 * too, and the earlier gate is told.
 */
class JudgeTest {
  private static String said(Decision decision) {
    return switch (decision) {
      case Decision.Tell tell ->
          "tell " + tell.kind().word() + " " + String.join("+", tell.channels());
      case Decision.Hold hold ->
          "hold "
              + hold.kind().word()
              + " "
              + hold.gate()
              + (hold.until() == Decision.NEVER
                  ? ""
                  : " " + (hold.until() - Situation.NOW) / 60_000);
      case Decision.Drop drop -> "drop " + drop.gate();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        // A plain trouble, and those that were told.
        "''                                       | tell problem ops",
        "warning                                  | tell problem ops",
        "told=2                                   | hold problem REPEAT",
        "told=2 repeat=5                          | tell problem ops",
        "told=2 repeat=15                         | hold problem REPEAT 5",
        "told=1                                   | tell problem ops",
        "well told=2                              | tell recovery ops",
        "well                                     | drop NO_PROBLEM",
        // OFF
        "off                                      | hold problem OFF",
        "off held away quiet known failed downtime| hold problem OFF",
        "off well told=2                          | hold recovery OFF",
        // HUB
        "held                                     | hold problem HUB 1",
        "held away quiet soft known               | hold problem HUB 1",
        "held well told=2                         | tell recovery ops",
        // PARENT
        "away                                     | hold problem PARENT",
        "away when=sun soft                       | hold problem PARENT",
        "away well told=2                         | tell recovery ops",
        "away flapping told=2                     | hold problem PARENT",
        // PERIOD: Monday at noon
        "when=mon_13:00-14:00                     | hold problem PERIOD 60",
        "when=mon_11:00-14:00                     | tell problem ops",
        "when=sun quiet soft known                | hold problem PERIOD 7920",
        "when=sun well told=2                     | hold recovery PERIOD 7920",
        // QUIET
        "quiet                                    | hold problem QUIET",
        "quiet soft known failed                  | hold problem QUIET",
        "quiet well told=2                        | tell recovery ops",
        // SOFT
        "soft                                     | hold problem SOFT",
        "soft known failed downtime               | hold problem SOFT",
        "soft told=2                              | tell recovery ops",
        // ACKNOWLEDGED
        "known                                    | hold problem ACKNOWLEDGED",
        "known told=2                             | tell acknowledgement ops",
        "known failed critical-only lasting=30    | hold problem ACKNOWLEDGED",
        // DEPENDENCY
        "failed                                   | hold problem DEPENDENCY",
        "failed warning critical-only lasting=30  | hold problem DEPENDENCY",
        "failed well told=2                       | tell recovery ops",
        // STATE
        "warning critical-only                    | hold problem STATE",
        "warning critical-only told=2             | hold problem STATE",
        "warning critical-only lasting=30 downtime| hold problem STATE",
        "well told=2 no-recovery                  | drop STATE",
        // DELAY: it has lasted 10 minutes
        "lasting=10                               | tell problem ops",
        "lasting=11                               | hold problem DELAY 1",
        "lasting=10 paused=3                      | hold problem DELAY 3",
        "lasting=11 flapping no-flapping downtime | hold problem DELAY 1",
        "lasting=11 told=1                        | tell problem ops",
        // FLAPPING
        "flapping                                 | tell flapping-start ops",
        "flapping told-flapping                   | hold problem FLAPPING",
        "flapping told-flapping downtime          | hold problem FLAPPING",
        "flapping told-flapping well told=2       | hold recovery FLAPPING",
        "flapping no-flapping                     | hold problem FLAPPING",
        "told-flapping well                       | tell flapping-end ops",
        "told-flapping well when=sun              | hold recovery PERIOD 7920",
        "flapping known                           | hold problem ACKNOWLEDGED",
        // DOWNTIME
        "downtime                                 | hold problem DOWNTIME 1",
        "downtime told=2                          | hold problem DOWNTIME 1",
        "downtime well told=2                     | tell recovery ops",
        "downtime flapping                        | hold problem FLAPPING",
        // Steps
        "escalate=20 told=2                       | hold problem REPEAT 10",
        "escalate=9 told=2                        | tell problem boss",
        "escalate=9                               | tell problem ops+boss",
        "escalate=9 told=2 told-steps=2           | hold problem REPEAT",
        "escalate=9 told=1 told-steps=2 minutes=0 | tell problem ops+boss",
        "escalate=9 told=2 told-steps=2 well      | tell recovery ops+boss",
        "escalate=9 told=2 known                  | tell acknowledgement ops",
        "escalate=20 told=2 repeat=15             | hold problem REPEAT 5",
      })
  void what_is_told_and_what_keeps_it_back(String situation, String expected) {
    assertThat(said(Situation.of(situation).decide())).isEqualTo(expected);
  }

  @Test
  void every_gate_has_kept_something_back() {
    var seen = EnumSet.noneOf(Gate.class);
    for (var words :
        "off,held,away,when=sun,quiet,soft,known,failed,warning critical-only,well,lasting=11,"
            .concat("flapping told-flapping,downtime,told=2")
            .split(",", -1)) {
      switch (Situation.of(words).decide()) {
        case Decision.Hold hold -> seen.add(hold.gate());
        case Decision.Drop drop -> seen.add(drop.gate());
        case Decision.Tell tell -> throw new AssertionError(words + ": " + tell);
      }
    }
    assertThat(seen).isEqualTo(EnumSet.allOf(Gate.class));
  }

  /** Pairs of neighbours: whichever is asked first is told. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OFF off, HUB held, PARENT away, PERIOD when=sun, QUIET quiet, SOFT soft, ACKNOWLEDGED known,"
            + " DEPENDENCY failed, STATE warning critical-only, DELAY lasting=11, FLAPPING flapping"
            + " told-flapping, DOWNTIME downtime, REPEAT told=2"
      })
  void the_first_gate_is_told(String table) {
    var words = new ArrayList<String>();
    var gates = new ArrayList<String>();
    for (var row : table.split(", ", -1)) {
      int blank = row.indexOf(' ');
      gates.add(row.substring(0, blank));
      words.add(row.substring(blank + 1));
    }
    for (int i = 0; i < gates.size(); i++) {
      // What is soft has no hard state, and what was told is past its delay.
      for (int j = i + 1; j < gates.size(); j++) {
        boolean cannotBeBoth =
            gates.get(j).equals("REPEAT")
                && (gates.get(i).equals("SOFT")
                    || gates.get(i).equals("DELAY")
                    || gates.get(i).equals("ACKNOWLEDGED"));
        boolean otherState = gates.get(i).equals("SOFT") && gates.get(j).equals("STATE");
        if (!cannotBeBoth && !otherState) {
          assertThat(said(Situation.of(words.get(i) + " " + words.get(j)).decide()))
              .as(words.get(i) + " before " + words.get(j))
              .startsWith("hold problem " + gates.get(i));
        }
      }
    }
  }
}
