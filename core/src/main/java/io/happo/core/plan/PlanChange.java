package io.happo.core.plan;

import io.happo.core.Sha256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One difference between two plans of a fleet. Values are written as in a plan, whatever they were
 * written like; those of variables, which may be secrets, are not told.
 *
 * @param check its name; for a rule of alerts {@code alert} and its name, and so for inventory,
 *     metrics and collectors
 * @param member which changed, such as {@code every} or {@code env.PASSWORD}; empty when the whole
 *     check was added or removed
 * @param before empty when there was none
 * @param after empty when there is none any more
 */
public record PlanChange(Kind kind, String check, String member, String before, String after) {
  private static final String HIDDEN = "(hidden)";

  /** Before the name of a rule; no check's name holds a blank. */
  private static final String ALERT = "alert ";

  private static final String INVENTORY = "inventory ";
  private static final String METRICS = "metrics ";
  private static final String COLLECTOR = "collector ";

  /** Digits of a digest that stand for a text which is too long to be shown. */
  private static final int SHORT_DIGEST = 12;

  /** What happened to it. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /** What changes of a check, or of a list, of a plan are called. */
  public static String nameOf(FleetCheck check, FleetPlan plan) {
    return plan.inventory().contains(check) ? INVENTORY + check.name() : check.name();
  }

  /** What changes of a collector are called. */
  public static String nameOf(FleetCollector collector) {
    return COLLECTOR + collector.name();
  }

  static List<PlanChange> between(FleetPlan old, FleetPlan newer) {
    var before = byName(old);
    var after = byName(newer);
    var names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    var changes = new ArrayList<PlanChange>();
    for (var name : names) {
      var one = before.get(name);
      var other = after.get(name);
      if (one == null || other == null) {
        changes.add(new PlanChange(one == null ? Kind.ADDED : Kind.REMOVED, name, "", "", ""));
      } else {
        compare(name, one, other, changes);
      }
    }
    return changes;
  }

  private static Map<String, SortedMap<String, String>> byName(FleetPlan plan) {
    var all = new HashMap<String, SortedMap<String, String>>();
    for (var check : plan.checks()) {
      if (!plan.isOfCollector(check)) {
        all.put(check.name(), members(check, plan));
      }
    }
    for (var collector : plan.collectors()) {
      all.put(nameOf(collector), members(collector));
    }
    for (var one : plan.inventory()) {
      all.put(nameOf(one, plan), members(one, plan));
    }
    for (var one : plan.metrics()) {
      var members = new TreeMap<String, String>();
      put(members, "for.", one.target());
      one.except().ifPresent(target -> put(members, "not-for.", target));
      var name = METRICS + one.plugin().commandLine();
      for (int n = 2; all.containsKey(name); n++) {
        name = METRICS + one.plugin().commandLine() + " (" + n + ")";
      }
      all.put(name, members);
    }
    for (var rule : plan.alerts()) {
      all.put(ALERT + rule.name(), members(rule));
    }
    return all;
  }

  private static void compare(
      String name,
      SortedMap<String, String> before,
      SortedMap<String, String> after,
      List<PlanChange> changes) {
    var members = new TreeSet<>(before.keySet());
    members.addAll(after.keySet());
    for (var member : members) {
      var one = before.getOrDefault(member, "");
      var other = after.getOrDefault(member, "");
      if (!one.equals(other)) {
        boolean secret = member.startsWith("env.");
        changes.add(
            new PlanChange(
                Kind.CHANGED,
                name,
                member,
                secret && !one.isEmpty() ? HIDDEN : one,
                secret && !other.isEmpty() ? HIDDEN : other));
      }
    }
  }

  private static SortedMap<String, String> members(FleetCheck check, FleetPlan plan) {
    var members = new TreeMap<String, String>();
    put(members, "", check.work(), plan);
    check
        .variants()
        .forEach((system, work) -> put(members, "variants." + system + ".", work, plan));
    switch (check.schedule()) {
      case Schedule.Every every -> members.put("every", Durations.text(every.interval()));
      case Schedule.AtTimes times -> {
        members.put("cron", times.cron().toString());
        times.zone().ifPresent(zone -> members.put("timezone", zone.getId()));
      }
    }
    members.put("timeout", Durations.text(check.timeout()));
    members.put("retry", Durations.text(check.retry()));
    members.put("attempts", String.valueOf(check.maxAttempts()));
    check.environment().forEach((name, value) -> members.put("env." + name, value));
    put(members, "for.", check.target());
    check.except().ifPresent(target -> put(members, "not-for.", target));
    if (!check.depends().isEmpty()) {
      members.put(
          "depends",
          check.depends().stream().map(Dependency::toString).collect(Collectors.joining(", ")));
    }
    if (check.quiet()) {
      members.put("quiet", "true");
    }
    return members;
  }

  /** Of files, which are long and may hold secrets, what tells two versions apart. */
  private static SortedMap<String, String> members(FleetCollector fleet) {
    var members = new TreeMap<String, String>();
    var collector = fleet.collector();
    members.put("command", collector.commandLine());
    if (!collector.validate().isEmpty()) {
      members.put("validate", collector.validateLine());
    }
    collector
        .files()
        .forEach(
            (name, text) ->
                members.put("files." + name, Sha256.of(text).substring(0, SHORT_DIGEST)));
    collector.environment().forEach((name, value) -> members.put("env." + name, value));
    if (collector.memoryBytes() > 0) {
      members.put("memory", Sizes.text(collector.memoryBytes()));
    }
    if (!collector.scrape().isEmpty()) {
      members.put("scrape", String.join(", ", collector.scrape()));
      members.put("every", Durations.text(collector.scrapeEvery()));
    }
    put(members, "for.", fleet.target());
    fleet.except().ifPresent(target -> put(members, "not-for.", target));
    return members;
  }

  private static SortedMap<String, String> members(AlertRule rule) {
    var members = new TreeMap<String, String>();
    switch (rule.about()) {
      case AlertRule.About.Checks checks -> {
        members.put("checks", checks.names().isEmpty() ? "*" : String.join(", ", checks.names()));
        members.put("states", words(checks.states()));
      }
      case AlertRule.About.Agents agents ->
          members.put("agent", agents.away() ? "away" : "trouble");
      case AlertRule.About.Metric metric -> {
        if (!metric.checks().isEmpty()) {
          members.put("checks", String.join(", ", metric.checks()));
        }
        members.put("metric", metric.name().text());
        put(members, metric.limit());
        if (metric.group().isPresent()) {
          members.put("aggregate", metric.group().get().aggregate().word());
          members.put("by", String.join(", ", metric.group().get().by()));
        }
      }
    }
    put(members, "for.", rule.target());
    rule.except().ifPresent(target -> put(members, "not-for.", target));
    for (var step : rule.steps()) {
      members.put("tell after " + Durations.text(step.after()), String.join(", ", step.channels()));
    }
    members.put("repeat", rule.repeat().isZero() ? "never" : Durations.text(rule.repeat()));
    members.put(
        "when", rule.when() + (rule.when().spans().isEmpty() ? "" : " " + rule.when().zone()));
    members.put("also", words(rule.also()));
    return members;
  }

  private static void put(SortedMap<String, String> members, Limit limit) {
    switch (limit) {
      case Limit.Level level -> members.put(level.key(), level.text());
      case Limit.Change change -> {
        members.put(change.key(), change.amount());
        members.put("within", Durations.text(change.within()));
      }
      case Limit.Absent absent -> members.put("absent", Durations.text(absent.time()));
    }
  }

  private static String words(Set<? extends Enum<?>> values) {
    return values.stream()
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static void put(
      SortedMap<String, String> members, String prefix, Work work, FleetPlan plan) {
    switch (work) {
      case Work.Builtin builtin -> members.put(prefix + "builtin", builtin.commandLine());
      case Work.Plugin plugin -> members.put(prefix + "plugin", plugin.commandLine());
      case Work.Packed packed -> {
        var known = plan.archives().get(packed.sha256());
        members.put(
            prefix + "bundle",
            (known == null ? "" : known + " ") + packed.sha256().substring(0, SHORT_DIGEST));
        members.put(prefix + "plugin", packed.commandLine());
      }
      case Work.Script script -> {
        var known = plan.scripts().get(script.sha256());
        members.put(
            prefix + "script",
            (known == null ? "" : known.name() + " ") + script.sha256().substring(0, SHORT_DIGEST));
        if (!script.arguments().isEmpty()) {
          members.put(
              prefix + "arguments",
              Words.join(
                  script.arguments().getFirst(),
                  script.arguments().subList(1, script.arguments().size())));
        }
      }
    }
  }

  private static void put(SortedMap<String, String> members, String prefix, Target target) {
    target
        .tags()
        .forEach((name, values) -> members.put(prefix + "tags." + name, String.join(", ", values)));
    target
        .facts()
        .forEach(
            (name, values) -> members.put(prefix + "facts." + name, String.join(", ", values)));
    if (!target.agents().isEmpty()) {
      members.put(prefix + "agents", String.join(", ", target.agents()));
    }
  }
}
