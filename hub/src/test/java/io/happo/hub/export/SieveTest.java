package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SieveTest {
  private static final int MOST = 5_000;

  private int requests;
  private int refused;

  /** Takes all of a request or nothing, and of each series in order alone: Prometheus as it is. */
  private static final class InOrder {
    private final Map<Series, Long> newest = new HashMap<>();
    private final List<Point> taken = new ArrayList<>();
    private final Predicate<Point> good;

    InOrder(Predicate<Point> good) {
      this.good = good;
    }

    boolean take(List<Point> some) {
      var after = new HashMap<>(newest);
      for (var point : some) {
        if (!good.test(point)
            || point.time() <= after.getOrDefault(point.series(), Long.MIN_VALUE)) {
          return false;
        }
        after.put(point.series(), point.time());
      }
      newest.putAll(after);
      return taken.addAll(some);
    }
  }

  private void sift(List<Point> points, int most, Predicate<List<Point>> takes) {
    var sieve = new Sieve(points, most);
    for (var part = sieve.next(); !part.isEmpty(); part = sieve.next()) {
      requests++;
      assertThat(part).hasSizeLessThanOrEqualTo(most);
      if (takes.test(part)) {
        sieve.taken();
      } else {
        refused += sieve.refused().size();
      }
    }
  }

  private static Series series(String agent, int number) {
    return new Series(agent, "id of " + agent, Map.of(), true, "check", "", "l" + number, "");
  }

  /** All series measured again and again, as an agent brings them. */
  private static List<Point> points(String agent, int series, int times) {
    return points(agent, series, times, 1);
  }

  /** Each series that many milliseconds after the one before. */
  private static List<Point> points(String agent, int series, int times, long apart) {
    var all = new ArrayList<Series>();
    for (int i = 0; i < series; i++) {
      all.add(series(agent, i));
    }
    var points = new ArrayList<Point>();
    for (int time = 1; time <= times; time++) {
      for (int i = 0; i < series; i++) {
        points.add(new Point(all.get(i), time * 60_000L + i * apart, time));
      }
    }
    return points;
  }

  @Test
  void what_is_taken_goes_in_as_few_requests_as_may_be() {
    var points = points("web", 50, 100);
    var receiver = new InOrder(_ -> true);
    sift(points, 1_000, receiver::take);
    assertThat(receiver.taken).isEqualTo(points);
    assertThat(requests).isEqualTo(5);
  }

  @Test
  void an_agent_of_which_all_is_too_old_takes_few_requests_and_nobody_else_loses_anything() {
    var points = new ArrayList<>(points("back", 50, 99));
    var live = points("live", 10, 5);
    points.addAll(2_000, live);
    var receiver = new InOrder(live::contains);
    sift(points, MOST, receiver::take);
    assertThat(receiver.taken).containsExactlyElementsOf(live);
    assertThat(refused).isEqualTo(50 * 99);
    assertThat(requests).as("requests").isLessThan(500);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 37, 50, 98, 99})
  void of_what_is_too_old_in_part_all_the_rest_is_taken(int minutes) {
    var points = points("back", 50, 100);
    // Between the values of one minute, as series do not have the same times.
    Predicate<Point> good = point -> point.time() > minutes * 60_000L + 25;
    var receiver = new InOrder(good);
    sift(points, MOST, receiver::take);
    assertThat(receiver.taken)
        .containsExactlyInAnyOrderElementsOf(points.stream().filter(good).toList());
    assertThat(refused).isEqualTo(points.size() - receiver.taken.size());
    assertThat(requests).isLessThan(700);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 49, 51, 1_234, 4_999})
  void after_a_crash_what_was_not_there_yet_is_taken(int there) {
    for (long apart : new long[] {0, 1}) {
      var points = points("web", 50, 100, apart);
      var receiver = new InOrder(_ -> true);
      assertThat(receiver.take(points.subList(0, there))).isTrue();
      sift(points, MOST, receiver::take);
      assertThat(receiver.taken).containsExactlyInAnyOrderElementsOf(points);
    }
  }

  @Test
  void a_series_that_is_never_taken_goes_alone() {
    var points = points("web", 50, 100);
    var bad = points.get(7).series();
    var receiver = new InOrder(point -> !point.series().equals(bad));
    sift(points, MOST, receiver::take);
    assertThat(receiver.taken).hasSize(49 * 100);
    assertThat(refused).isEqualTo(100);
  }

  @Test
  void single_values_that_are_refused_take_nothing_with_them() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var points = points("web", 1 + random.nextInt(20), 1 + random.nextInt(40));
      Set<Point> bad = new HashSet<>();
      var badSeries = new HashSet<Series>();
      for (int i = 0; i < 3; i++) {
        var one = points.get(random.nextInt(points.size()));
        if (badSeries.add(one.series())) {
          bad.add(one);
        }
      }
      var receiver = new InOrder(point -> !bad.contains(point));
      sift(points, 1 + random.nextInt(200), receiver::take);
      assertThat(receiver.taken)
          .as("seed %d", seed)
          .hasSize(points.size() - bad.size())
          .doesNotContainAnyElementsOf(bad);
    }
  }
}
