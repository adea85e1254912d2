package io.happo.e2e;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value to look into. What is missing reads as null.
 *
 * @param value a {@code Map}, {@code List}, {@code String}, {@code Boolean}, a number as its text
 *     in {@link Digits}, or null
 */
record Json(@Nullable Object value) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** A number, kept as it was written. */
  record Digits(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** The one value in that text. */
  static Json parse(String text) {
    try (var parser = FACTORY.createParser(text)) {
      parser.nextToken();
      var value = read(parser);
      if (parser.nextToken() != null) {
        throw new AssertionError("more than one JSON value: " + text);
      }
      return new Json(value);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private static @Nullable Object read(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    if (token == null) {
      throw new IOException("no value");
    }
    return switch (token) {
      case START_OBJECT -> {
        var map = new TreeMap<String, Json>();
        for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
          parser.nextToken();
          map.put(name, new Json(read(parser)));
        }
        yield map;
      }
      case START_ARRAY -> {
        var list = new ArrayList<Json>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(new Json(read(parser)));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Digits(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  static Json of(Map<String, ?> members) {
    var map = new TreeMap<String, Json>();
    members.forEach(
        (name, member) -> map.put(name, member instanceof Json json ? json : new Json(member)));
    return new Json(map);
  }

  Json at(String name) {
    return members().getOrDefault(name, new Json(null));
  }

  boolean has(String name) {
    return members().containsKey(name);
  }

  boolean isNull() {
    return value == null;
  }

  @SuppressWarnings("unchecked") // read() and of() make no other maps
  Map<String, Json> members() {
    return value instanceof Map<?, ?> map ? (Map<String, Json>) map : Map.of();
  }

  @SuppressWarnings("unchecked") // read() makes no other lists
  List<Json> items() {
    return value instanceof List<?> list ? (List<Json>) list : List.of();
  }

  /** A string as it is, anything else as JSON, null as nothing. */
  String text() {
    return value == null ? "" : value instanceof String string ? string : json();
  }

  /** Compact JSON with sorted keys. */
  String json() {
    if (value instanceof String string) {
      return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(string)) + '"';
    }
    if (value instanceof List<?>) {
      return items().stream().map(Json::json).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Map<?, ?>) {
      return members().entrySet().stream()
          .map(member -> new Json(member.getKey()).json() + ':' + member.getValue().json())
          .collect(Collectors.joining(",", "{", "}"));
    }
    return String.valueOf(value);
  }

  /** What kinds of values stand where, one level after the other; lists are not looked into. */
  Json shape() {
    if (value instanceof Map<?, ?>) {
      return of(
          members().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().shape())));
    }
    return new Json(
        switch (value) {
          case null -> "null";
          case String s -> "str";
          case Boolean b -> "bool";
          case List<?> l -> "list";
          default -> "number";
        });
  }
}
