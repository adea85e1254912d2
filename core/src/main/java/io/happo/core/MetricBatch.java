package io.happo.core;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one host measured at one time.
 *
 * @param hostname whose values these are; may be empty
 * @param timestamp unix time in seconds
 * @param metrics finite values by name, in the order of the names
 */
public record MetricBatch(String hostname, long timestamp, SortedMap<String, Double> metrics) {
  public MetricBatch {
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    for (var metric : metrics.entrySet()) {
      if (!Double.isFinite(metric.getValue())) {
        throw new IllegalArgumentException(
            metric.getKey() + " is " + metric.getValue() + ", not a finite number");
      }
    }
  }

  /** Reads one member of {@code metric_data}. */
  public static MetricBatch read(JsonObject json) throws JsonException {
    var metrics = new TreeMap<String, Double>();
    for (Map.Entry<String, JsonValue> metric : json.requiredObject("metrics").members()) {
      var value = metric.getValue();
      var place = json.path("metrics") + "." + metric.getKey();
      if (!(value instanceof JsonValue.Numeral number)) {
        throw new JsonException(place + " is " + value.kind() + ", expected a number");
      }
      double parsed = Double.parseDouble(number.text());
      if (!Double.isFinite(parsed)) {
        throw new JsonException(
            place + " is " + number.text() + ", too large for a number of 64 bits");
      }
      metrics.put(metric.getKey(), parsed);
    }
    if (json.find("hostname").isEmpty()) {
      throw new JsonException(json.path("hostname") + " is missing: a string is required");
    }
    return new MetricBatch(json.text("hostname"), json.requiredLong("timestamp"), metrics);
  }

  /** Writes it as a member of {@code metric_data}. */
  public void write(JsonWriter json) {
    json.beginObject()
        .member("hostname", hostname)
        .member("timestamp", timestamp)
        .key("metrics")
        .beginObject();
    metrics.forEach((name, value) -> json.key(name).value((double) value));
    json.endObject().endObject();
  }
}
