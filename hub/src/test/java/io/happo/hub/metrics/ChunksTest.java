package io.happo.hub.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is packed comes out as it was, whatever it is; and what is usual takes little. */
final class ChunksTest {
  private static final long BASE = 1_800_000_000_000L / Level.RAW.block() * Level.RAW.block();
  private static final long MINUTE = 60_000;
  private static final Random RANDOM = new Random(7);

  /** Values as they may come. */
  record Kind(String name, DoubleSupplier next) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Kind CONSTANT = new Kind("constant", () -> 42);
  private static final Kind PERCENT =
      new Kind("percent", () -> Math.round(RANDOM.nextDouble() * 10_000) / 100.0);
  private static final Kind ANY = new Kind("any", RANDOM::nextDouble);

  static Stream<Kind> kinds() {
    return Stream.of(
        CONSTANT,
        PERCENT,
        ANY,
        new Kind("count", () -> RANDOM.nextInt(1_000)),
        new Kind("bytes", () -> RANDOM.nextLong(1L << 40) / 4_096 * 4_096),
        new Kind("bits", () -> Double.longBitsToDouble(RANDOM.nextLong())),
        new Kind("small", () -> RANDOM.nextInt(9) * 1e-9),
        new Kind("large", () -> 9e15 + RANDOM.nextInt(1_000)),
        new Kind("huge", () -> 1.7e308 * RANDOM.nextInt(-1, 2)),
        new Kind("unknown", () -> RANDOM.nextBoolean() ? Double.NaN : 3.5));
  }

  private static TimedValues values(Kind kind, int count, long jitter) {
    var values = new TimedValues();
    for (int i = 0; i < count; i++) {
      values.add(
          BASE + i * MINUTE + (jitter == 0 ? 0 : RANDOM.nextLong(jitter)), kind.next.getAsDouble());
    }
    return values;
  }

  private static List<String> shown(TimedValues values) {
    var shown = new ArrayList<String>();
    for (int i = 0; i < values.size(); i++) {
      shown.add(values.time(i) + "=" + (values.value(i) + 0.0)); // -0.0 is kept as 0
    }
    return shown;
  }

  static List<String> shown(Parts parts) {
    var shown = new ArrayList<String>();
    for (int i = 0; i < parts.size(); i++) {
      shown.add(
          "%d n=%d %s..%s sum=%s last=%s"
              .formatted(
                  parts.time(i),
                  parts.count(i),
                  parts.min(i) + 0.0,
                  parts.max(i) + 0.0,
                  parts.sum(i) + 0.0,
                  parts.last(i) + 0.0));
    }
    return shown;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void values_come_out_as_they_were(Kind kind) {
    for (int count : new int[] {0, 1, 2, 3, 240, 2_000}) {
      for (long jitter : new long[] {0, 900, MINUTE - 1}) {
        var values = values(kind, count, jitter);
        values.order();
        assertThat(shown(TimedValues.ofChunk(values.toChunk(BASE), BASE))).isEqualTo(shown(values));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void parts_come_out_as_they_were(Kind kind) {
    for (var level : List.of(Level.FIVE_MINUTES, Level.HOUR)) {
      var parts = Parts.of(values(kind, 2_000, 900), 0, level.width());
      assertThat(shown(Parts.ofChunk(parts.toChunk(BASE), BASE, level.width())))
          .isEqualTo(shown(parts));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void values_of_many_series_come_out_in_their_order(Kind kind) {
    var packed = new Packed();
    var expected = new ArrayList<String>();
    for (int i = 0; i < 500; i++) {
      long series = RANDOM.nextLong(1L << 40);
      long time = BASE + RANDOM.nextInt();
      double value = kind.next.getAsDouble();
      packed.add(series, time, value);
      expected.add(series + "@" + time + "=" + (value + 0.0));
    }
    var found = new ArrayList<String>();
    Packed.each(
        packed.toBytes(),
        (series, time, value) -> found.add(series + "@" + time + "=" + (value + 0.0)));
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void of_the_same_time_the_last_counts() {
    var values = new TimedValues();
    values.add(BASE + 5, 1);
    values.add(BASE + 3, 2);
    values.add(BASE + 5, 3);
    values.add(BASE + 3, 4);
    values.order();
    assertThat(shown(values)).containsExactly((BASE + 3) + "=4.0", (BASE + 5) + "=3.0");
  }

  @Test
  void a_sum_of_decimals_is_one() {
    var values = new TimedValues();
    values.add(BASE, 0.1);
    values.add(BASE + 1, 0.2);
    values.add(BASE + 2, Double.NaN);
    assertThat(shown(Parts.of(values, 0, Level.HOUR.width())))
        .containsExactly(BASE + " n=2 0.1..0.2 sum=0.3 last=0.2");
  }

  @Test
  void what_is_usual_takes_little() {
    assertThat(values(CONSTANT, 240, 0).toChunk(BASE)).hasSizeLessThan(16);
    assertThat(values(PERCENT, 240, 0).toChunk(BASE)).hasSizeLessThan(240 * 2);
    assertThat(values(ANY, 240, 0).toChunk(BASE)).hasSizeLessThan(240 * 9);
  }

  @Test
  void what_is_cut_off_or_no_chunk_is_refused_and_harms_nothing() {
    var chunk = values(PERCENT, 100, 900).toChunk(BASE);
    for (int length = 0; length < chunk.length - 2; length++) {
      var cut = Arrays.copyOf(chunk, length);
      assertThatThrownBy(() -> TimedValues.ofChunk(cut, BASE))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int i = 0; i < 20_000; i++) {
      var other = chunk.clone();
      other[RANDOM.nextInt(other.length)] = (byte) RANDOM.nextInt();
      other[RANDOM.nextInt(4)] = (byte) RANDOM.nextInt();
      try {
        TimedValues.ofChunk(other, BASE);
        Parts.ofChunk(other, BASE, MINUTE);
        Packed.each(other, (_, _, _) -> {});
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("a ");
      }
    }
  }
}
