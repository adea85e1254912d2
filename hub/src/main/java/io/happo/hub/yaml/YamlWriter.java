package io.happo.hub.yaml;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.util.HashSet;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.JsonScalarResolver;

/**
 * Writes YAML as people do: a member a line, texts of several lines as they are, quotes only where
 * the text would be something else without. The library's own writer quotes each text that holds a
 * tab or a blank at the end of a line, as scripts do. For one document and one thread.
 */
final class YamlWriter {
  /** A key that is longer is told apart from a value by a sign of its own (YAML 1.2.2, 8.2.2). */
  private static final int LONGEST_KEY = 1_000;

  /** How a text begins that is no sign of YAML; what follows a dash decides there. */
  private static final Pattern PLAIN_BEGIN =
      Pattern.compile("(?s)(-*+)[\\p{L}\\p{N}/._+$=~^(;<\\\\].*");

  /** What other readers of YAML, of its version 1.1, take for truth, merging, a number or a day. */
  private static final Pattern OLD_WORDS =
      Pattern.compile(
          "(?i)y|n|yes|no|on|off|true|false|null|~|<<|="
              + "|[-+]?(0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])*(\\.[0-9_]*)?"
              + "|\\.[0-9_]+|[0-9_.]+e[-+]?[0-9]+|\\.inf|\\.nan)"
              + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");

  private static final JsonScalarResolver RESOLVER = new JsonScalarResolver();

  private final StringBuilder out = new StringBuilder();

  String document(JsonValue value) {
    switch (value) {
      case JsonValue.Null _ -> {}
      case JsonObject object when !object.members().isEmpty() -> object(object, 0);
      case JsonValue.Array array when !array.values().isEmpty() -> array(array, 0);
      default -> {
        out.append(line(value));
        out.append('\n');
      }
    }
    return out.toString();
  }

  /** Of members of the same name, as JSON may have them, the first: that is the one that counts. */
  private void object(JsonObject object, int column) {
    var names = new HashSet<String>();
    for (Map.Entry<String, JsonValue> member : object.members()) {
      if (!names.add(member.getKey())) {
        continue;
      }
      if (names.size() > 1) {
        indent(column);
      }
      var key = quotedIfNeeded(member.getKey());
      if (key.length() > LONGEST_KEY) {
        out.append("? ").append(key).append('\n');
        indent(column);
        out.append(':');
      } else {
        out.append(key).append(':');
      }
      below(member.getValue(), column);
    }
  }

  private void array(JsonValue.Array array, int column) {
    boolean first = true;
    for (var value : array.values()) {
      if (!first) {
        indent(column);
      }
      first = false;
      out.append('-');
      switch (value) {
        case JsonObject object when !object.members().isEmpty() -> {
          out.append(' ');
          object(object, column + 2);
        }
        case JsonValue.Array inner when !inner.values().isEmpty() -> {
          out.append(' ');
          array(inner, column + 2);
        }
        default -> below(value, column);
      }
    }
  }

  /** What follows a key or a dash that stands in this column. */
  private void below(JsonValue value, int column) {
    switch (value) {
      case JsonValue.Null _ -> out.append('\n');
      case JsonObject object when !object.members().isEmpty() -> {
        out.append('\n');
        indent(column + 2);
        object(object, column + 2);
      }
      case JsonValue.Array array when !array.values().isEmpty() -> {
        out.append('\n');
        indent(column + 2);
        array(array, column + 2);
      }
      case JsonValue.Text text when isBlock(text.value()) -> block(text.value(), column + 2);
      default -> out.append(' ').append(line(value)).append('\n');
    }
  }

  private void indent(int column) {
    out.repeat(' ', column);
  }

  private static String line(JsonValue value) {
    return switch (value) {
      case JsonValue.Text text -> quotedIfNeeded(text.value());
      case JsonValue.Numeral number -> number.text();
      case JsonValue.Bool flag -> String.valueOf(flag.value());
      case JsonValue.Null _ -> "null";
      case JsonValue.Array _ -> "[]";
      case JsonObject _ -> "{}";
    };
  }

  /** Several lines, of characters that stand for themselves. */
  private static boolean isBlock(String text) {
    return text.indexOf('\n') >= 0
        && !text.isBlank()
        && text.codePoints().allMatch(c -> c == '\n' || c == '\t' || isPrintable(c));
  }

  private void block(String text, int column) {
    out.append(" |");
    if (text.charAt(0) == ' ' || text.charAt(0) == '\n') {
      out.append('2'); // Else the first line would say how far the others are moved in.
    }
    if (!text.endsWith("\n")) {
      out.append('-');
    } else if (text.endsWith("\n\n")) {
      out.append('+');
    }
    out.append('\n');
    var whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    for (var one : whole.split("\n", -1)) {
      if (!one.isEmpty()) {
        indent(column);
      }
      out.append(one).append('\n');
    }
  }

  private static String quotedIfNeeded(String text) {
    if (isPlain(text)) {
      return text;
    }
    boolean asItIs = text.codePoints().allMatch(YamlWriter::isPrintable);
    boolean hasSigns = text.indexOf('"') >= 0 || text.indexOf('\\') >= 0;
    return asItIs && hasSigns ? "'" + text.replace("'", "''") + "'" : escaped(text);
  }

  private static boolean isPlain(String text) {
    return PLAIN_BEGIN.matcher(text).matches()
        && !text.startsWith("---")
        && !text.startsWith("...")
        && !text.endsWith(" ")
        && !text.endsWith(":")
        && !text.contains(": ")
        && !text.contains(" #")
        && text.codePoints().allMatch(YamlWriter::isPrintable)
        && !OLD_WORDS.matcher(text).matches()
        && RESOLVER.resolve(text, true).equals(Tag.STR);
  }

  /** Neither a line break nor a sign nobody sees. */
  private static boolean isPrintable(int c) {
    return (c >= 0x20 && c <= 0x7e)
        || (c >= 0xa0 && c <= 0xfffd && !isUnseen(c))
        || (c >= 0x10000 && c <= 0x10ffff);
  }

  private static boolean isUnseen(int c) {
    return Character.getType(c) == Character.SURROGATE || c == 0x2028 || c == 0x2029 || c == 0xfeff;
  }

  private static String escaped(String text) {
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                  if (isPrintable(c)) {
                    quoted.appendCodePoint(c);
                  } else {
                    quoted.append(String.format("\\u%04x", c));
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }
}
