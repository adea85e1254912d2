package io.happo.hub.fleet;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sets one check or rule of alerts in the documents of a plan, or takes it out. Everything else
 * stays where it is and as it was written. Whether what comes of it is a plan is for others to say.
 */
public final class PlanEdit {
  /** What a plan has many of, each with a name. */
  public enum Section {
    CHECKS("checks", "web.yaml"),
    ALERTS("alerts", "alerts.yaml");

    private final String member;
    private final String file;

    Section(String member, String file) {
      this.member = member;
      this.file = file;
    }
  }

  private static final String NAME = "name";
  private static final String SCRIPT = "script";
  private static final String SCRIPTS = "scripts";

  private final SortedMap<String, JsonValue> files;

  private PlanEdit(SortedMap<String, JsonValue> files) {
    this.files = new TreeMap<>(files);
  }

  private record Place(String file, int index) {}

  /** The names in a section, in the order of the documents. */
  public static List<String> names(SortedMap<String, JsonValue> files, Section section) {
    var edit = new PlanEdit(files);
    var names = new ArrayList<String>();
    for (var file : files.keySet()) {
      edit.entries(file, section).forEach(entry -> name(entry).ifPresent(names::add));
    }
    return names;
  }

  /**
   * Sets a check.
   *
   * @param name of the one that it takes the place of; when there is none it is added
   * @param check as in a plan; without a name it has this one
   * @param file the document that it goes into; empty: where it is, and for a new one {@code
   *     web.yaml}
   * @param script the text of its script: of the one among the scripts that the check names, else
   *     its own; empty: as it is
   */
  public static SortedMap<String, JsonValue> setCheck(
      SortedMap<String, JsonValue> files,
      String name,
      JsonObject check,
      String file,
      Optional<String> script) {
    var edit = new PlanEdit(files);
    var wanted = script.isPresent() ? edit.setScript(check, script.get()) : check;
    edit.set(Section.CHECKS, name, wanted, file);
    return edit.files;
  }

  /** Sets a rule likewise; a new one goes into the first document that has rules. */
  public static SortedMap<String, JsonValue> setRule(
      SortedMap<String, JsonValue> files, String name, JsonObject rule) {
    var edit = new PlanEdit(files);
    edit.set(Section.ALERTS, name, rule, "");
    return edit.files;
  }

  /** Takes one out; empty when there is none of that name. */
  public static Optional<SortedMap<String, JsonValue>> remove(
      SortedMap<String, JsonValue> files, Section section, String name) {
    var edit = new PlanEdit(files);
    var place = edit.find(section, name);
    place.ifPresent(at -> edit.remove(section, at));
    return place.map(_ -> edit.files);
  }

  private void set(Section section, String name, JsonObject given, String file) {
    var entry = named(given, name);
    var place = find(section, name);
    if (place.isPresent() && (file.isEmpty() || file.equals(place.get().file()))) {
      var entries = entries(place.get().file(), section);
      entries.set(place.get().index(), entry);
      put(place.get().file(), section, entries);
      return;
    }
    place.ifPresent(at -> remove(section, at));
    var target = file.isEmpty() ? fileForNew(section) : file;
    var entries = entries(target, section);
    entries.add(entry);
    put(target, section, entries);
  }

  private void remove(Section section, Place place) {
    var entries = entries(place.file(), section);
    entries.remove(place.index());
    put(place.file(), section, entries);
  }

  private String fileForNew(Section section) {
    if (section == Section.ALERTS) {
      for (var file : files.keySet()) {
        if (member(root(file), section.member).isPresent()) {
          return file;
        }
      }
    }
    return section.file;
  }

  private Optional<Place> find(Section section, String name) {
    for (var file : files.keySet()) {
      var entries = entries(file, section);
      for (int i = 0; i < entries.size(); i++) {
        if (name(entries.get(i)).filter(name::equals).isPresent()) {
          return Optional.of(new Place(file, i));
        }
      }
    }
    return Optional.empty();
  }

  /** Numbers and {@code true} are names too, as in a plan. */
  private static Optional<String> name(JsonValue entry) {
    return entry instanceof JsonObject object
        ? member(object, NAME).flatMap(PlanEdit::text)
        : Optional.empty();
  }

  private static Optional<String> text(JsonValue value) {
    return switch (value) {
      case JsonValue.Text text -> Optional.of(text.value());
      case JsonValue.Numeral number -> Optional.of(number.text());
      case JsonValue.Bool flag -> Optional.of(String.valueOf(flag.value()));
      case JsonValue.Array _, JsonValue.Null _, JsonObject _ -> Optional.empty();
    };
  }

  private static JsonObject named(JsonObject entry, String name) {
    if (member(entry, NAME).isPresent()) {
      return entry;
    }
    var members = new ArrayList<Map.Entry<String, JsonValue>>();
    members.add(Map.entry(NAME, new JsonValue.Text(name)));
    for (Map.Entry<String, JsonValue> member : entry.members()) {
      if (!member.getKey().equals(NAME)) {
        members.add(member);
      }
    }
    return new JsonObject(members, "");
  }

  /** Puts a text where a check's script is kept; gives the check that then runs it. */
  private JsonObject setScript(JsonObject check, String text) {
    var named = member(check, SCRIPT).flatMap(PlanEdit::text);
    if (named.isPresent()) {
      for (var file : List.copyOf(files.keySet())) {
        if (member(root(file), SCRIPTS).orElse(null) instanceof JsonObject scripts
            && member(scripts, named.get()).isPresent()) {
          var changed = with(scripts, named.get(), new JsonValue.Text(text));
          files.put(file, with(root(file), SCRIPTS, changed));
          return check;
        }
      }
    }
    return with(check, SCRIPT, new JsonValue.Text(text));
  }

  /** Of a document; without members when it has none, or is not there yet. */
  private JsonObject root(String file) {
    return files.get(file) instanceof JsonObject object ? object : new JsonObject(List.of(), "");
  }

  private List<JsonValue> entries(String file, Section section) {
    return member(root(file), section.member).orElse(null) instanceof JsonValue.Array array
        ? new ArrayList<>(array.values())
        : new ArrayList<>();
  }

  private void put(String file, Section section, List<JsonValue> entries) {
    files.put(file, with(root(file), section.member, new JsonValue.Array(entries)));
  }

  /** As a plan is read: by its exact name, and null is not there. */
  private static Optional<JsonValue> member(JsonObject object, String key) {
    for (Map.Entry<String, JsonValue> member : object.members()) {
      if (member.getKey().equals(key) && !(member.getValue() instanceof JsonValue.Null)) {
        return Optional.of(member.getValue());
      }
    }
    return Optional.empty();
  }

  /** The object with another value of a member, in its place, or at the end. */
  private static JsonObject with(JsonObject object, String key, JsonValue value) {
    var members = new ArrayList<Map.Entry<String, JsonValue>>();
    boolean there = false;
    for (Map.Entry<String, JsonValue> member : object.members()) {
      if (!member.getKey().equals(key)) {
        members.add(member);
      } else if (!there) {
        members.add(Map.entry(key, value));
        there = true;
      }
    }
    if (!there) {
      members.add(Map.entry(key, value));
    }
    return new JsonObject(members, "");
  }
}
