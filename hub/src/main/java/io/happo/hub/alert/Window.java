package io.happo.hub.alert;

import java.util.ArrayDeque;

/**
 * The least, or the greatest, that a value has been in the last while. Keeps one of each of at most
 * {@value #PARTS} parts of that time, so that a value may count for one part longer. For one
 * thread.
 */
public final class Window {
  private static final int PARTS = 30;

  private final boolean least;
  private final long partMillis;
  private final ArrayDeque<Part> parts = new ArrayDeque<>();

  /** What was the most extreme in one part of the time. */
  private record Part(long number, double value) {}

  /**
   * @param least whether the least is kept; else the greatest
   */
  public Window(boolean least, long millis) {
    this.least = least;
    this.partMillis = Math.max(1, millis / PARTS);
  }

  /**
   * Takes a value.
   *
   * @param time unix milliseconds; where it is before others, their clock was wrong
   * @return the least, or the greatest, with it
   */
  public double with(long time, double value) {
    long number = Math.floorDiv(time, partMillis);
    while (!parts.isEmpty() && parts.getLast().number > number) {
      parts.removeLast();
    }
    while (!parts.isEmpty() && parts.getFirst().number < number - PARTS) {
      parts.removeFirst();
    }
    // What is less extreme and older never counts again.
    while (!parts.isEmpty() && !isBeyond(parts.getLast().value, value)) {
      parts.removeLast();
    }
    if (parts.isEmpty() || parts.getLast().number < number) {
      parts.addLast(new Part(number, value));
    }
    return parts.getFirst().value;
  }

  private boolean isBeyond(double one, double other) {
    return least ? one < other : one > other;
  }
}
