package io.happo.hub.metrics;

/**
 * Of a line in a graph.
 *
 * @param time when the part of time begins that it stands for, unix milliseconds
 * @param least finite, as the others
 */
public record Point(long time, double least, double average, double most) {
  /** One in whose part nothing else was the case. */
  static Point of(long time, double value) {
    return new Point(time, value, value, value);
  }
}
