package io.happo.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a plugin's performance data, {@code 'label'=value[UOM];[warn];[crit];[min];[max]}
 * (Monitoring Plugins Development Guidelines).
 *
 * @param label what was measured; with the prefix of check_multi ({@code plugin::label})
 * @param value in the unit; NaN when the plugin could not tell it ({@code U})
 * @param unit as printed; empty when there is none
 * @param warn range of warning as printed, in the unit; empty when there is none; likewise the
 *     others
 */
public record Perfdata(
    String label, double value, String unit, String warn, String crit, String min, String max) {
  /** The most values of one output. */
  public static final int MOST = 1_000;

  /**
   * The performance data of a whole output: behind a {@code |} of any line where a value follows,
   * which is how Nagios, Icinga and others print it, and on all lines after one of the long text
   * that had it. What is no value is passed over. Of a label that occurs twice the later one
   * counts, in the place of the first.
   */
  public static List<Perfdata> of(String output) {
    if (output.indexOf('|') < 0 || output.indexOf('=') < 0) {
      return List.of();
    }
    var found = new LinkedHashMap<String, Perfdata>();
    boolean goesOn = false;
    int start = 0;
    for (int line = 0; start < output.length() && found.size() < MOST; line++) {
      int end = output.indexOf('\n', start);
      end = end < 0 ? output.length() : end;
      int data = dataStart(output, start, end);
      if (data >= 0) {
        new Scanner(output, data, end).readAll(found);
        goesOn = line > 0;
      } else if (goesOn) {
        new Scanner(output, start, end).readAll(found);
      }
      start = end + 1;
    }
    return new ArrayList<>(found.values());
  }

  /** Behind the first bar of a line that a value follows; -1 when there is none. */
  private static int dataStart(String output, int start, int end) {
    for (int bar = output.indexOf('|', start); bar >= 0 && bar < end; ) {
      if (new Scanner(output, bar + 1, end).next() != null) {
        return bar + 1;
      }
      bar = output.indexOf('|', bar + 1);
    }
    return -1;
  }

  /** Goes through one line's values. */
  private static final class Scanner {
    private final String text;
    private final int end;
    private int at;

    Scanner(String text, int start, int end) {
      this.text = text;
      this.at = start;
      this.end = end;
    }

    void readAll(Map<String, Perfdata> found) {
      var prefix = "";
      while (found.size() < MOST && skipBlanks()) {
        int start = at;
        var value = next();
        if (value == null) {
          at = start;
          skipWord();
          continue;
        }
        int plugin = value.label.lastIndexOf("::");
        if (plugin >= 0) {
          prefix = value.label.substring(0, plugin + 2);
        } else if (!prefix.isEmpty()) {
          value = value.labelled(prefix + value.label);
        }
        found.put(value.label, value);
      }
    }

    /** The value that stands here; null when what stands here is none. */
    @Nullable Perfdata next() {
      if (!skipBlanks()) {
        return null;
      }
      var label = label();
      if (label == null || at >= end || text.charAt(at) != '=') {
        return null;
      }
      at++;
      int start = at;
      int number = number();
      double value;
      if (number > start) {
        value = Double.parseDouble(text.substring(start, number));
        value = Double.isInfinite(value) ? Double.NaN : value;
        at = number;
      } else if (at < end && text.charAt(at) == 'U' && endsValue(at + 1)) {
        value = Double.NaN;
        at++;
      } else {
        return null;
      }
      var unit = unit();
      if (unit == null) {
        return null;
      }
      var data = new Perfdata(label, value, unit, field(), field(), field(), field());
      // What follows a fifth semicolon is nobody's.
      skipWord();
      return data;
    }

    private @Nullable String label() {
      if (text.charAt(at) != '\'') {
        int start = at;
        while (at < end && "='|".indexOf(text.charAt(at)) < 0 && !blank(at)) {
          at++;
        }
        return at > start ? text.substring(start, at) : null;
      }
      int start = ++at;
      boolean quotes = false;
      while (at < end) {
        if (text.charAt(at) != '\'') {
          at++;
        } else if (at + 1 < end && text.charAt(at + 1) == '\'') {
          quotes = true;
          at += 2;
        } else {
          var label = text.substring(start, at++);
          return label.isEmpty() ? null : quotes ? label.replace("''", "'") : label;
        }
      }
      return null;
    }

    /** The end of the number that begins here; where it began when there is none. */
    private int number() {
      int i = at;
      if (i < end && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
        i++;
      }
      int digits = 0;
      for (; i < end && digit(i); i++) {
        digits++;
      }
      if (i < end && text.charAt(i) == '.') {
        i++;
        for (; i < end && digit(i); i++) {
          digits++;
        }
      }
      if (digits == 0) {
        return at;
      }
      if (i + 1 < end && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
        int exponent = i + 1;
        if (text.charAt(exponent) == '-' || text.charAt(exponent) == '+') {
          exponent++;
        }
        if (exponent < end && digit(exponent)) {
          i = exponent;
          while (i < end && digit(i)) {
            i++;
          }
        }
      }
      return i;
    }

    /** What follows a number; null when that cannot be a unit, as after a decimal comma. */
    private @Nullable String unit() {
      int start = at;
      for (; !endsValue(at); at++) {
        char c = text.charAt(at);
        if (c == ',' || c == '\'' || c == '=' || c == '.' || digit(at)) {
          return null;
        }
      }
      return at == start ? "" : text.substring(start, at);
    }

    /** What stands behind the next semicolon; empty when there is none. */
    private String field() {
      if (at >= end || text.charAt(at) != ';') {
        return "";
      }
      int start = ++at;
      while (!endsValue(at)) {
        at++;
      }
      return at == start ? "" : text.substring(start, at);
    }

    private boolean endsValue(int index) {
      return index >= end || text.charAt(index) == ';' || blank(index);
    }

    private boolean skipBlanks() {
      while (at < end && blank(at)) {
        at++;
      }
      return at < end;
    }

    private void skipWord() {
      while (at < end && !blank(at)) {
        at++;
      }
    }

    private boolean digit(int index) {
      char c = text.charAt(index);
      return c >= '0' && c <= '9';
    }

    private boolean blank(int index) {
      return text.charAt(index) <= ' ';
    }
  }

  private Perfdata labelled(String other) {
    return new Perfdata(other, value, unit, warn, crit, min, max);
  }
}
