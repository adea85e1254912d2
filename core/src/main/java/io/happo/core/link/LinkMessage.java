package io.happo.core.link;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * One message of the link. Members that a reader does not know are passed over; a type that it does
 * not know is answered with {@link ToEither.Problem}, and the conversation goes on.
 */
public sealed interface LinkMessage permits ToAgent, ToHub, ToEither {
  /** The word under {@code type}. */
  String type();

  /** Writes the members beside the type. */
  void writeMembers(JsonWriter json);

  /** The message as it is sent. */
  default String toJson() {
    var json = new JsonWriter().beginObject().member("type", type());
    writeMembers(json);
    return json.endObject().toString();
  }

  /**
   * Reads what an agent gets.
   *
   * @throws JsonException when it is no message; {@link UnknownType} when nobody knows its type
   */
  static LinkMessage readToAgent(String text) throws JsonException {
    var json = object(text);
    var type = json.requiredText("type");
    return type.equals(ToEither.Problem.TYPE) ? ToEither.read(json) : ToAgent.read(type, json);
  }

  /**
   * Reads what a hub gets.
   *
   * @throws JsonException as {@link #readToAgent}
   */
  static LinkMessage readToHub(String text) throws JsonException {
    var json = object(text);
    var type = json.requiredText("type");
    return type.equals(ToEither.Problem.TYPE) ? ToEither.read(json) : ToHub.read(type, json);
  }

  /** A message of a later version, or of nobody. */
  final class UnknownType extends JsonException {
    UnknownType(String type) {
      super("type is '" + type + "', which this version does not know");
    }
  }

  private static JsonObject object(String text) throws JsonException {
    var value = Json.parse(text);
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new JsonException("the message is " + value.kind() + ", expected an object");
  }

  /** Writes an object of texts. */
  static void write(JsonWriter json, Map<String, String> texts) {
    json.beginObject();
    texts.forEach(json::member);
    json.endObject();
  }

  /** Writes an array of texts. */
  static void write(JsonWriter json, Iterable<String> texts) {
    json.beginArray();
    texts.forEach(json::value);
    json.endArray();
  }

  /** Reads an object of texts; empty when absent. */
  static Map<String, String> texts(JsonObject json, String key) throws JsonException {
    var texts = new TreeMap<String, String>();
    if (json.find(key).isPresent()) {
      var object = json.requiredObject(key);
      for (var member : object.members()) {
        if (!(member.getValue() instanceof JsonValue.Text text)) {
          throw new JsonException(
              object.path(member.getKey())
                  + " is "
                  + member.getValue().kind()
                  + ", expected a string");
        }
        texts.put(member.getKey(), text.value());
      }
    }
    return texts;
  }
}
