package io.happo.hub.web;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.FleetCheck;
import io.happo.core.plan.PlanChange;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Target;
import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.Rollout;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Plans;
import io.happo.hub.yaml.DefaultPlan;
import io.happo.hub.yaml.YamlText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

  private static final long DRAWN_NANOS = 2_000_000_000L;

  private final Rooms rooms;
  private @Nullable Drawn drawn;

  private record Drawn(Plan plan, long nanos) {}

  PlanPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /**
   * Who runs something.
   *
   * @param agents how many that are in
   * @param connected how many of them are there
   * @param named whether tags or names say who, which somebody may have mistyped
   */
  record Reach(int agents, int connected, boolean named) {}

  /**
   * A check of the plan.
   *
   * @param what runs
   * @param isWritten whether it stands in the plan; else it came with a collector
   */
  record Row(FleetCheck check, String what, String when, Reach reach, boolean isWritten) {}

  /**
   * A program that agents keep running.
   *
   * @param what runs
   * @param check the one that tells how it is
   */
  record CollectorRow(String name, String what, String check, Reach reach) {}

  /** The page of the plan. */
  record Plan(
      List<Row> checks, List<CollectorRow> collectors, Rollout rollout, int running, int failed) {}

  View plan(Visit visit) {
    return View.of("plan", "plan", "Checks and plan", plan());
  }

  /** Who runs what is asked of each agent for each check: for all who look, now and then. */
  private synchronized Plan plan() {
    var rollout = rooms.plans().rollout();
    long now = System.nanoTime();
    var last = drawn;
    if (last == null
        || !last.plan().rollout().equals(rollout)
        || now - last.nanos() > DRAWN_NANOS) {
      last = new Drawn(draw(rollout), now);
      drawn = last;
    }
    return last.plan();
  }

  private Plan draw(Rollout rollout) {
    var joined =
        rooms.fleet().everyone().stream()
            .filter(member -> member.agent().state() == State.JOINED)
            .toList();
    var rows = new ArrayList<Row>();
    var current = rooms.plans().current();
    for (var check : current.checks()) {
      var running = joined.stream().filter(member -> check.matches(member.view())).toList();
      rows.add(
          new Row(
              check,
              what(check),
              when(check),
              reach(running, check.target()),
              !current.isOfCollector(check)));
    }
    rows.sort(Comparator.comparing(row -> row.check().name()));
    var collectors = new ArrayList<CollectorRow>();
    for (var one : current.collectors()) {
      var running = joined.stream().filter(member -> one.matches(member.view())).toList();
      collectors.add(
          new CollectorRow(
              one.name(),
              one.collector().commandLine(),
              one.collector().check(),
              reach(running, one.target())));
    }
    collectors.sort(Comparator.comparing(CollectorRow::name));
    int running = 0;
    int failed = 0;
    for (var member : joined) {
      running += rooms.plans().applied(member).isPresent() ? 1 : 0;
      failed += member.agent().planProblems().isEmpty() ? 0 : 1;
    }
    return new Plan(rows, collectors, rollout, running, failed);
  }

  private static Reach reach(List<Member> members, Target target) {
    int connected = 0;
    for (var member : members) {
      connected += member.isConnected() ? 1 : 0;
    }
    boolean named = !target.tags().isEmpty() || !target.agents().isEmpty();
    return new Reach(members.size(), connected, named);
  }

  private static String what(FleetCheck check) {
    return switch (check.work()) {
      case io.happo.core.plan.Work.Builtin builtin -> "built in: " + builtin.commandLine();
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
   * @param script the text of its script; empty when it runs none
   * @param sharedBy other checks that run the same script
   * @param kind {@code script}, {@code plugin} or {@code builtin}
   * @param others members that this page has no field for, which stay as they are
   * @param version that the plan has now
   */
  record Check(
      String name,
      String file,
      Written written,
      String script,
      List<String> sharedBy,
      String kind,
      List<String> others,
      List<Agent> agents,
      String agent,
      long version) {}

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
            new Written(new JsonObject(List.of(), "")),
            FIRST_SCRIPT,
            List.of(),
            "script",
            List.of(),
            agents(),
            visit.query("agent"),
            rooms.plans().rollout().version()));
  }

  View check(Visit visit) throws NoSuchPageException {
    var name = visit.path("check");
    var files = files();
    for (var file : files.entrySet()) {
      for (var check : Written.objects(file.getValue(), "checks")) {
        if (Written.name(check).equals(name)) {
          return View.of("edit", "plan", name, check(name, file.getKey(), check, files, visit));
        }
      }
    }
    throw new NoSuchPageException("the plan has no check '" + name + "'");
  }

  private Check check(
      String name, String file, JsonObject check, SortedMap<String, JsonValue> files, Visit visit) {
    var script = new Written(check).text("script");
    var named = script;
    var sharedBy = new ArrayList<String>();
    for (var document : files.values()) {
      if (document instanceof JsonObject object
          && object.find("scripts").orElse(null) instanceof JsonObject scripts
          && scripts.find(script).orElse(null) instanceof JsonValue.Text text) {
        script = text.value();
        sharedBy.addAll(running(named, files));
        sharedBy.remove(name);
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
        new Written(check),
        script,
        sharedBy,
        check.find("builtin").isPresent()
            ? "builtin"
            : check.find("plugin").isPresent() ? "plugin" : "script",
        others,
        agents(),
        visit.query("agent"),
        rooms.plans().rollout().version());
  }

  /** Names of the checks that run a script of the plan. */
  private static List<String> running(String script, SortedMap<String, JsonValue> files) {
    return files.values().stream()
        .flatMap(document -> Written.objects(document, "checks").stream())
        .filter(check -> new Written(check).text("script").equals(script))
        .map(Written::name)
        .toList();
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

  /**
   * The page of the files, as text.
   *
   * @param name of the file; empty for a new one
   * @param called what a new one is called, unless it is called otherwise
   */
  record Files(String name, String called, List<String> names, String text, long version) {}

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
    boolean isDefault = name.isEmpty() && visit.query("new").equals("default");
    return View.of(
        "files",
        "plan",
        "Files of the plan",
        new Files(
            name,
            isDefault ? DefaultPlan.FILE : name,
            List.copyOf(files.keySet()),
            isDefault ? DefaultPlan.text() : file.map(YamlText::write).orElse("checks: []\n"),
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
}
