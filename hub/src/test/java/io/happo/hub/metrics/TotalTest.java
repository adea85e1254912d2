package io.happo.hub.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rates, and many series as one. Times are in minutes. */
class TotalTest {
  private static final long MINUTE = 60_000;

  private static Point point(long minute, double least, double average, double most) {
    return new Point(minute * MINUTE, least, average, most);
  }

  private static Point point(long minute, double value) {
    return Point.of(minute * MINUTE, value);
  }

  private static List<Point> total(Aggregate how, Grid grid, List<List<Point>> lines) {
    var total = new Total(how, grid);
    lines.forEach(total::add);
    return total.points();
  }

  private static Grid minutes(int first, int parts) {
    return new Grid(first * MINUTE, MINUTE, parts);
  }

  @ParameterizedTest
  @CsvSource({
    "AVG, 2, 6, 21",
    "SUM, 4, 12, 42",
    "MIN, 1, 1, 1",
    "MAX, 40, 40, 40",
    "COUNT, 2, 2, 2"
  })
  void two_series_are_made_one(Aggregate how, double least, double average, double most) {
    assertThat(
            total(
                how,
                minutes(10, 1),
                List.of(List.of(point(10, 1, 2, 2)), List.of(point(10, 3, 10, 40)))))
        .containsExactly(point(10, least, average, most));
  }

  @Test
  void a_part_where_nothing_was_measured_is_left_out() {
    assertThat(total(Aggregate.SUM, minutes(0, 30), List.of(List.of(point(1, 5), point(20, 7)))))
        .as("the value counts for twice the time between two")
        .hasSize(29);
    assertThat(total(Aggregate.SUM, minutes(0, 30), List.of(List.of(point(1, 5)))))
        .containsExactly(
            point(1, 5), point(2, 5), point(3, 5), point(4, 5), point(5, 5), point(6, 5));
    assertThat(total(Aggregate.SUM, minutes(0, 30), List.of())).isEmpty();
  }

  @Test
  void a_sum_does_not_fall_while_one_of_its_series_is_late() {
    var each = List.of(point(0, 1), point(1, 1), point(2, 1), point(3, 1), point(4, 1));
    var late = List.of(point(0, 10), point(1, 10), point(4, 20));
    assertThat(total(Aggregate.SUM, minutes(0, 5), List.of(each, late)))
        .extracting(Point::average)
        .containsExactly(11.0, 11.0, 11.0, 11.0, 21.0);
    assertThat(total(Aggregate.COUNT, minutes(0, 5), List.of(each, late)))
        .extracting(Point::average)
        .containsExactly(2.0, 2.0, 2.0, 2.0, 2.0);
  }

  @Test
  void a_series_that_has_ended_counts_five_minutes_or_twice_its_time() {
    var often = List.of(point(0, 1), point(1, 1));
    assertThat(total(Aggregate.COUNT, minutes(0, 60), List.of(often))).hasSize(7);
    var seldom = List.of(point(0, 1), point(10, 1));
    assertThat(total(Aggregate.COUNT, minutes(0, 60), List.of(seldom))).hasSize(31);
  }

  @Test
  void values_from_before_the_time_count_in_it_and_are_not_shown() {
    assertThat(total(Aggregate.SUM, minutes(10, 3), List.of(List.of(point(8, 4), point(12, 5)))))
        .containsExactly(point(10, 4), point(11, 4), point(12, 5));
    assertThat(total(Aggregate.SUM, minutes(10, 3), List.of(List.of(point(2, 4))))).isEmpty();
  }

  @Test
  void a_sum_that_has_no_place_in_a_number_is_the_largest() {
    assertThat(
            total(
                Aggregate.SUM,
                minutes(0, 1),
                List.of(List.of(point(0, 1.7e308)), List.of(point(0, 1.7e308)))))
        .containsExactly(point(0, Double.MAX_VALUE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # last values by minute; - is none | per second by minute
          60                      | -
          60 180                  | - 2
          60 180 180              | - 2 0
          60 180 240 300          | - 2 1 1
          60 - - 240              | - - - 1
          600 660 30 90           | - 1 0.5 1
          600 - 60                | - - 0.5
          -60 0 60                | - 1 1
          """)
  void a_counter_has_a_rate_from_its_second_part_on(String values, String rates) {
    var parts = new ArrayList<Part>();
    var expected = new ArrayList<Point>();
    var words = values.split(" ", -1);
    for (int minute = 0; minute < words.length; minute++) {
      if (!words[minute].equals("-")) {
        double last = Double.parseDouble(words[minute]);
        parts.add(new Part(minute * MINUTE, 3, 0, 9e9, 9e9, last));
      }
    }
    words = rates.split(" ", -1);
    for (int minute = 0; minute < words.length; minute++) {
      if (!words[minute].equals("-")) {
        expected.add(point(minute, Double.parseDouble(words[minute])));
      }
    }
    assertThat(Rates.of(parts)).isEqualTo(expected);
  }

  @Test
  void an_average_lies_between_the_least_and_the_most() {
    assertThat(new Part(0, 3, -1, 4, 6, 1).average()).isEqualTo(2);
    assertThat(new Part(0, 2, 1e308, 1.7e308, Double.POSITIVE_INFINITY, 1).average())
        .isEqualTo(1.7e308);
    assertThat(new Part(0, 2, -1e308, 1e308, Double.NaN, 1).average()).isZero();
    assertThat(new Part(0, 3, 0.1, 0.1, 0.1 + 0.1 + 0.1, 0.1).average()).isEqualTo(0.1);
  }
}
