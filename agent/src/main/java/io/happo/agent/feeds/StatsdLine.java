package io.happo.agent.feeds;

import io.happo.core.Decimal;
import io.happo.core.Excerpt;
import io.happo.core.MetricName;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of StatsD, {@code name:value|type[|@rate][|#tag:value,…]}, as Etsy's and Datadog's daemons
 * read it. Names become such as Etsy's makes them: blanks are {@code _}, slashes {@code -}, and
 * what is no letter, digit, {@code _}, {@code -} or dot goes; so that names of one metric in both
 * stay one. Tags become Graphite's ({@link MetricName}); one without a value is {@code true}. Other
 * fields, as Datadog's of containers, are passed over.
 */
sealed interface StatsdLine {
  /** The longest line, in bytes without its end. */
  int MAX_BYTES = 8 << 10;

  /** Room for what is added to names, as {@code .upper_95}. */
  int LONGEST_SUFFIX = 10;

  /** So much more of a counter, its rate reckoned in. */
  record Count(String name, double amount) implements StatsdLine {}

  /**
   * A gauge stands so.
   *
   * @param change whether the value is what is added to it
   */
  record Gauge(String name, double value, boolean change) implements StatsdLine {}

  /**
   * A time, or a value of a histogram or distribution.
   *
   * @param weight how many it stands for
   */
  record Timing(String name, double value, double weight) implements StatsdLine {}

  /** A member of a set. */
  record Member(String name, String member) implements StatsdLine {}

  /**
   * No such line.
   *
   * @param why for people; what it shows of the line is short and printable
   */
  record Bad(String why) implements StatsdLine {}

  /** Reads one. */
  static StatsdLine read(String line) {
    int colon = line.indexOf(':');
    int bar = line.indexOf('|', colon + 1);
    if (colon < 0 || bar < 0) {
      return new Bad("'" + Excerpt.of(line) + "'; expected is: name:value|type");
    }
    int typeEnd = end(line, bar + 1);
    double rate = 1;
    var tags = new TreeMap<String, String>();
    for (int at = typeEnd; at < line.length(); ) {
      int end = end(line, at + 1);
      if (line.startsWith("|@", at)) {
        rate = Decimal.read(line.substring(at + 2, end));
        if (!(rate > 0 && rate <= 1)) {
          return new Bad("'" + Excerpt.of(line.substring(at + 1, end)) + "' is no rate up to 1");
        }
      } else if (line.startsWith("|#", at)) {
        addTags(line.substring(at + 2, end), ',', ':', tags);
      }
      at = end;
    }
    var name = name(line.substring(0, colon), tags);
    if (name.isEmpty()) {
      return new Bad("'" + Excerpt.of(line.substring(0, colon)) + "' is no name of a metric");
    }
    return read(name, line.substring(colon + 1, bar), line.substring(bar + 1, typeEnd), rate);
  }

  private static StatsdLine read(String name, String text, String type, double rate) {
    if (type.equals("s")) {
      return new Member(name, text);
    }
    double value = Decimal.read(text);
    if (!Double.isFinite(value)) {
      return new Bad("'" + Excerpt.of(text) + "' is no number");
    }
    return switch (type) {
      case "c" -> new Count(name, value / rate);
      case "g" -> new Gauge(name, value, text.charAt(0) == '+' || text.charAt(0) == '-');
      case "ms", "h", "d" -> new Timing(name, value, 1 / rate);
      default -> new Bad("'" + Excerpt.of(type) + "' is no type; there are c, g, ms, h, d, s");
    };
  }

  private static int end(String line, int from) {
    int bar = line.indexOf('|', from);
    return bar < 0 ? line.length() : bar;
  }

  /** As Graphite writes it; empty when nothing is left of it, or it is too long. */
  private static String name(String text, SortedMap<String, String> tags) {
    int semicolon = text.indexOf(';');
    if (semicolon >= 0) {
      addTags(text.substring(semicolon + 1), ';', '=', tags);
    }
    var name = new StringBuilder(text.length());
    for (int i = 0; i < (semicolon < 0 ? text.length() : semicolon); i++) {
      char c = text.charAt(i);
      if (c <= ' ') {
        if (i == 0 || text.charAt(i - 1) > ' ') {
          name.append('_');
        }
      } else if (c == '/') {
        name.append('-');
      } else if (isOfNames(c)) {
        name.append(c);
      }
    }
    if (name.isEmpty()) {
      return "";
    }
    var whole = new MetricName(name.toString(), tags).toString();
    return whole.length() > MetricName.MAX_LENGTH - LONGEST_SUFFIX ? "" : whole;
  }

  private static boolean isOfNames(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '.';
  }

  private static void addTags(
      String text, char separator, char equals, SortedMap<String, String> tags) {
    for (int at = 0; at < text.length(); ) {
      int next = text.indexOf(separator, at);
      int end = next < 0 ? text.length() : next;
      int middle = text.indexOf(equals, at);
      boolean valued = middle >= 0 && middle < end;
      var tag = cleaned(text.substring(at, valued ? middle : end), true);
      var value = valued ? cleaned(text.substring(middle + 1, end), false) : "";
      if (!tag.isEmpty()) {
        tags.put(tag, value.isEmpty() ? "true" : value);
      }
      at = end + 1;
    }
  }

  /** What Graphite would not take of a tag is {@code _}. */
  private static String cleaned(String text, boolean isTag) {
    var cleaned = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean bad = c <= ' ' || c == 0x7F || c == ';' || (i == 0 && c == '~');
      if (bad || (isTag && (c == '=' || c == '!' || c == '^'))) {
        cleaned.setCharAt(i, '_');
      }
    }
    return cleaned.toString();
  }
}
