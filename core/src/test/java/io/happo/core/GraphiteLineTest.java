package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.GraphiteLine.Bad;
import io.happo.core.GraphiteLine.Unknown;
import io.happo.core.GraphiteLine.Value;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphiteLineTest {
  private static final long NOW = 1_800_000_000_123L;

  @ParameterizedTest
  @CsvSource({
    "a.b 1 1700000000, a.b, 1, 1700000000000",
    "a.b 1, a.b, 1, 1800000000123",
    "a.b 1 -1, a.b, 1, 1800000000123",
    "a.b 1 -1.0, a.b, 1, 1800000000123",
    "a.b 1 N, a.b, 1, 1800000000123",
    "a.b -1.5e-3 1700000000.25, a.b, -0.0015, 1700000000250",
    "a.b .5 0, a.b, 0.5, 0",
    "a.b +7. 1e9, a.b, 7, 1000000000000",
    "'  a.b\t 2  3  ', a.b, 2, 3000",
    "disk;role=db;dc=x 4 5, disk;dc=x;role=db, 4, 5000",
    "größe 1 1, größe, 1, 1000",
  })
  void lines_are_read(String line, String name, double value, long time) {
    assertThat(GraphiteLine.read(line, NOW))
        .isEqualTo(new Value(MetricName.read(name).orElseThrow(), value, time));
    assertThat(((Value) GraphiteLine.read(line, NOW)).name()).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "nan", "-nan", "U", "u", "inf", "-Infinity", "+INF", "1e999"})
  void value_that_the_sender_could_not_tell_is_no_fault(String value) {
    assertThat(GraphiteLine.read("a " + value + " 1", NOW)).isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "a, no value",
    "' ', no value",
    "a 1 2 3, more than three fields",
    "a;b 1 2, a;b' is no name",
    "a;b= 1 2, a;b=' is no name",
    "a one 2, one' is no number",
    "a 1d 2, 1d' is no number",
    "a 0x1p3 2, 0x1p3' is no number",
    "a 1_0 2, 1_0' is no number",
    "a . 2, .' is no number",
    "a 1e 2, 1e' is no number",
    "a - 2, -' is no number",
    "a 1 -2, -2' is no unix time",
    "a 1 now, now' is no unix time",
    "a 1 NaN, NaN' is no unix time",
    "a 1 1700000000000, 1700000000000' is no unix time in seconds",
  })
  void what_is_no_line_says_why(String line, String why) {
    assertThat(GraphiteLine.read(line, NOW))
        .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.why()).contains(why));
  }

  @Test
  void what_is_shown_of_a_bad_line_is_short_and_printable() {
    var bad = (Bad) GraphiteLine.read("a \u0007\r\n" + "x".repeat(900) + " 1", NOW);
    assertThat(bad.why()).hasSizeLessThan(80).contains("'???xxx").doesNotContain("\n", "\u0007");
  }

  @Test
  void whatever_was_done_to_a_line_gives_one_of_three_answers_and_valid_values() {
    var random = new Random(7);
    var parts = "a.b;c=~!^ \t\r\n\0-+.0123456789eEnNaAuU_é\uD800".toCharArray();
    for (int round = 0; round < 30_000; round++) {
      var line = new StringBuilder("web.load;dc=eu 12.5 1700000000");
      for (int i = random.nextInt(6); i >= 0; i--) {
        int at = random.nextInt(line.length());
        switch (random.nextInt(3)) {
          case 0 -> line.setCharAt(at, parts[random.nextInt(parts.length)]);
          case 1 -> line.insert(at, parts[random.nextInt(parts.length)]);
          default -> line.deleteCharAt(at);
        }
      }
      switch (GraphiteLine.read(line.toString(), NOW)) {
        case Value value -> {
          assertThat(value.value()).isFinite();
          assertThat(value.time()).isBetween(0L, 253_402_300_799_999L);
          assertThat(MetricName.read(value.name().toString())).contains(value.name());
        }
        case Unknown unknown -> assertThat(unknown.name().name()).isNotEmpty();
        case Bad bad -> assertThat(bad.why()).isNotEmpty().hasSizeLessThan(120);
      }
    }
  }

  @Test
  void line_that_is_written_is_read_as_it_was() {
    var random = new Random(8);
    for (int round = 0; round < 5_000; round++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        long time = random.nextLong(4_000_000_000L);
        assertThat(GraphiteLine.read("a;b=c " + value + " " + time, NOW))
            .isEqualTo(new Value(MetricName.read("a;b=c").orElseThrow(), value, time * 1_000));
      }
    }
  }
}
