package io.happo.core;

/**
 * A line of Graphite's plaintext protocol, {@code path value [time]}: separated by blanks or tabs,
 * the path with tags as Graphite 1.1 writes them, the time in unix seconds, fractions allowed;
 * without one, or with -1 or {@code N}, it is now. What the path means (whose value it is) is its
 * reader's.
 */
public sealed interface GraphiteLine {
  /** The longest line, in bytes without its end. */
  int MAX_BYTES = 1_024;

  /**
   * A value.
   *
   * @param value finite
   * @param time unix time in milliseconds, from 0 to the end of the year 9999
   */
  record Value(MetricName name, double value, long time) implements GraphiteLine {}

  /** A value that the sender could not tell: {@code NaN}, {@code U}, an infinity. */
  record Unknown(MetricName name) implements GraphiteLine {}

  /**
   * No line of this protocol.
   *
   * @param why for people; what it shows of the line is short and printable
   */
  record Bad(String why) implements GraphiteLine {}

  /**
   * Reads one.
   *
   * @param line without its end
   * @param now unix time in milliseconds
   */
  static GraphiteLine read(String line, long now) {
    var fields = new String[3];
    int count = 0;
    for (int end = 0, begin = skip(line, 0, true); begin < line.length(); ) {
      end = skip(line, begin, false);
      if (count == fields.length) {
        return new Bad("more than three fields; expected is: path value [time]");
      }
      fields[count++] = line.substring(begin, end);
      begin = skip(line, end, true);
    }
    if (count < 2) {
      return new Bad("no value; expected is: path value [time]");
    }
    var name = MetricName.read(fields[0]);
    if (name.isEmpty()) {
      return new Bad("'" + Excerpt.of(fields[0]) + "' is no name of a metric");
    }
    long time = count < 3 ? now : time(fields[2], now);
    if (time < 0) {
      return new Bad("'" + Excerpt.of(fields[2]) + "' is no unix time in seconds");
    }
    double value = Decimal.read(fields[1]);
    if (Double.isFinite(value)) {
      return new Value(name.get(), value, time);
    }
    return Double.isInfinite(value) || isUnknown(fields[1])
        ? new Unknown(name.get())
        : new Bad("'" + Excerpt.of(fields[1]) + "' is no number");
  }

  private static int skip(String line, int from, boolean blanks) {
    int i = from;
    while (i < line.length() && (line.charAt(i) == ' ' || line.charAt(i) == '\t') == blanks) {
      i++;
    }
    return i;
  }

  /** Unix time in milliseconds; negative when it is none. */
  private static long time(String text, long now) {
    double seconds = text.equals("N") ? -1 : Decimal.read(text);
    if (seconds == -1) {
      return now;
    }
    return seconds >= 0 && seconds < 253_402_300_800.0 ? (long) (seconds * 1_000) : -1;
  }

  private static boolean isUnknown(String text) {
    return switch (text.length()) {
      case 1 -> text.equalsIgnoreCase("U");
      case 3, 4, 8, 9 -> {
        boolean signed = text.charAt(0) == '-' || text.charAt(0) == '+';
        var word = signed ? text.substring(1) : text;
        yield word.equalsIgnoreCase("nan")
            || word.equalsIgnoreCase("inf")
            || word.equalsIgnoreCase("infinity");
      }
      default -> false;
    };
  }
}
