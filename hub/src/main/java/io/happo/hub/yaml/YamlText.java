package io.happo.hub.yaml;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One document of YAML 1.2 as a JSON value, and back. Numbers keep the text they were written in.
 * Limits: 8 Mi characters; nesting 100, and 400,000 values once aliases are put in, as {@link
 * io.happo.core.Json} has them.
 */
public final class YamlText {
  private static final int MAX_CHARACTERS = 8 << 20;
  private static final int MAX_NESTING = 100;
  private static final int MAX_VALUES = 400_000;

  private static final String TOO_DEEP = "is nested deeper than " + MAX_NESTING;

  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  private int values;

  private YamlText() {}

  /**
   * Reads a document.
   *
   * @param name of its file, for messages
   * @throws BadYamlException when it is none
   */
  public static JsonValue read(String name, String text) throws BadYamlException {
    try {
      var settings =
          LoadSettings.builder()
              .setLabel(name)
              .setCodePointLimit(MAX_CHARACTERS)
              .setTagConstructors(Map.of(Tag.INT, NUMBER, Tag.FLOAT, NUMBER))
              .build();
      checkNesting(settings, text);
      return new YamlText().json(new Load(settings).loadFromString(text), 0);
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
      throw new BadYamlException(
          name
              + line
              + ": is not YAML as it should be ("
              + e.getProblem()
              + "): look at that line and the one before; members of one thing begin in the same"
              + " column, with blanks and no tabs, and a text with ': ' or ' #' in it needs quotes");
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw new BadYamlException(
          name + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /** The same value gives the same text, and {@link #read} the value again. */
  public static String write(JsonValue document) {
    return new YamlWriter().document(document);
  }

  /** What is no number of JSON is a text: {@code 1.} and {@code .inf}. */
  private static final ConstructNode NUMBER =
      node -> {
        var written = ((ScalarNode) node).getValue();
        return JSON_NUMBER.matcher(written).matches() ? new JsonValue.Numeral(written) : written;
      };

  /** Before it is loaded, which takes stack for each level. */
  private static void checkNesting(LoadSettings settings, String text) {
    int depth = 0;
    for (var event : new Parse(settings).parseString(text)) {
      if (event instanceof CollectionEndEvent) {
        depth--;
      } else if (event instanceof CollectionStartEvent && ++depth > MAX_NESTING) {
        throw new IllegalArgumentException(TOO_DEEP);
      }
    }
  }

  /** Counts what it makes: few aliases can stand for very many values, or for endless ones. */
  private JsonValue json(@Nullable Object value, int depth) {
    if (++values > MAX_VALUES) {
      throw new IllegalArgumentException("holds more than " + MAX_VALUES + " values");
    }
    if (depth > MAX_NESTING) {
      throw new IllegalArgumentException(TOO_DEEP);
    }
    return switch (value) {
      case null -> new JsonValue.Null();
      case String text -> new JsonValue.Text(text);
      case Boolean flag -> new JsonValue.Bool(flag);
      case JsonValue.Numeral number -> number;
      case List<?> list -> {
        var all = new ArrayList<JsonValue>();
        for (Object one : list) {
          all.add(json(one, depth + 1));
        }
        yield new JsonValue.Array(all);
      }
      case Map<?, ?> map -> {
        var members = new ArrayList<Map.Entry<String, JsonValue>>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          members.add(Map.entry(key(entry.getKey()), json(entry.getValue(), depth + 1)));
        }
        yield new JsonObject(members, "");
      }
      default -> throw new IllegalArgumentException("holds a " + value.getClass().getSimpleName());
    };
  }

  private static String key(@Nullable Object key) {
    return key instanceof JsonValue.Numeral number ? number.text() : String.valueOf(key);
  }
}
