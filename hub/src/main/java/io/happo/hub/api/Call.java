package io.happo.hub.api;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Nearest;
import io.happo.core.link.LinkMessage;
import io.happo.net.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request whose sender is known and whose members are of the right kinds.
 *
 * @param body empty when the route takes none
 */
record Call(Request request, Caller caller, JsonObject body, Map<String, List<String>> query) {
  Call {
    query = Map.copyOf(query);
  }

  /** What stands in the path for a name of the pattern. */
  String path(String name) {
    return request.pathParameters().getOrDefault(name, "");
  }

  /** A text of the query; the last one when there are several. */
  Optional<String> query(String name) {
    var all = queries(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** All texts of a name of the query that may be given again and again. */
  List<String> queries(String name) {
    return query.getOrDefault(name, List.of()).stream().filter(one -> !one.isEmpty()).toList();
  }

  /** A number of the query. */
  int query(String name, int fallback, int least, int most) throws ApiException {
    var text = query(name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new ApiException(
        400, name + " is '" + text.get() + "', expected a number from " + least + " to " + most);
  }

  /** A number of the query that may be large, such as a time. */
  long query(String name, long fallback) throws ApiException {
    var text = query(name);
    try {
      return text.isEmpty() ? fallback : Long.parseLong(text.get());
    } catch (NumberFormatException e) {
      throw new ApiException(400, name + " is '" + text.get() + "', expected a whole number");
    }
  }

  /** A text of the body; empty when it is missing. */
  String text(String name) throws ApiException {
    try {
      return body.text(name);
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  /** What stands in the path for a name of the pattern, where something is called by that. */
  String pathName(String name) throws ApiException {
    var called = path(name);
    if (!called.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new ApiException(
          400,
          "'"
              + called
              + "' is no name: a letter or digit, then letters, digits, '.', '_' and '-', at most"
              + " 128 in all");
    }
    return called;
  }

  /** A text of the body that is the word of one of some values. */
  <T> T oneOf(String name, T[] values, Function<T, String> word) throws ApiException {
    var given = text(name);
    for (var value : values) {
      if (word.apply(value).equals(given)) {
        return value;
      }
    }
    var words = Arrays.stream(values).map(word).toList();
    throw new ApiException(
        400,
        name
            + " is '"
            + given
            + "', expected one of "
            + String.join(", ", words)
            + Nearest.suggestion(given, words));
  }

  /** Texts by name of the body. */
  Map<String, String> texts(String name) throws ApiException {
    try {
      return LinkMessage.texts(body, name);
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  /** A number of the body. */
  long number(String name, long fallback, long least, long most) throws ApiException {
    if (body.find(name).isEmpty()) {
      return fallback;
    }
    try {
      long number = body.requiredLong(name);
      if (number >= least && number <= most) {
        return number;
      }
      throw new ApiException(
          400, name + " is " + number + ", expected a number from " + least + " to " + most);
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  /** A flag of the body; false when it is missing. */
  boolean isTrue(String name) {
    return body.find(name).map(new JsonValue.Bool(true)::equals).orElse(false);
  }

  /** Names and values of a query. */
  static Map<String, List<String>> queryOf(String query) throws ApiException {
    var values = new HashMap<String, List<String>>();
    for (var part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      var name = equals < 0 ? part : part.substring(0, equals);
      try {
        values
            .computeIfAbsent(
                URLDecoder.decode(name, StandardCharsets.UTF_8), _ -> new ArrayList<>())
            .add(
                URLDecoder.decode(
                    equals < 0 ? "" : part.substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new ApiException(400, "the query '" + part + "' is not percent-encoded");
      }
    }
    return values;
  }
}
