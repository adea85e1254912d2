package io.happo.hub.metrics;

/**
 * What was measured of a series in a part of time; of values that could be told, at least one.
 *
 * @param time when the part begins, unix milliseconds
 * @param last the latest value
 */
public record Part(long time, long count, double min, double max, double sum, double last) {
  /** Between least and most, also where the sum has no place in a number. */
  public double average() {
    double average = sum / count;
    return Double.isNaN(average) ? min / 2 + max / 2 : Math.max(min, Math.min(max, average));
  }

  /** The values as they are, for a graph. */
  public Point point() {
    return new Point(time, min, average(), max);
  }
}
