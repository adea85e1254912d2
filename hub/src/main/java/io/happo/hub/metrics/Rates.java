package io.happo.hub.metrics;

import java.util.ArrayList;
import java.util.List;

/** How fast counters count. */
public final class Rates {
  private Rates() {}

  /**
   * Per second, from the latest value of one part to that of the next one there is. A counter that
   * has fallen was set back, and has counted from 0 since. The first part has none.
   *
   * @param parts in the order of time
   */
  public static List<Point> of(List<Part> parts) {
    var rates = new ArrayList<Point>(parts.size());
    for (int i = 1; i < parts.size(); i++) {
      var before = parts.get(i - 1);
      var part = parts.get(i);
      double counted = part.last() < before.last() ? part.last() : part.last() - before.last();
      rates.add(
          Point.of(part.time(), Total.finite(counted * 1_000 / (part.time() - before.time()))));
    }
    return rates;
  }
}
