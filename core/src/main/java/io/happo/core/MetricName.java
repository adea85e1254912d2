package io.happo.core;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a metric is called, with its tags as Graphite 1.1 writes them: {@code name;tag=value;…},
 * sorted by tag. Two that are written alike are the same.
 *
 * @param name without its tags; not empty
 */
public record MetricName(String name, SortedMap<String, String> tags) {
  /** The most characters of one with its tags. */
  public static final int MAX_LENGTH = 300;

  public MetricName {
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /**
   * Reads one that somebody sends.
   *
   * @return empty when Graphite would not take it: no name, a tag without name or value, a tag's
   *     name with {@code !} or {@code ^}, a value that begins with {@code ~}, a control character
   *     or blank, or more than {@value #MAX_LENGTH} characters
   */
  public static Optional<MetricName> read(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ' ' || Character.isISOControl(text.charAt(i))) {
        return Optional.empty();
      }
    }
    var parts = text.split(";", -1);
    var tags = new TreeMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      var tag = parts[i].substring(0, Math.max(equals, 0));
      var value = parts[i].substring(equals + 1);
      if (tag.isEmpty()
          || tag.indexOf('!') >= 0
          || tag.indexOf('^') >= 0
          || value.isEmpty()
          || value.startsWith("~")) {
        return Optional.empty();
      }
      tags.put(tag, value);
    }
    return parts[0].isEmpty() ? Optional.empty() : Optional.of(new MetricName(parts[0], tags));
  }

  /** One that is stored: what is not written so is a name without tags. */
  public static MetricName of(String stored) {
    return stored.indexOf(';') < 0
        ? new MetricName(stored, Collections.emptySortedMap())
        : read(stored).orElseGet(() -> new MetricName(stored, Collections.emptySortedMap()));
  }

  /**
   * What of a stored name a pattern is compared with: all of it where the pattern has a {@code ;},
   * else the name without its tags.
   */
  public static String seenBy(String pattern, String stored) {
    return pattern.indexOf(';') < 0 ? of(stored).name() : stored;
  }

  /** As it is stored. */
  @Override
  public String toString() {
    if (tags.isEmpty()) {
      return name;
    }
    var text = new StringBuilder(name);
    tags.forEach((tag, value) -> text.append(';').append(tag).append('=').append(value));
    return text.toString();
  }
}
