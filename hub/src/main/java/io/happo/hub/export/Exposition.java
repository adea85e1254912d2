package io.happo.hub.export;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes Prometheus' text format 0.0.4: families, each with all its samples behind it. */
public final class Exposition {
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Beyond this a double has no whole numbers of its own. */
  private static final double MOST_WHOLE = 1L << 53;

  private final StringBuilder text = new StringBuilder(8_192);
  private String family = "";

  /** Begins a family of values that go up and down. */
  public Exposition gauge(String name, String help) {
    return begin(name, "gauge", help);
  }

  /** Begins a family of sums since the start; its name ends in {@code _total}. */
  public Exposition counter(String name, String help) {
    return begin(name, "counter", help);
  }

  private Exposition begin(String name, String type, String help) {
    family = name;
    text.append("# HELP ").append(name).append(' ');
    escaped(help, false);
    text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /** A sample of the family that has begun, of now. */
  public Exposition value(Map<String, String> labels, double value) {
    sample(labels, value);
    text.append('\n');
    return this;
  }

  /** A whole number. */
  public Exposition value(Map<String, String> labels, long value) {
    return value(labels, (double) value);
  }

  /** The only one. */
  public Exposition value(double value) {
    return value(Map.of(), value);
  }

  /** The only one, a whole number. */
  public Exposition value(long value) {
    return value((double) value);
  }

  /**
   * A sample of a time.
   *
   * @param time unix milliseconds
   */
  Exposition value(Map<String, String> labels, double value, long time) {
    sample(labels, value);
    text.append(' ').append(time).append('\n');
    return this;
  }

  private void sample(Map<String, String> labels, double value) {
    text.append(family);
    char separator = '{';
    for (var label : labels.entrySet()) {
      if (!label.getKey().equals(PrometheusNames.NAME)) {
        text.append(separator).append(label.getKey()).append("=\"");
        escaped(label.getValue(), true);
        text.append('"');
        separator = ',';
      }
    }
    text.append(separator == ',' ? "} " : " ");
    if (value == Math.rint(value) && Math.abs(value) < MOST_WHOLE) {
      text.append((long) value);
    } else if (Double.isInfinite(value)) {
      text.append(value > 0 ? "+Inf" : "-Inf");
    } else {
      text.append(value);
    }
  }

  private void escaped(String value, boolean quotes) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '"' -> text.append(quotes ? "\\\"" : "\"");
        default -> text.append(c);
      }
    }
  }

  public byte[] toBytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
