package io.happo.hub.web;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.FleetCheck;
import io.happo.core.plan.PlanChange;
import io.happo.core.plan.Schedule;
import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Rollout;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Plans;
import io.happo.hub.yaml.YamlText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What agents are to run: all of it, a check with its script, the files, and what was before. */
final class PlanPages {
  private static final int VERSIONS = 50;

  /** What somebody begins with. */
  private static final String FIRST_SCRIPT =
      """
      #!/bin/sh
      # Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. What is written is shown.
      used=$(df -P / | awk 'NR == 2 { sub("%", "", $5); print $5 }')
      echo "disk / is $used % full | used=$used%;80;90"
      [ "$used" -lt 90 ] || exit 2
      [ "$used" -lt 80 ] || exit 1
      """;

  private final Rooms rooms;

  PlanPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /**
   * A check of the plan.
   *
   * @param what runs
   * @param agents how many that are in run it
   * @param connected how many of them are there
   */
  record Row(FleetCheck check, String what, String when, int agents, int connected) {}

  /** The page of the plan. */
  record Plan(
      List<Row> checks,
      Rollout rollout,
      long versions,
      List<Plans.Version> newest,
      int running,
      int failed) {}

  View plan(Visit visit) {
    var plan = rooms.plans().current();
    var rows = new ArrayList<Row>();
    var joined =
        rooms.fleet().everyone().stream().filter(m -> m.agent().state() == State.JOINED).toList();
    for (var check : plan.checks()) {
      int agents = 0;
      int connected = 0;
      for (var member : joined) {
        if (check.matches(member.view())) {
          agents++;
          connected += member.isConnected() ? 1 : 0;
        }
      }
      rows.add(new Row(check, what(check), when(check), agents, connected));
    }
    rows.sort(Comparator.comparing(row -> row.check().name()));
    var versions = rooms.plans().versions();
    int running = 0;
    int failed = 0;
    for (var member : joined) {
      running += rooms.plans().applied(member).isPresent() ? 1 : 0;
      failed += member.agent().planProblems().isEmpty() ? 0 : 1;
    }
    return View.of(
        "plan",
        "plan",
        "Checks and plan",
        new Plan(
            rows,
            rooms.plans().rollout(),
            versions.size(),
            versions.subList(0, Math.min(5, versions.size())),
            running,
            failed));
  }

  private static String what(FleetCheck check) {
    return switch (check.work()) {
      case io.happo.core.plan.Work.Builtin builtin -> "built in: " + builtin.name();
      case io.happo.core.plan.Work.Plugin plugin -> plugin.commandLine();
      case io.happo.core.plan.Work.Script _ -> "a script";
      case io.happo.core.plan.Work.Packed packed -> packed.commandLine();
    };
  }

  private static String when(FleetCheck check) {
    return switch (check.schedule()) {
      case Schedule.Every every -> "every " + Words.span(every.interval());
      case Schedule.AtTimes times -> "at " + times.cron();
    };
  }

  /**
   * An agent that a script can be tried on.
   *
   * @param id its fingerprint
   */
  record Agent(String name, String id) {}

  /**
   * The page of one check.
   *
   * @param name empty: a new one
   * @param json as the plan has it
   * @param script the text of its script; empty when it runs none
   * @param kind {@code script}, {@code plugin} or {@code builtin}
   * @param others members that this page has no field for, which stay as they are
   * @param version that the plan has now
   */
  record Check(
      String name,
      String file,
      String json,
      String script,
      String kind,
      JsonObject members,
      List<String> others,
      List<Agent> agents,
      String agent,
      long version) {
    /** A member as a person would write it into a field. */
    String text(String member) {
      return members.find(member).map(Check::text).orElse("");
    }

    private static String text(JsonValue value) {
      return switch (value) {
        case JsonValue.Text text -> text.value();
        case JsonValue.Array array ->
            String.join(" ", array.values().stream().map(Check::word).toList());
        case JsonValue.Numeral number -> number.text();
        case JsonValue.Bool flag -> flag.value() ? "true" : "false";
        case JsonValue.Null _ -> "";
        case JsonObject object -> PlanPages.json(object);
      };
    }

    private static String word(JsonValue value) {
      var word = text(value);
      return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    boolean isQuiet() {
      return members.find("quiet").map(new JsonValue.Bool(true)::equals).orElse(false);
    }

    /** Tags of {@code for}, as {@code role=web,db site=fra}. */
    String tags() {
      var words = new ArrayList<String>();
      if (members.find("for").orElse(null) instanceof JsonObject target
          && target.find("tags").orElse(null) instanceof JsonObject tags) {
        for (var tag : tags.members()) {
          words.add(
              tag.getKey()
                  + "="
                  + (tag.getValue() instanceof JsonValue.Array array
                      ? String.join(",", array.values().stream().map(Check::text).toList())
                      : text(tag.getValue())));
        }
      }
      return String.join(" ", words);
    }

    /** Names of {@code for}. */
    String names() {
      return members.find("for").orElse(null) instanceof JsonObject target
          ? target.find("agents").map(Check::text).orElse("")
          : "";
    }
  }

  private static final List<String> FIELDS =
      List.of(
          "name",
          "plugin",
          "script",
          "builtin",
          "arguments",
          "every",
          "timeout",
          "retry",
          "attempts",
          "for",
          "quiet");

  View newCheck(Visit visit) {
    return View.of(
        "edit",
        "plan",
        "New check",
        new Check(
            "",
            "",
            "{}",
            FIRST_SCRIPT,
            "script",
            new JsonObject(List.of(), ""),
            List.of(),
            agents(),
            visit.query("agent"),
            rooms.plans().rollout().version()));
  }

  View check(Visit visit) throws NoSuchPageException {
    var name = visit.path("check");
    var files = files();
    for (var file : files.entrySet()) {
      for (var check : objects(file.getValue(), "checks")) {
        if (text(check, "name").equals(name)) {
          return View.of("edit", "plan", name, check(name, file.getKey(), check, files, visit));
        }
      }
    }
    throw new NoSuchPageException("the plan has no check '" + name + "'");
  }

  private Check check(
      String name, String file, JsonObject check, SortedMap<String, JsonValue> files, Visit visit) {
    var script = text(check, "script");
    for (var document : files.values()) {
      if (document instanceof JsonObject object
          && object.find("scripts").orElse(null) instanceof JsonObject scripts
          && scripts.find(script).orElse(null) instanceof JsonValue.Text text) {
        script = text.value();
        break;
      }
    }
    var others = new ArrayList<String>();
    for (var member : check.members()) {
      if (!FIELDS.contains(member.getKey())) {
        others.add(member.getKey());
      }
    }
    return new Check(
        name,
        file,
        json(check),
        script,
        check.find("builtin").isPresent()
            ? "builtin"
            : check.find("plugin").isPresent() ? "plugin" : "script",
        check,
        others,
        agents(),
        visit.query("agent"),
        rooms.plans().rollout().version());
  }

  private SortedMap<String, JsonValue> files() {
    return rooms.plans().files(0).orElseGet(TreeMap::new);
  }

  private List<Agent> agents() {
    return rooms.fleet().all().stream()
        .filter(member -> member.agent().state() == State.JOINED && member.isConnected())
        .limit(1_000)
        .map(member -> new Agent(member.name(), member.id()))
        .toList();
  }

  /** The page of the files, as text. */
  record Files(String name, List<String> names, String text, long version) {}

  View files(Visit visit) throws NoSuchPageException {
    var files = files();
    var name = visit.query("name");
    if (name.isEmpty() && !files.isEmpty() && visit.query("new").isEmpty()) {
      name = files.firstKey();
    }
    var file = Optional.ofNullable(files.get(name));
    if (file.isEmpty() && !name.isEmpty() && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.ya?ml")) {
      throw new NoSuchPageException(
          "a file of the plan has a name such as checks.yaml, not '" + name + "'");
    }
    return View.of(
        "files",
        "plan",
        "Files of the plan",
        new Files(
            name,
            List.copyOf(files.keySet()),
            file.map(YamlText::write).orElse("checks: []\n"),
            rooms.plans().rollout().version()));
  }

  /** The page of the versions. */
  record Versions(List<Plans.Version> versions, Rollout rollout, Paged paged) {}

  View versions(Visit visit) {
    var all = rooms.plans().versions();
    int from = Math.min(all.size(), (visit.page() - 1) * VERSIONS);
    int to = Math.min(all.size(), from + VERSIONS);
    return View.of(
        "versions",
        "plan",
        "Versions of the plan",
        new Versions(
            all.subList(from, to),
            rooms.plans().rollout(),
            new Paged(visit.page(), to < all.size())));
  }

  /**
   * The page of one version.
   *
   * @param changes that going back to it would make
   * @param problem why nobody can go back to it; empty: one can
   */
  record Version(Plans.Version version, boolean newest, List<PlanChange> changes, String problem) {}

  View version(Visit visit) throws NoSuchPageException {
    long number =
        visit.path("version").matches("[0-9]{1,18}") ? Long.parseLong(visit.path("version")) : 0;
    var version =
        rooms.plans().versions().stream()
            .filter(one -> one.number() == number)
            .findFirst()
            .orElseThrow(
                () -> new NoSuchPageException("the plan has no version " + visit.path("version")));
    var problem = "";
    List<PlanChange> changes = List.of();
    try {
      changes =
          rooms.plans().compare(rooms.plans().files(number).orElseGet(TreeMap::new)).changes();
    } catch (BadPlanException e) {
      problem = String.valueOf(e.getMessage());
    }
    return View.of(
        "version",
        "plan",
        "Version " + number,
        new Version(version, number == rooms.plans().rollout().version(), changes, problem));
  }

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

  static String text(JsonObject object, String member) {
    try {
      return object.text(member);
    } catch (JsonException e) {
      return "";
    }
  }

  static String json(JsonObject object) {
    var json = new io.happo.core.JsonWriter();
    json.value(object);
    return json.toString();
  }
}
