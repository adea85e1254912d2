package io.happo.core;

import java.util.List;

/** One JSON value. Numbers keep the text they were written in. */
public sealed interface JsonValue permits JsonObject, JsonValue.Simple {
  /** Everything but an object. */
  sealed interface Simple extends JsonValue {}

  /** An array. */
  record Array(List<JsonValue> values) implements Simple {
    public Array {
      values = List.copyOf(values);
    }
  }

  /** A string. */
  record Text(String value) implements Simple {}

  /** A number, as written. */
  record Numeral(String text) implements Simple {}

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Simple {}

  /** {@code null}. */
  record Null() implements Simple {}

  /** What a person calls a value of this kind. */
  default String kind() {
    return switch (this) {
      case JsonObject _ -> "an object";
      case Array _ -> "an array";
      case Text _ -> "a string";
      case Numeral _ -> "a number";
      case Bool _ -> "true or false";
      case Null _ -> "null";
    };
  }
}
