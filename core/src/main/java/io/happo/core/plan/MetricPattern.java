package io.happo.core.plan;

import io.happo.core.MetricName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which metrics are meant, written as {@link MetricName} writes one: {@code NAME} or {@code
 * NAME;TAG=VALUE;…}, where {@code *} stands for any characters. What has more tags is meant too.
 *
 * @param text as it is written
 */
public record MetricPattern(String text, String name, SortedMap<String, String> tags) {
  public MetricPattern {
    tags = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with what to write instead
   */
  public static MetricPattern parse(String text) {
    var parts = List.of(text.split(";", -1));
    var tags = new TreeMap<String, String>();
    boolean good = !parts.getFirst().isEmpty() && text.length() <= MetricName.MAX_LENGTH;
    for (var part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      good &= equals > 0 && equals < part.length() - 1;
      if (good) {
        tags.put(part.substring(0, equals), part.substring(equals + 1));
      }
    }
    if (!good) {
      throw new IllegalArgumentException(
          "is "
              + Rules.shown(text)
              + ", expected the name of a metric, and tags it has such as disk.used;mount=/; at"
              + " most "
              + MetricName.MAX_LENGTH
              + " characters");
    }
    return new MetricPattern(text, parts.getFirst(), tags);
  }

  /** Whether a metric is meant. */
  public boolean matches(MetricName metric) {
    if (!Target.suits(List.of(name), metric.name())) {
      return false;
    }
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      var value = metric.tags().get(tag.getKey());
      if (value == null || !Target.suits(List.of(tag.getValue()), value)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a value of performance data is meant, which has no tags. */
  public boolean matches(String label) {
    return Target.suits(List.of(text), label);
  }

  @Override
  public String toString() {
    return text;
  }
}
