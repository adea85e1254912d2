package io.happo.hub.web;

import io.happo.hub.api.Caller;
import io.happo.net.Request;
import java.util.Map;

/**
 * Somebody asks for a page.
 *
 * @param now unix milliseconds
 */
record Visit(Request request, Caller caller, Map<String, String> query, long now) {
  Visit {
    query = Map.copyOf(query);
  }

  /** What stands in the path for a name of the pattern. */
  String path(String name) {
    return request.pathParameters().getOrDefault(name, "");
  }

  /** A word of the query; empty when it is missing. */
  String query(String name) {
    return query.getOrDefault(name, "").strip();
  }

  /** A number of the query; one that is none counts as missing, as it would in a book. */
  long number(String name, long fallback) {
    try {
      return query(name).isEmpty() ? fallback : Long.parseLong(query(name));
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  /** Which part of a long list is asked for: 1, 2 … */
  int page() {
    return Math.clamp(number("page", 1), 1, 1_000_000);
  }
}
