package io.happo.hub.fleet;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A plan's files as the store keeps them: one JSON object, a member for each file. */
final class PlanFiles {
  private PlanFiles() {}

  /** The same files give the same text. */
  static String toJson(SortedMap<String, JsonValue> files) {
    var json = new JsonWriter().beginObject();
    files.forEach((name, document) -> json.key(name).value(document));
    return json.endObject().toString();
  }

  static SortedMap<String, JsonValue> read(String text) {
    try {
      return read((JsonObject) Json.parse(text));
    } catch (JsonException | ClassCastException e) {
      throw new IllegalStateException("a version of the plan in the store is damaged", e);
    }
  }

  static SortedMap<String, JsonValue> read(JsonObject object) {
    var files = new TreeMap<String, JsonValue>();
    for (Map.Entry<String, JsonValue> member : object.members()) {
      files.put(member.getKey(), member.getValue());
    }
    return files;
  }
}
