package io.happo.core.plan;

import static java.util.Objects.requireNonNull;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Nearest;
import io.happo.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what people wrote for a fleet. */
final class FleetReader {
  /** Of one script, UTF-8. */
  private static final int MAX_SCRIPT_BYTES = 256 << 10;

  private static final Duration INVENTORY_EVERY = Duration.ofHours(12);
  private static final Duration INVENTORY_TIMEOUT = Duration.ofSeconds(60);

  /** Until an agent that could not be asked for a list is asked again. */
  private static final Duration INVENTORY_RETRY = Duration.ofMinutes(10);

  /** The list that every agent has. */
  private static final String FACTS = "facts";

  /** Names of scripts whose first line need not say what runs them. */
  private static final List<String> WINDOWS_SCRIPTS = List.of(".ps1", ".cmd", ".bat");

  private final List<Problem> problems = new ArrayList<>();

  /** By name. */
  private final SortedMap<String, String> scripts = new TreeMap<>();

  /** By digest. */
  private final SortedMap<String, FleetPlan.Script> used = new TreeMap<>();

  /** What can be taken of archives. */
  private final PackedReader packed;

  private FleetReader(FleetPlan.Archives archives) {
    packed = new PackedReader(archives);
  }

  static FleetPlan read(Map<String, JsonValue> files, FleetPlan.Archives archives)
      throws BadPlanException {
    return new FleetReader(archives).plan(files);
  }

  private FleetPlan plan(Map<String, JsonValue> files) throws BadPlanException {
    var roots = new ArrayList<Members>();
    for (var file : files.entrySet()) {
      root(file.getKey(), file.getValue()).ifPresent(roots::add);
    }
    // Before the checks: one may name a script or an archive of another file.
    for (var root : roots) {
      scripts(root);
      packed.archives(root);
    }
    var alerts = new AlertReader();
    var names = new HashSet<String>();
    var checks = new ArrayList<FleetCheck>();
    var places = new HashMap<String, Members>();
    var inventory = new ArrayList<FleetCheck>();
    var metrics = new ArrayList<FleetMetrics>();
    var collectors = new ArrayList<FleetCollector>();
    var collectorReader = new CollectorReader(problems);
    for (var root : roots) {
      root.each(
          "checks",
          members ->
              check(members, names)
                  .ifPresent(
                      check -> {
                        checks.add(check);
                        places.put(check.name(), members);
                      }));
      root.each("inventory", members -> inventory(members, names).ifPresent(inventory::add));
      root.problem("checks", Rules.count(checks.size() + inventory.size(), Plan.MAX_CHECKS));
      root.each("metrics", members -> metrics(members).ifPresent(metrics::add));
      root.problem("metrics", Rules.count(metrics.size(), Plan.MAX_CHECKS));
      root.each("collectors", one -> collectorReader.ofFleet(one).ifPresent(collectors::add));
      root.problem("collectors", Rules.count(collectors.size(), Plan.MAX_CHECKS));
      alerts.read(root);
      root.refuseOthers();
    }
    for (var collector : collectors) {
      if (names.add(collector.collector().check())) {
        checks.add(collector.check());
      }
    }
    if (!collectors.isEmpty()) {
      var wrong = Rules.count(checks.size() + inventory.size(), Plan.MAX_CHECKS);
      wrong.ifPresent(
          text -> problems.add(new Problem("checks", "with those of collectors " + text)));
    }
    for (var circle : Circles.of(checks)) {
      requireNonNull(places.get(circle.getFirst()))
          .problem(
              "depends",
              "goes round in a circle, in which nobody would be told of any: "
                  + String.join(" → ", circle));
    }
    if (!problems.isEmpty()) {
      throw new BadPlanException(problems);
    }
    return new FleetPlan(
        checks, alerts.rules(), used, packed.used(), inventory, metrics, collectors);
  }

  private Optional<Members> root(String file, JsonValue value) {
    var place = file.isEmpty() ? "" : file + ": ";
    return switch (value) {
      case JsonObject object ->
          Optional.of(new Members(object, place, Members.Manner.WRITTEN_BY_PEOPLE, problems));
      case JsonValue.Null _ -> Optional.empty();
      case JsonValue.Simple other -> {
        problems.add(
            new Problem(
                file,
                "is "
                    + other.kind()
                    + ", expected the members checks, scripts, alerts, inventory, metrics and"
                    + " collectors"));
        yield Optional.empty();
      }
    };
  }

  private void scripts(Members root) {
    var object = root.object("scripts");
    if (object == null) {
      return;
    }
    for (var name : object.names()) {
      object.problem(name, Rules.name(name));
      var text = object.requiredText(name, script -> script(name, script));
      if (scripts.put(name, text) != null) {
        object.problem(name, "is the name of another script too");
      }
    }
  }

  private static Optional<String> script(String name, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_SCRIPT_BYTES) {
      return Optional.of("has " + bytes + " bytes; at most " + MAX_SCRIPT_BYTES + " are possible");
    }
    for (var ending : WINDOWS_SCRIPTS) {
      if (name.endsWith(ending) && !text.isEmpty()) {
        return Optional.empty();
      }
    }
    return text.startsWith("#!")
        ? Optional.empty()
        : Optional.of("does not say what runs it: its first line is to be such as #!/bin/sh");
  }

  private Optional<FleetCheck> check(Members members, Set<String> names) {
    int before = problems.size();
    var name = members.requiredText("name", Rules::name);
    if (!names.add(name) && !name.isEmpty()) {
      members.problem("name", Rules.shown(name) + " is the name of another check too");
    }
    var work = work(members, name);
    var variants = variants(members, name);
    var schedule = schedule(members);
    var timeout = duration(members, "timeout", Check.MAX_TIMEOUT).orElse(Check.DEFAULT_TIMEOUT);
    var retry =
        duration(members, "retry", Check.MAX_RETRY)
            .orElse(schedule.map(FleetReader::retry).orElse(Check.DEFAULT_RETRY));
    long attempts = members.whole("attempts", Check.DEFAULT_ATTEMPTS);
    members.problem("attempts", Rules.attempts(attempts));
    var environment = environment(members);
    var target = target(members, "for").orElse(Target.ALL);
    var except = target(members, "not-for");
    var depends = depends(members);
    boolean quiet = members.made("quiet", FleetReader::isTrue).orElse(false);
    members.refuseOthers();
    if (before != problems.size() || work.isEmpty() || schedule.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FleetCheck(
            name,
            work.get(),
            variants,
            schedule.get(),
            timeout,
            retry,
            (int) attempts,
            environment,
            target,
            except,
            depends,
            quiet));
  }

  /** As a check, without what only one that has a state has. */
  private Optional<FleetCheck> inventory(Members members, Set<String> names) {
    int before = problems.size();
    var name = members.requiredText("name", Rules::name);
    if (name.equals(FACTS)) {
      members.problem("name", "is that of what every agent says of itself");
    }
    if (!names.add(name) && !name.isEmpty()) {
      members.problem("name", Rules.shown(name) + " is the name of a check or another list too");
    }
    var work = work(members, name);
    var variants = variants(members, name);
    var schedule =
        members.has("every") || members.has("cron")
            ? schedule(members)
            : Optional.<Schedule>of(new Schedule.Every(INVENTORY_EVERY));
    var timeout = duration(members, "timeout", Check.MAX_TIMEOUT).orElse(INVENTORY_TIMEOUT);
    var environment = environment(members);
    var target = target(members, "for").orElse(Target.ALL);
    var except = target(members, "not-for");
    members.refuseOthers();
    return before == problems.size() && work.isPresent() && schedule.isPresent()
        ? Optional.of(
            new FleetCheck(
                name,
                work.get(),
                variants,
                schedule.get(),
                timeout,
                INVENTORY_RETRY,
                1,
                environment,
                target,
                except,
                List.of(),
                false))
        : Optional.empty();
  }

  private Optional<FleetMetrics> metrics(Members members) {
    int before = problems.size();
    var plugin = members.made("plugin", Work.Plugin::of);
    if (!members.has("plugin")) {
      members.problem("plugin", "is missing");
    }
    plugin.ifPresent(line -> plugin(members, line));
    var target = target(members, "for").orElse(Target.ALL);
    var except = target(members, "not-for");
    members.refuseOthers();
    return before == problems.size()
        ? plugin.map(line -> new FleetMetrics(line, target, except))
        : Optional.empty();
  }

  static SortedMap<String, String> environment(Members members) {
    var environment = members.map("env");
    members.problem("env", Rules.environment(environment));
    tokens(members, "env", environment.values());
    return environment;
  }

  private static List<Dependency> depends(Members members) {
    var depends = new ArrayList<Dependency>();
    var texts = members.textOrTexts("depends");
    members.problem("depends", Rules.texts(texts));
    tokens(members, "depends", texts);
    for (var text : texts) {
      try {
        depends.add(Dependency.parse(text));
      } catch (IllegalArgumentException e) {
        members.problem("depends", String.valueOf(e.getMessage()));
      }
    }
    return depends;
  }

  private static boolean isTrue(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("is " + Rules.shown(text) + ", expected true or false");
    }
    return text.equals("true");
  }

  /** A check that runs often is not asked again later than it would be anyway. */
  private static Duration retry(Schedule schedule) {
    return schedule instanceof Schedule.Every every
            && every.interval().compareTo(Check.DEFAULT_RETRY) < 0
        ? every.interval()
        : Check.DEFAULT_RETRY;
  }

  private Optional<Work> work(Members members, String check) {
    int before = problems.size();
    var builtin = members.made("builtin", Work.Builtin::of);
    boolean isPacked = members.has("bundle");
    var plugin = isPacked ? Optional.<Work.Plugin>empty() : members.made("plugin", Work.Plugin::of);
    var script = members.text("script");
    var arguments = arguments(members);
    int kinds =
        (members.has("builtin") ? 1 : 0)
            + (members.has("plugin") ? 1 : 0)
            + (script.isPresent() ? 1 : 0);
    if (kinds != 1) {
      members.problem(
          "", "needs " + (kinds == 0 ? "" : "only ") + "one of plugin, script and builtin");
    }
    if (builtin.isPresent()) {
      tokens(members, "builtin", builtin.get().arguments());
    }
    if (plugin.isPresent()) {
      plugin(members, plugin.get());
    }
    var inArchive = isPacked ? packed.read(members, arguments) : Optional.<Work>empty();
    var digest = script.flatMap(named -> digest(members, check, named));
    if (before != problems.size()) {
      return Optional.empty();
    }
    if (builtin.isPresent()) {
      var line = builtin.get();
      return Optional.of(new Work.Builtin(line.name(), joined(line.arguments(), arguments)));
    }
    if (digest.isPresent()) {
      return Optional.of(new Work.Script(digest.get(), arguments));
    }
    if (isPacked) {
      return inArchive;
    }
    return plugin.map(line -> new Work.Plugin(line.name(), joined(line.arguments(), arguments)));
  }

  private static List<String> joined(List<String> inLine, List<String> further) {
    var all = new ArrayList<>(inLine);
    all.addAll(further);
    return all;
  }

  private void plugin(Members members, Work.Plugin plugin) {
    tokens(members, "plugin", plugin.arguments());
    if (Tokens.hasAny(plugin.name())) {
      members.problem(
          "plugin", "has a token in its name: which plugin is run, the plan itself says");
    }
  }

  /** A list of words, or one line of them. */
  private List<String> arguments(Members members) {
    List<String> arguments =
        members.find("arguments").orElse(null) instanceof JsonValue.Array
            ? members.texts("arguments")
            : members.made("arguments", Words::split).orElse(List.of());
    members.problem("arguments", Rules.texts(arguments));
    tokens(members, "arguments", arguments);
    return arguments;
  }

  static void tokens(Members members, String key, Iterable<String> texts) {
    for (var text : texts) {
      members.problem(key, Tokens.wrong(text));
    }
  }

  /** Of the script that is meant: one of the set, by name, or the text itself. */
  private Optional<String> digest(Members members, String check, String script) {
    boolean isText = script.startsWith("#!") || script.indexOf('\n') >= 0;
    var text = isText ? script : scripts.get(script);
    if (text == null) {
      members.problem(
          "script",
          Rules.shown(script)
              + " is none of the scripts"
              + Nearest.suggestion(script, scripts.keySet()));
      return Optional.empty();
    }
    if (isText) {
      members.problem("script", script("", text));
    }
    var digest = Sha256.of(text);
    used.putIfAbsent(digest, new FleetPlan.Script(isText ? check : script, text));
    return Optional.of(digest);
  }

  private SortedMap<String, Work> variants(Members members, String check) {
    var variants = new TreeMap<String, Work>();
    var object = members.object("variants");
    if (object != null) {
      for (var system : object.names()) {
        if (!FleetCheck.SYSTEMS.contains(system)) {
          object.problem(
              system,
              "is no system: linux, windows and darwin are"
                  + Nearest.suggestion(system, FleetCheck.SYSTEMS));
        }
        var variant = object.object(system);
        if (variant != null) {
          work(variant, check).ifPresent(work -> variants.put(system, work));
          variant.refuseOthers();
        }
      }
    }
    return variants;
  }

  private static Optional<Schedule> schedule(Members members) {
    boolean every = members.has("every");
    boolean cron = members.has("cron");
    if (every == cron) {
      members.problem("", every ? "has both every and cron" : "needs every or cron");
    }
    if (every && members.has("timezone")) {
      members.problem("timezone", "belongs to cron");
    }
    var interval = duration(members, "every", Schedule.MAX_INTERVAL);
    var times = PlanReader.times(members);
    return interval.isPresent() ? interval.map(Schedule.Every::new) : times;
  }

  /** Empty also when it is none that can be used. */
  private static Optional<Duration> duration(Members members, String key, Duration most) {
    var duration = members.made(key, Durations::parse);
    if (duration.isEmpty()) {
      return duration;
    }
    var wrong = Rules.duration(duration.get(), most);
    members.problem(key, wrong);
    return wrong.isEmpty() ? duration : Optional.empty();
  }

  static Optional<Target> target(Members members, String key) {
    var object = members.object(key);
    if (object == null) {
      return Optional.empty();
    }
    var target = target(object);
    if (target.equals(Target.ALL)) {
      members.problem(key, "is empty: leave it out, or name tags, facts or agents");
    }
    object.refuseOthers();
    return Optional.of(target);
  }

  static Target target(Members object) {
    return new Target(
        values(object, "tags"), values(object, "facts"), object.textOrTexts("agents"));
  }

  private static SortedMap<String, List<String>> values(Members members, String key) {
    var values = new TreeMap<String, List<String>>();
    var object = members.object(key);
    if (object != null) {
      for (var name : object.names()) {
        values.put(name, object.textOrTexts(name));
      }
    }
    return values;
  }
}
