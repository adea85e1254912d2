package io.happo.core.plan;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object of a plan or another document. What is wrong is noted with its place,
 * and reading goes on with something harmless: so all problems are found at once.
 */
public final class Members {
  /** How a plan is read. */
  public enum Manner {
    /** By a machine for a machine: unknown members are of a later version. */
    WRITTEN_BY_HUB,
    /**
     * Written by people, in YAML: unknown members are mistakes, and numbers and {@code true} are
     * texts too.
     */
    WRITTEN_BY_PEOPLE
  }

  private final JsonObject object;
  private final String place;
  private final Manner manner;
  private final List<Problem> problems;
  private final List<String> known = new ArrayList<>();

  public Members(JsonObject object, String place, Manner manner, List<Problem> problems) {
    this.object = object;
    this.place = place;
    this.manner = manner;
    this.problems = problems;
  }

  String place(String key) {
    return place.isEmpty() ? key : place.endsWith(": ") ? place + key : place + "." + key;
  }

  public void problem(String key, String text) {
    problems.add(new Problem(key.isEmpty() ? place : place(key), text));
  }

  public void problem(String key, Optional<String> text) {
    if (text.isPresent()) {
      problem(key, text.get());
    }
  }

  /** The value of a member; one that is null is not there. */
  public Optional<JsonValue> find(String key) {
    known.add(key);
    for (var member : object.members()) {
      if (member.getKey().equals(key) && !(member.getValue() instanceof JsonValue.Null)) {
        return Optional.of(member.getValue());
      }
    }
    return Optional.empty();
  }

  public boolean has(String key) {
    return find(key).isPresent();
  }

  /** A text that need not be there. */
  public Optional<String> text(String key) {
    var value = find(key);
    return value.isEmpty() ? Optional.empty() : text(key, value.get());
  }

  private Optional<String> text(String key, JsonValue value) {
    if (value instanceof JsonValue.Text text) {
      return Optional.of(text.value());
    }
    if (manner == Manner.WRITTEN_BY_PEOPLE && value instanceof JsonValue.Numeral number) {
      return Optional.of(number.text());
    }
    if (manner == Manner.WRITTEN_BY_PEOPLE && value instanceof JsonValue.Bool bool) {
      return Optional.of(String.valueOf(bool.value()));
    }
    problem(key, "is " + value.kind() + ", expected a text");
    return Optional.empty();
  }

  /** A text that must be there, and what is wrong with it; empty when it is not there. */
  public String requiredText(String key, Function<String, Optional<String>> rule) {
    if (!has(key)) {
      problem(key, "is missing");
    }
    var text = text(key);
    if (text.isPresent()) {
      problem(key, rule.apply(text.get()));
    }
    return text.orElse("");
  }

  /** What is made of a text that need not be there; what it throws becomes a problem. */
  public <T> Optional<T> made(String key, Function<String, T> make) {
    var text = text(key);
    if (text.isPresent()) {
      try {
        return Optional.of(make.apply(text.get()));
      } catch (IllegalArgumentException e) {
        problem(key, String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** A whole number; what stands in for it when it is absent or none. */
  long whole(String key, long otherwise) {
    var value = find(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get() instanceof JsonValue.Numeral number) {
      try {
        return Long.parseLong(number.text());
      } catch (NumberFormatException e) {
        problem(key, "is " + number.text() + ", expected a whole number");
        return otherwise;
      }
    }
    problem(key, "is " + value.get().kind() + ", expected a whole number");
    return otherwise;
  }

  /** Whether a member is true; absent, or none, it is not. */
  boolean flag(String key) {
    var value = find(key);
    if (value.isEmpty() || value.get() instanceof JsonValue.Bool) {
      return value.isPresent() && ((JsonValue.Bool) value.get()).value();
    }
    problem(key, "is " + value.get().kind() + ", expected true or false");
    return false;
  }

  /** Texts of an array. */
  List<String> texts(String key) {
    var texts = new ArrayList<String>();
    for (var value : array(key)) {
      texts.add(text(key + "[" + texts.size() + "]", value).orElse(""));
    }
    return texts;
  }

  /** One text, or several in an array. */
  public List<String> textOrTexts(String key) {
    return find(key).orElse(null) instanceof JsonValue.Array
        ? texts(key)
        : text(key).map(List::of).orElse(List.of());
  }

  /** Texts by name. */
  SortedMap<String, String> map(String key) {
    var map = new TreeMap<String, String>();
    var inner = object(key);
    if (inner != null) {
      for (var name : inner.names()) {
        map.put(name, inner.text(name).orElse(""));
      }
    }
    return map;
  }

  /** An object, or null when it is absent or none. */
  public @Nullable Members object(String key) {
    var value = find(key);
    return value.isEmpty() ? null : object(key, value.get());
  }

  /** Visits the objects of an array; those that are none are left out. */
  public void each(String key, Consumer<Members> visit) {
    int i = 0;
    for (var value : array(key)) {
      var object = object(key + "[" + i++ + "]", value);
      if (object != null) {
        visit.accept(object);
      }
    }
  }

  private @Nullable Members object(String key, JsonValue value) {
    if (value instanceof JsonObject inner) {
      return new Members(inner, place(key), manner, problems);
    }
    problem(key, "is " + value.kind() + ", expected names with values");
    return null;
  }

  private List<JsonValue> array(String key) {
    var value = find(key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof JsonValue.Array array) {
      return array.values();
    }
    problem(key, "is " + value.get().kind() + ", expected a list");
    return List.of();
  }

  /** The names of all members, for an object whose names are free. */
  public List<String> names() {
    var names = new ArrayList<String>();
    for (var member : object.members()) {
      names.add(member.getKey());
    }
    return names;
  }

  /** To be asked last: notes the members that nobody asked for, and those that are there twice. */
  public void refuseOthers() {
    if (manner == Manner.WRITTEN_BY_HUB) {
      return;
    }
    var seen = new HashSet<String>();
    for (var name : names()) {
      if (!seen.add(name)) {
        problem(name, "is there twice");
      } else if (!known.contains(name)) {
        problem(name, "is not known here" + Nearest.suggestion(name, known));
      }
    }
  }
}
