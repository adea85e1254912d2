package io.happo.hub.store;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Texts by name and lists of texts, as columns hold them. */
final class JsonTexts {
  private JsonTexts() {}

  static String of(Map<String, String> texts) {
    var json = new JsonWriter().beginObject();
    new TreeMap<>(texts).forEach(json::member);
    return json.endObject().toString();
  }

  static String of(List<String> texts) {
    var json = new JsonWriter().beginArray();
    texts.forEach(json::value);
    return json.endArray().toString();
  }

  static Map<String, String> map(String column) {
    var texts = new TreeMap<String, String>();
    if (parse(column) instanceof JsonObject object) {
      for (var member : object.members()) {
        if (member.getValue() instanceof JsonValue.Text text) {
          texts.put(member.getKey(), text.value());
        }
      }
    }
    return texts;
  }

  static List<String> list(String column) {
    var texts = new ArrayList<String>();
    if (parse(column) instanceof JsonValue.Array array) {
      for (var value : array.values()) {
        if (value instanceof JsonValue.Text text) {
          texts.add(text.value());
        }
      }
    }
    return texts;
  }

  private static JsonValue parse(String column) {
    try {
      return Json.parse(column);
    } catch (JsonException e) {
      throw new StoreException(
          StoreException.Reason.DAMAGED, "the store is damaged: '" + column + "' is no JSON", e);
    }
  }
}
