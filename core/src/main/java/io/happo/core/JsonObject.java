package io.happo.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object read as the original reads its requests: a key matches in any letter case, the last
 * of several wins, a {@code null} counts as absent, keys nobody asks for are ignored.
 *
 * @param members the members in their order
 * @param place where the object stands in its document, for messages: empty for the document itself
 */
public record JsonObject(List<Map.Entry<String, JsonValue>> members, String place)
    implements JsonValue {
  public JsonObject {
    members = List.copyOf(members);
  }

  /** The value under a key; absent and {@code null} are the same. */
  public Optional<JsonValue> find(String key) {
    for (int i = members.size() - 1; i >= 0; i--) {
      var member = members.get(i);
      if (member.getKey().equalsIgnoreCase(key)) {
        return member.getValue() instanceof Null
            ? Optional.empty()
            : Optional.of(member.getValue());
      }
    }
    return Optional.empty();
  }

  /** The string under a key; empty when absent. */
  public String text(String key) throws JsonException {
    var value = find(key);
    if (value.isEmpty()) {
      return "";
    }
    if (value.get() instanceof Text text) {
      return text.value();
    }
    throw wrong(key, "a string", value.get());
  }

  /** The string under a key that must be there and must not be empty. */
  public String requiredText(String key) throws JsonException {
    var text = text(key);
    if (text.isEmpty()) {
      throw missing(key, "a string");
    }
    return text;
  }

  /** The object under a key that must be there. */
  public JsonObject requiredObject(String key) throws JsonException {
    var value = find(key).orElseThrow(() -> missing(key, "an object"));
    if (value instanceof JsonObject object) {
      return new JsonObject(object.members(), path(key));
    }
    throw wrong(key, "an object", value);
  }

  /** The objects of an array under a key; empty when absent. */
  public List<JsonObject> objects(String key) throws JsonException {
    var result = new java.util.ArrayList<JsonObject>();
    for (var value : values(key)) {
      var place = path(key) + "[" + result.size() + "]";
      if (!(value instanceof JsonObject object)) {
        throw new JsonException(place + " is " + value.kind() + ", expected an object");
      }
      result.add(new JsonObject(object.members(), place));
    }
    return result;
  }

  /** The strings of an array under a key; empty when absent. */
  public List<String> texts(String key) throws JsonException {
    var result = new java.util.ArrayList<String>();
    for (var value : values(key)) {
      if (!(value instanceof Text text)) {
        throw new JsonException(
            path(key) + "[" + result.size() + "] is " + value.kind() + ", expected a string");
      }
      result.add(text.value());
    }
    return result;
  }

  /** The values of an array under a key; empty when absent. */
  public List<JsonValue> values(String key) throws JsonException {
    var value = find(key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof Array array) {
      return array.values();
    }
    throw wrong(key, "an array", value.get());
  }

  /** The whole number under a key that must be there. */
  public long requiredLong(String key) throws JsonException {
    var value = find(key).orElseThrow(() -> missing(key, "a whole number"));
    if (value instanceof Numeral number) {
      try {
        return Long.parseLong(number.text());
      } catch (NumberFormatException e) {
        throw new JsonException(
            path(key) + " is " + number.text() + ", expected a whole number of 64 bits");
      }
    }
    throw wrong(key, "a whole number", value);
  }

  /** The place of a member in the document. */
  public String path(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  private JsonException missing(String key, String expected) {
    return new JsonException(path(key) + " is missing: " + expected + " is required");
  }

  private JsonException wrong(String key, String expected, JsonValue found) {
    return new JsonException(path(key) + " is " + found.kind() + ", expected " + expected);
  }
}
