package io.happo.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The output of a Sensu metric plugin: lines of {@code name value unixtime}, separated by single
 * tabs or blanks. A line of another shape is no metric and is passed over; a value or time that is
 * no number is a fault of the plugin.
 *
 * @param metrics the values by name, NaN and infinities among them; of a name that occurs twice the
 *     later line
 * @param newest the newest time of all lines, unix seconds; empty when there was no metric
 * @param unparsable the lines whose value or time is no number, as printed
 */
public record MetricLines(
    SortedMap<String, Double> metrics, OptionalLong newest, List<String> unparsable) {
  /** Reads all lines. */
  public static MetricLines parse(String output) {
    var metrics = new TreeMap<String, Double>();
    var unparsable = new ArrayList<String>();
    var newest = OptionalLong.empty();
    for (var line : output.split("\n", -1)) {
      var fields = line.split("[\t ]", -1);
      if (fields.length != 3) {
        continue;
      }
      var value = GoNumbers.parse(fields[1]);
      var time = wholeNumber(fields[2]);
      if (value.isEmpty() || time.isEmpty()) {
        unparsable.add(line);
        continue;
      }
      metrics.put(fields[0], value.getAsDouble());
      newest =
          OptionalLong.of(
              newest.isPresent()
                  ? Math.max(newest.getAsLong(), time.getAsLong())
                  : time.getAsLong());
    }
    return new MetricLines(metrics, newest, unparsable);
  }

  private static OptionalLong wholeNumber(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
