package io.happo.hub.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/**
 * Finds of one batch what the other side will never take, which says of a request only that
 * something in it is wrong. What is refused is asked for in halves, in the order of storing, down
 * to single values.
 *
 * <p>After a single one that is refused the next one of its series is asked for. When that is
 * refused too, it is for their time, or for what the series is: what of the series is older counts
 * as refused unasked, and the newest one of the series is asked for that is not newer than what its
 * agent had refused so before. So when all of an agent is too old, as after a day without a
 * connection, the values of one series are asked for one by one, and those of each other with a few
 * requests. A newer value is asked for before an older one of its series in this case alone: a
 * receiver that takes things in order would refuse the older one then.
 *
 * <p>For one thread, which calls {@link #next}, and then tells what became of it.
 */
final class Sieve {
  private final List<Point> points;

  /** Neither taken nor refused, by index. */
  private final BitSet open = new BitSet();

  private final ArrayDeque<int[]> parts = new ArrayDeque<>();

  /** Indexes of each series; none before one is needed. */
  private final IdentityHashMap<Series, int[]> ofSeries = new IdentityHashMap<>();

  private final IdentityHashMap<Series, Integer> refusedInRow = new IdentityHashMap<>();

  /** By {@link #clock}: up to when a series had two in a row refused, unix milliseconds. */
  private final Map<Object, Long> refusedUpTo = new HashMap<>();

  private int[] asked = {};

  /**
   * @param points in the order of storing; those of one series have the same object
   * @param most that are asked for at once
   */
  Sieve(List<Point> points, int most) {
    this.points = points;
    open.set(0, points.size());
    for (int from = 0; from < points.size(); from += most) {
      parts.addLast(IntStream.range(from, Math.min(from + most, points.size())).toArray());
    }
  }

  /** What is to be asked for now; empty when nothing is left. */
  List<Point> next() {
    asked = new int[0];
    while (asked.length == 0 && !parts.isEmpty()) {
      asked = Arrays.stream(parts.removeFirst()).filter(open::get).toArray();
    }
    return Arrays.stream(asked).mapToObj(points::get).toList();
  }

  /** It is there. */
  void taken() {
    for (int index : asked) {
      open.clear(index);
      refusedInRow.remove(points.get(index).series());
    }
  }

  /**
   * Something in it is wrong.
   *
   * @return what counts as refused now, the one that was asked for first; empty when it is asked
   *     for in parts
   */
  List<Point> refused() {
    if (asked.length > 1) {
      int half = asked.length / 2;
      parts.addFirst(Arrays.copyOfRange(asked, half, asked.length));
      parts.addFirst(Arrays.copyOfRange(asked, 0, half));
      return List.of();
    }
    var point = points.get(asked[0]);
    var series = point.series();
    var gone = new ArrayList<>(List.of(point));
    open.clear(asked[0]);
    int inRow = refusedInRow.getOrDefault(series, 0) + 1;
    refusedInRow.put(series, inRow);
    if (inRow == 1) {
      ask(openOf(series, _ -> true).findFirst().orElse(-1));
      return gone;
    }
    for (int older : openOf(series, time -> time <= point.time()).toArray()) {
      gone.add(points.get(older));
      open.clear(older);
    }
    var clock = clock(series);
    long upTo = Math.max(refusedUpTo.getOrDefault(clock, Long.MIN_VALUE), point.time());
    refusedUpTo.put(clock, upTo);
    ask(
        openOf(series, time -> time <= upTo)
            .reduce((a, b) -> points.get(b).time() >= points.get(a).time() ? b : a)
            .orElseGet(() -> openOf(series, _ -> true).findFirst().orElse(-1)));
    return gone;
  }

  /** Whose clock its times are of: what nobody's agent measured may have any. */
  private static Object clock(Series series) {
    return series.agentId().isEmpty() ? series : series.agentId();
  }

  private void ask(int index) {
    if (index >= 0) {
      parts.addFirst(new int[] {index});
    }
  }

  private IntStream openOf(Series series, LongPredicate suits) {
    if (ofSeries.isEmpty()) {
      index();
    }
    return Arrays.stream(ofSeries.getOrDefault(series, new int[0]))
        .filter(index -> open.get(index) && suits.test(points.get(index).time()));
  }

  private void index() {
    var lists = new IdentityHashMap<Series, List<Integer>>();
    for (int i = 0; i < points.size(); i++) {
      lists.computeIfAbsent(points.get(i).series(), _ -> new ArrayList<>()).add(i);
    }
    lists.forEach(
        (series, list) ->
            ofSeries.put(series, list.stream().mapToInt(Integer::intValue).toArray()));
  }
}
