package io.happo.hub.metrics;

/**
 * Equal parts of a span of time. Each begins at a multiple of their width, so that the same parts
 * are seen whenever somebody looks.
 *
 * @param from when the first begins, unix milliseconds
 * @param width milliseconds
 */
public record Grid(long from, long width, int parts) {
  /** No time that is asked for is later: 285,000 years. */
  public static final long LAST = 1L << 53;

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** Widths that people count in, and that fit into each other as far as they can. */
  private static final long[] WIDTHS = {
    SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY
  };

  /**
   * Parts of the least width that people count in, from a second on; beyond a day, of whole days.
   *
   * @param to later than from
   * @param most parts; one more where the first begins before from
   */
  public static Grid inParts(long from, long to, int most) {
    for (long width : WIDTHS) {
      if (width * most >= to - from) {
        return ofWidth(from, to, width);
      }
    }
    return ofWidth(from, to, Math.ceilDiv(to - from, most * DAY) * DAY);
  }

  /**
   * Parts of a width; the first may begin before from, the last end after to.
   *
   * @param to later than from
   */
  public static Grid ofWidth(long from, long to, long width) {
    return new Grid(
        Math.floorDiv(from, width) * width, width, Math.toIntExact(count(from, to, width)));
  }

  /** How many parts of a width there are in a span of time. */
  public static long count(long from, long to, long width) {
    return Math.ceilDiv(to, width) - Math.floorDiv(from, width);
  }

  /** When the last part ends. */
  public long to() {
    return from + parts * width;
  }

  /** The same and as many parts before it as it takes to go back so far. */
  public Grid since(long earlier) {
    int before = Math.toIntExact(Math.ceilDiv(earlier, width));
    return new Grid(from - before * width, width, parts + before);
  }
}
