package io.happo.core.link;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;

/**
 * Sequences from first to last, both among them.
 *
 * @param first at least 1
 */
public record Range(long first, long last) {
  public Range {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException("no range of sequences: " + first + " to " + last);
    }
  }

  static Range read(JsonObject json) throws JsonException {
    long first = json.requiredLong("first");
    long last = json.requiredLong("last");
    if (first < 1 || last < first) {
      throw new JsonException(json.path("first") + " to last is no range of sequences");
    }
    return new Range(first, last);
  }
}
