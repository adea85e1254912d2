package io.happo.hub.api;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.util.List;

/**
 * One member of a JSON object that the API takes or gives, or one parameter of a query.
 *
 * @param members of the object, or of each object of the list
 */
record Field(String name, Kind kind, boolean required, String doc, List<Field> members) {
  /** What a value is, and how OpenAPI says it. */
  enum Kind {
    TEXT("a string", "\"type\":\"string\""),
    WHOLE("a whole number", "\"type\":\"integer\",\"format\":\"int64\""),
    NUMBER("a number", "\"type\":\"number\""),
    FLAG("true or false", "\"type\":\"boolean\""),
    /** Unix time in milliseconds. */
    TIME("a unix time in milliseconds", "\"type\":\"integer\",\"format\":\"int64\""),
    NUMBERS("a list of numbers", "\"type\":\"array\",\"items\":{\"type\":\"number\"}"),
    /** Lists of the same length, as its doc tells them. */
    ROWS("a list of lists", "\"type\":\"array\",\"items\":{\"type\":\"array\"}"),
    TEXTS("a list of strings", "\"type\":\"array\",\"items\":{\"type\":\"string\"}"),
    MAP(
        "an object of strings",
        "\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}"),
    OBJECT("an object", "\"type\":\"object\""),
    OBJECTS("a list of objects", "\"type\":\"array\"");

    final String words;
    final String schema;

    Kind(String words, String schema) {
      this.words = words;
      this.schema = schema;
    }

    boolean accepts(JsonValue value) {
      return switch (this) {
        case TEXT -> value instanceof JsonValue.Text;
        case WHOLE, TIME -> value instanceof JsonValue.Numeral number && isWhole(number.text());
        case NUMBER -> value instanceof JsonValue.Numeral;
        case FLAG -> value instanceof JsonValue.Bool;
        case NUMBERS ->
            value instanceof JsonValue.Array array
                && array.values().stream().allMatch(JsonValue.Numeral.class::isInstance);
        case ROWS ->
            value instanceof JsonValue.Array array
                && array.values().stream().allMatch(JsonValue.Array.class::isInstance);
        case TEXTS ->
            value instanceof JsonValue.Array array
                && array.values().stream().allMatch(JsonValue.Text.class::isInstance);
        case MAP ->
            value instanceof JsonObject object
                && object.members().stream()
                    .allMatch(member -> member.getValue() instanceof JsonValue.Text);
        case OBJECT -> value instanceof JsonObject;
        case OBJECTS ->
            value instanceof JsonValue.Array array
                && array.values().stream().allMatch(JsonObject.class::isInstance);
      };
    }

    private static boolean isWhole(String digits) {
      try {
        Long.parseLong(digits);
        return true;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }

  Field {
    members = List.copyOf(members);
  }

  /** One that may be missing. */
  static Field of(String name, Kind kind, String doc) {
    return new Field(name, kind, false, doc, List.of());
  }

  /** One that must be there. */
  static Field must(String name, Kind kind, String doc) {
    return new Field(name, kind, true, doc, List.of());
  }

  /** A list of objects. */
  static Field list(String name, String doc, List<Field> members) {
    return new Field(name, Kind.OBJECTS, true, doc, members);
  }
}
