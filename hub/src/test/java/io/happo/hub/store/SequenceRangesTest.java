package io.happo.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.Range;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceRangesTest {
  @ParameterizedTest
  @CsvSource({
    "'', 1, 1, '1'",
    "'', 5, 9, '5-9'",
    "'1-3', 4, 6, '1-6'",
    "'1-3', 5, 6, '1-3,5-6'",
    "'5-6', 1, 3, '1-3,5-6'",
    "'5-6', 1, 4, '1-6'",
    "'1-3,5-6,9', 4, 4, '1-6,9'",
    "'1-3,5-6,9', 2, 20, '1-20'",
    "'1-3,5-6,9', 2, 7, '1-7,9'",
    "'1-3,5-6,9', 5, 6, '1-3,5-6,9'",
    "'10,20,30', 15, 17, '10,15-17,20,30'",
  })
  void ranges_that_touch_become_one(String ranges, long first, long last, String expected) {
    assertThat(SequenceRanges.parse(ranges).with(first, last)).hasToString(expected);
  }

  @RepeatedTest(50)
  void ranges_hold_what_was_put_in() {
    var random = new Random();
    long seed = random.nextLong();
    random.setSeed(seed);
    var ranges = SequenceRanges.NONE;
    var model = new BitSet();
    for (int i = 0; i < 60; i++) {
      int first = 1 + random.nextInt(200);
      int last = first + random.nextInt(5);
      assertThat(ranges.containsAll(first, last))
          .as("seed %d", seed)
          .isEqualTo(model.nextClearBit(first) > last);
      ranges = SequenceRanges.parse(ranges.with(first, last).toString());
      model.set(first, last + 1);
      for (int sequence = 1; sequence < 210; sequence++) {
        assertThat(ranges.contains(sequence))
            .as("seed %d: %d in %s", seed, sequence, ranges)
            .isEqualTo(model.get(sequence));
      }
    }
  }

  @Test
  void the_lowest_gap_closes_when_there_are_too_many() {
    var ranges = SequenceRanges.NONE;
    for (int i = 0; i < SequenceRanges.MAX_RANGES + 1; i++) {
      ranges = ranges.with(1 + 3L * i, 2 + 3L * i);
    }
    assertThat(ranges.toList()).hasSize(SequenceRanges.MAX_RANGES).startsWith(new Range(1, 5));
  }
}
