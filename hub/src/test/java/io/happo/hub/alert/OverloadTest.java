package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverloadTest {
  /** Checks in words: within how much the next is to be there, and ! for one that is late. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // checks                     | late | of | begins | goes on
        "1 1 1 1                      | 0    | 0  | false  | false",
        "1! 1 1 1                     | 1    | 4  | false  | true",
        "1! 1 1 1 1                   | 1    | 5  | false  | false",
        "1! 1!                        | 2    | 2  | false  | true",
        "1! 1! 1!                     | 3    | 3  | true   | true",
        "1! 1! 1! 1 1 1               | 3    | 6  | true   | true",
        "1! 1! 1! 1 1 1 1             | 3    | 7  | false  | true",
        "1! 1! 1! 60 60 60 60 60 60   | 3    | 3  | true   | true",
        "1 1 1 1 1 5! 5! 5!           | 3    | 8  | false  | true",
        "1! 1! 1! 1! 60! 60 60        | 5    | 7  | true   | true",
      })
  void many_that_are_late_are_the_agents_trouble_and_few_are_their_own(
      String checks, int late, int of, boolean begins, boolean goesOn) {
    var all = new ArrayList<Overload.Timely>();
    for (var word : checks.split(" ", -1)) {
      boolean isLate = word.endsWith("!");
      all.add(new Overload.Timely(Long.parseLong(word.replace("!", "")), isLate));
    }
    var overload = Overload.of(all);
    assertThat(overload).isEqualTo(new Overload(late, of));
    assertThat(overload.holds(false)).isEqualTo(begins);
    assertThat(overload.holds(true)).isEqualTo(goesOn);
  }
}
