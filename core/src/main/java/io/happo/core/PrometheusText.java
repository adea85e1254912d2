package io.happo.core;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Prometheus' text format 0.0.4 (Exposition formats, "Text-based format"): lines {@code
 * name{label="value",…} value [time]}; those that begin with {@code #} are for others. Lines of
 * histograms and summaries are values as any. Each value becomes a metric with tags as Graphite
 * writes them ({@link MetricName}): {@code name;label=value;…}.
 */
public final class PrometheusText {
  /** Who gets what is read. */
  public interface Reader {
    /**
     * A value.
     *
     * @param name as it is stored
     * @param time unix time in milliseconds; -1 when the line has none
     */
    void value(String name, double value, long time);

    /** A value that is none: {@code NaN}, an infinity. */
    void unknown();

    /** A line that is none of this format, or whose name is longer than any that is kept. */
    void bad(String why);
  }

  private final String text;
  private final Reader reader;
  private int at;
  private int end; // Of the line.

  private PrometheusText(String text, Reader reader) {
    this.text = text;
    this.reader = reader;
  }

  /** Reads all lines. */
  public static void read(String text, Reader reader) {
    new PrometheusText(text, reader).lines();
  }

  private void lines() {
    while (at < text.length()) {
      int feed = text.indexOf('\n', at);
      int next = feed < 0 ? text.length() : feed + 1;
      end = feed < 0 ? text.length() : feed;
      while (end > at && isBlank(text.charAt(end - 1))) {
        end--;
      }
      int begin = at;
      skipBlanks();
      if (at < end && text.charAt(at) != '#') {
        var why = line();
        if (!why.isEmpty()) {
          reader.bad(why + ": " + Excerpt.of(text.substring(begin, end)));
        }
      }
      at = next;
    }
  }

  /** Reads one; why it is bad, or nothing. */
  private String line() {
    var name = name(true);
    if (name.isEmpty()) {
      return "no name";
    }
    SortedMap<String, String> tags = new TreeMap<>();
    skipBlanks();
    if (at < end && text.charAt(at) == '{') {
      at++;
      var why = labels(tags);
      if (!why.isEmpty()) {
        return why;
      }
    }
    var number = word();
    var time = word();
    if (number.isEmpty()) {
      return "no value";
    }
    double value = Decimal.read(number);
    if (!word().isEmpty()) {
      return "more than a value and a time";
    }
    if (Double.isNaN(value) && !isUnknown(number)) {
      return "no number";
    }
    long millis = time.isEmpty() ? -1 : millis(time);
    if (!time.isEmpty() && millis < 0) {
      return "no time in milliseconds";
    }
    var stored = new MetricName(name, tags).toString();
    if (stored.length() > MetricName.MAX_LENGTH) {
      return "a name with more than " + MetricName.MAX_LENGTH + " characters";
    }
    if (Double.isFinite(value)) {
      reader.value(stored, value, millis);
    } else {
      reader.unknown();
    }
    return "";
  }

  private String labels(SortedMap<String, String> tags) {
    while (true) {
      skipBlanks();
      if (at < end && text.charAt(at) == '}') {
        at++;
        return "";
      }
      var name = name(false);
      skipBlanks();
      if (name.isEmpty() || at == end || text.charAt(at) != '=') {
        return "labels that are none";
      }
      at++;
      skipBlanks();
      if (at == end || text.charAt(at) != '"') {
        return "a label without quotes";
      }
      at++;
      var value = new StringBuilder();
      if (!quoted(value)) {
        return "a label whose quote does not end";
      }
      // One that is empty is as one that is not there.
      if (!value.isEmpty()) {
        tags.put(name, tag(value));
      }
      skipBlanks();
      if (at < end && text.charAt(at) == ',') {
        at++;
      } else if (at == end || text.charAt(at) != '}') {
        return "labels that are none";
      }
    }
  }

  /** Takes what stands until the next quote, and that too. */
  private boolean quoted(StringBuilder value) {
    while (at < end) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      }
      if (c == '\\' && at < end) {
        char escaped = text.charAt(at++);
        switch (escaped) {
          case 'n' -> value.append('\n');
          case '\\', '"' -> value.append(escaped);
          default -> value.append(c).append(escaped);
        }
      } else {
        value.append(c);
      }
    }
    return false;
  }

  /** What a tag cannot hold becomes {@code _}. */
  private static String tag(StringBuilder value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ' ' || c == ';' || Character.isISOControl(c) || (c == '~' && i == 0)) {
        value.setCharAt(i, '_');
      }
    }
    return value.toString();
  }

  /** Letters, digits and {@code _}, not a digit first; in names of metrics also {@code :}. */
  private String name(boolean isMetric) {
    int begin = at;
    while (at < end) {
      char c = text.charAt(at);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || c == '_'
              || (c == ':' && isMetric)
              || (c >= '0' && c <= '9' && at > begin);
      if (!fits) {
        break;
      }
      at++;
    }
    return text.substring(begin, at);
  }

  private String word() {
    skipBlanks();
    int begin = at;
    while (at < end && !isBlank(text.charAt(at))) {
      at++;
    }
    return text.substring(begin, at);
  }

  private void skipBlanks() {
    while (at < end && isBlank(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private static boolean isUnknown(String number) {
    var word = number.startsWith("+") || number.startsWith("-") ? number.substring(1) : number;
    return word.equalsIgnoreCase("nan")
        || word.equalsIgnoreCase("inf")
        || word.equalsIgnoreCase("infinity");
  }

  /** -1: it is none. */
  private static long millis(String time) {
    double millis = Decimal.read(time);
    return millis >= 0 && millis < 253_402_300_800_000.0 ? (long) millis : -1;
  }
}
