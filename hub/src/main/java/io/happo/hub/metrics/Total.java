package io.happo.hub.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many series as one line. Series are not measured at the same moments: in a part where one has no
 * value it counts with the one before, until {@link #HOLD} is over or twice the shortest time
 * between two of its values. So a sum does not fall because one of its series is late. For one
 * thread.
 */
public final class Total {
  /** How long a value counts at least; milliseconds. As long as Prometheus has it. */
  public static final long HOLD = 5 * 60_000;

  private final Aggregate aggregate;
  private final Grid grid;
  private final int[] counts;
  private final double[] least;
  private final double[] average;
  private final double[] most;

  public Total(Aggregate aggregate, Grid grid) {
    this.aggregate = aggregate;
    this.grid = grid;
    this.counts = new int[grid.parts()];
    this.least = new double[grid.parts()];
    this.average = new double[grid.parts()];
    this.most = new double[grid.parts()];
    Arrays.fill(least, start());
    Arrays.fill(most, start());
  }

  private double start() {
    return switch (aggregate) {
      case MIN -> Double.POSITIVE_INFINITY;
      case MAX -> Double.NEGATIVE_INFINITY;
      case AVG, SUM, COUNT -> 0;
    };
  }

  /**
   * Adds a series.
   *
   * @param points in the order of time, each at the begin of a part; may begin before the grid
   */
  public void add(List<Point> points) {
    long hold = HOLD;
    if (points.size() > 1) {
      long shortest = Long.MAX_VALUE;
      for (int i = 1; i < points.size(); i++) {
        shortest = Math.min(shortest, points.get(i).time() - points.get(i - 1).time());
      }
      hold = Math.max(HOLD, 2 * shortest);
    }
    for (int i = 0; i < points.size(); i++) {
      var point = points.get(i);
      long until = i + 1 < points.size() ? points.get(i + 1).time() : grid.to();
      add(point);
      var held = Point.of(0, point.average());
      for (long at = Math.max(point.time() + grid.width(), grid.from());
          at < until && at <= point.time() + hold;
          at += grid.width()) {
        addAt(at, held);
      }
    }
  }

  private void add(Point point) {
    if (point.time() >= grid.from()) {
      addAt(point.time(), point);
    }
  }

  private void addAt(long time, Point point) {
    int part = Math.toIntExact((time - grid.from()) / grid.width());
    counts[part]++;
    average[part] += point.average();
    switch (aggregate) {
      case AVG, SUM, COUNT -> {
        least[part] += point.least();
        most[part] += point.most();
      }
      case MIN -> least[part] = Math.min(least[part], point.least());
      case MAX -> most[part] = Math.max(most[part], point.most());
    }
  }

  /**
   * What was made of them. Of an average and a sum, least and most are what it can have been within
   * the part; of others all three are the same. Parts where no series has a value are left out.
   */
  public List<Point> points() {
    var points = new ArrayList<Point>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        points.add(point(grid.from() + i * grid.width(), i));
      }
    }
    return points;
  }

  private Point point(long time, int i) {
    return switch (aggregate) {
      case AVG -> point(time, least[i] / counts[i], average[i] / counts[i], most[i] / counts[i]);
      case SUM -> point(time, least[i], average[i], most[i]);
      case MIN -> Point.of(time, least[i]);
      case MAX -> Point.of(time, most[i]);
      case COUNT -> Point.of(time, counts[i]);
    };
  }

  private static Point point(long time, double least, double average, double most) {
    return new Point(time, finite(least), finite(average), finite(most));
  }

  /** What has no place in a number is the largest there is. */
  static double finite(double number) {
    return Double.isNaN(number) ? 0 : Math.clamp(number, -Double.MAX_VALUE, Double.MAX_VALUE);
  }
}
