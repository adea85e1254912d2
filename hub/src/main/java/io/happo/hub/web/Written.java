package io.happo.hub.web;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** A check or a rule as people wrote it into the plan, for the fields of a form. */
record Written(JsonObject members) {
  /** The objects of a list in a document of the plan. */
  static List<JsonObject> objects(JsonValue document, String list) {
    var found = new ArrayList<JsonObject>();
    if (document instanceof JsonObject object
        && object.find(list).orElse(null) instanceof JsonValue.Array array) {
      for (var value : array.values()) {
        if (value instanceof JsonObject one) {
          found.add(one);
        }
      }
    }
    return found;
  }

  static String name(JsonObject object) {
    return object.find("name").map(Written::plain).orElse("");
  }

  /** All of it, for the program of the page. */
  String json() {
    return new JsonWriter().value(members).toString();
  }

  boolean has(String member) {
    return members.find(member).isPresent();
  }

  boolean is(String member) {
    return members.find(member).map(new JsonValue.Bool(true)::equals).orElse(false);
  }

  /** A member in a line; names of a list with blanks between. */
  String text(String member) {
    return members.find(member).map(Written::plain).orElse("");
  }

  /** Arguments as one would write them into one line. */
  String line(String member) {
    return members.find(member).orElse(null) instanceof JsonValue.Array words
        ? String.join(" ", words.values().stream().map(word -> quoted(plain(word))).toList())
        : text(member);
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,*{}-]+")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String plain(JsonValue value) {
    return switch (value) {
      case JsonValue.Text text -> text.value();
      case JsonValue.Array array ->
          String.join(" ", array.values().stream().map(Written::plain).toList());
      case JsonValue.Numeral number -> number.text();
      case JsonValue.Bool flag -> flag.value() ? "true" : "false";
      case JsonValue.Null _ -> "";
      case JsonObject object -> new JsonWriter().value(object).toString();
    };
  }

  private JsonObject target() {
    return members.find("for").orElse(null) instanceof JsonObject target
        ? target
        : new JsonObject(List.of(), "");
  }

  /** Tags of {@code for}, as {@code role=web,db site=fra}. */
  String tags() {
    var words = new ArrayList<String>();
    if (target().find("tags").orElse(null) instanceof JsonObject tags) {
      for (var tag : tags.members()) {
        words.add(tag.getKey() + "=" + plain(tag.getValue()).replace(' ', ','));
      }
    }
    return String.join(" ", words);
  }

  /** Names of {@code for}. */
  String names() {
    return target().find("agents").map(Written::plain).orElse("");
  }
}
