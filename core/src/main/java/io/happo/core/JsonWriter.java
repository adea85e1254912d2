package io.happo.core;

import java.nio.charset.StandardCharsets;

/**
 * Writes JSON to the byte as Go's encoding/json does: no blanks, {@code <}, {@code >}, {@code &},
 * U+2028 and U+2029 escaped, control characters as {@code \}{@code u00xx} in lower case except tab,
 * line feed and carriage return, a lone surrogate as U+FFFD, numbers by {@link GoNumbers#json}. One
 * writer makes one document and belongs to one thread.
 */
public final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder();
  private boolean comma;

  public JsonWriter beginObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('}');
  }

  public JsonWriter beginArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  /** The key of the member whose value is written next. */
  public JsonWriter key(String key) {
    separate();
    string(key);
    out.append(':');
    comma = false;
    return this;
  }

  public JsonWriter value(String text) {
    separate();
    string(text);
    return this;
  }

  public JsonWriter value(long number) {
    return raw(Long.toString(number));
  }

  /** A finite number. */
  public JsonWriter value(double number) {
    return raw(GoNumbers.json(number));
  }

  public JsonWriter value(boolean value) {
    return raw(value ? "true" : "false");
  }

  /** Any value. */
  public JsonWriter value(JsonValue value) {
    switch (value) {
      case JsonObject object -> {
        beginObject();
        for (var member : object.members()) {
          key(member.getKey()).value(member.getValue());
        }
        endObject();
      }
      case JsonValue.Array array -> {
        beginArray();
        for (var one : array.values()) {
          value(one);
        }
        endArray();
      }
      case JsonValue.Text text -> value(text.value());
      case JsonValue.Numeral number -> raw(number.text());
      case JsonValue.Bool flag -> value(flag.value());
      case JsonValue.Null _ -> nullValue();
    }
    return this;
  }

  public JsonWriter nullValue() {
    return raw("null");
  }

  /** JSON that was written before: one value, or several with their commas inside an array. */
  public JsonWriter raw(String json) {
    separate();
    out.append(json);
    return this;
  }

  public JsonWriter member(String key, String text) {
    return key(key).value(text);
  }

  public JsonWriter member(String key, long number) {
    return key(key).value(number);
  }

  /** Characters written so far. */
  public int length() {
    return out.length();
  }

  public byte[] toBytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private JsonWriter open(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
    comma = true;
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '<', '>', '&', '\u2028', '\u2029' -> unicode(c);
        default -> {
          if (c < 0x20) {
            unicode(c);
          } else if (!Character.isSurrogate(c)) {
            out.append(c);
          } else if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            out.append(c).append(text.charAt(++i));
          } else {
            out.append("\\ufffd");
          }
        }
      }
    }
    out.append('"');
  }

  private void unicode(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(c >> shift & 0xF));
    }
  }
}
