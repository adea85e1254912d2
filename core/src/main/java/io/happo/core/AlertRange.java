package io.happo.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A threshold of a plugin, {@code [@]start:end} (Monitoring Plugins Development Guidelines): what
 * lies outside alerts, or with {@code @} what lies inside. Both ends count as inside.
 *
 * @param start may be -∞
 * @param end may be ∞; not below the start
 * @param inside whether what lies inside alerts
 */
public record AlertRange(double start, double end, boolean inside) {
  public AlertRange {
    if (!(start <= end)) {
      throw new IllegalArgumentException("no range: " + start + " to " + end);
    }
  }

  /** Whether a value alerts; NaN never does. */
  public boolean alerts(double value) {
    return !Double.isNaN(value) && (start <= value && value <= end) == inside;
  }

  /** Reads one; empty when it is none. */
  public static Optional<AlertRange> parse(String text) {
    boolean inside = text.startsWith("@");
    var bounds = inside ? text.substring(1) : text;
    int colon = bounds.indexOf(':');
    var first = colon < 0 ? "" : bounds.substring(0, colon);
    var last = bounds.substring(colon + 1);
    if (colon < 0 && last.isEmpty()) {
      return Optional.empty();
    }
    double start =
        first.isEmpty() ? 0 : first.equals("~") ? Double.NEGATIVE_INFINITY : number(first);
    double end = last.isEmpty() ? Double.POSITIVE_INFINITY : number(last);
    return start <= end ? Optional.of(new AlertRange(start, end, inside)) : Optional.empty();
  }

  /** Reads a list of ranges, separated by commas; what is no range is passed over. */
  public static List<AlertRange> list(String text) {
    var ranges = new ArrayList<AlertRange>();
    for (var part : text.split(",", -1)) {
      parse(part).ifPresent(ranges::add);
    }
    return ranges;
  }

  /**
   * The bounds that are written in such a list: for lines in a graph, so neither ∞ nor the 0 that
   * nobody wrote.
   */
  public static List<Double> bounds(String text) {
    var bounds = new ArrayList<Double>();
    for (var part : text.split(",", -1)) {
      var range = parse(part);
      if (range.isPresent()) {
        boolean hasStart = part.contains(":") && !part.startsWith(":") && !part.startsWith("@:");
        if (hasStart && Double.isFinite(range.get().start())) {
          bounds.add(range.get().start());
        }
        if (Double.isFinite(range.get().end())) {
          bounds.add(range.get().end());
        }
      }
    }
    return bounds;
  }

  /** NaN for what is no decimal number. */
  private static double number(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return Double.NaN;
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
