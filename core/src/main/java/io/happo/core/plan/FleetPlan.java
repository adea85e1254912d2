package io.happo.core.plan;

import io.happo.core.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What people write: which checks there are, which agents run them, and who is told.
 *
 * @param checks each name once, in the order written; behind them those of the collectors
 * @param alerts who is told, each name once, in the order written
 * @param scripts those that checks run, by their digest
 * @param archives the names of those whose plugins checks run, by their digest
 * @param inventory what is listed, to be looked at and compared: as checks whose outputs are kept.
 *     No name is a check's too
 * @param metrics what is collected
 * @param collectors programs that are kept running, each name once, in the order written. The check
 *     that tells how one is stands among the checks, behind those that were written
 */
public record FleetPlan(
    List<FleetCheck> checks,
    List<AlertRule> alerts,
    SortedMap<String, Script> scripts,
    SortedMap<String, String> archives,
    List<FleetCheck> inventory,
    List<FleetMetrics> metrics,
    List<FleetCollector> collectors) {
  /** No checks. */
  public static final FleetPlan EMPTY =
      new FleetPlan(
          List.of(), List.of(), new TreeMap<>(), new TreeMap<>(), List.of(), List.of(), List.of());

  /** A script's name and its text, whose UTF-8 is the bundle that agents get. */
  public record Script(String name, String text) {}

  /** The archives that a plan may name. */
  @FunctionalInterface
  public interface Archives {
    Archives NONE = _ -> Optional.empty();

    /** The paths of the files in one; empty when it is not there. */
    Optional<Set<String>> files(String sha256);
  }

  public FleetPlan {
    checks = List.copyOf(checks);
    alerts = List.copyOf(alerts);
    scripts = Rules.copy(scripts);
    archives = Rules.copy(archives);
    inventory = List.copyOf(inventory);
    metrics = List.copyOf(metrics);
    collectors = List.copyOf(collectors);
  }

  /**
   * Reads a plan of one document.
   *
   * @throws BadPlanException with all problems
   */
  public static FleetPlan read(JsonValue document) throws BadPlanException {
    return FleetReader.read(Map.of("", document), Archives.NONE);
  }

  /**
   * Reads a plan of several files, as if they were one.
   *
   * @param files the documents by the names of their files, which places begin with
   * @throws BadPlanException with all problems of all files
   */
  public static FleetPlan read(SortedMap<String, JsonValue> files, Archives archives)
      throws BadPlanException {
    return FleetReader.read(files, archives);
  }

  /**
   * What one agent runs. A check with a problem is left out, the others are there.
   *
   * @param bundles the scripts and archives as agents can fetch them, by digest
   */
  public Resolution resolve(AgentView agent, Map<String, Bundle> bundles) {
    return new Resolver(agent, bundles).resolve(this);
  }

  /** The names of what none of these agents runs: a mistyped tag, perhaps. */
  public List<String> unmatched(Iterable<AgentView> agents) {
    var unmatched = new ArrayList<String>();
    for (var check : all()) {
      boolean matched = false;
      for (var at = agents.iterator(); !matched && at.hasNext(); ) {
        matched = check.matches(at.next());
      }
      if (!matched) {
        unmatched.add(check.name());
      }
    }
    return unmatched;
  }

  /** Whether an agent has something else to run by another plan. */
  public boolean differsFor(AgentView agent, FleetPlan other) {
    return !runs(agent).equals(other.runs(agent));
  }

  private Set<Record> runs(AgentView agent) {
    var runs = new HashSet<Record>();
    all().stream().filter(check -> check.matches(agent)).forEach(runs::add);
    metrics.stream().filter(one -> one.matches(agent)).forEach(runs::add);
    collectors.stream().filter(one -> one.matches(agent)).forEach(runs::add);
    return runs;
  }

  /** Whether a check was not written, but comes with a collector. */
  public boolean isOfCollector(FleetCheck check) {
    for (var collector : collectors) {
      if (collector.check().equals(check)) {
        return true;
      }
    }
    return false;
  }

  /** The checks, and what is listed. */
  public List<FleetCheck> all() {
    var all = new ArrayList<>(checks);
    all.addAll(inventory);
    return all;
  }

  /** The rules that tell nothing, whatever happens: with why, for people. */
  public List<String> idleAlerts(Iterable<AgentView> agents) {
    var idle = new ArrayList<String>();
    for (var rule : alerts) {
      boolean agentMatches = false;
      // Which metrics that are no check's there are, no plan says.
      boolean checkMatches =
          rule.about() instanceof AlertRule.About.Agents
              || (rule.about() instanceof AlertRule.About.Metric about && about.checks().isEmpty());
      for (var agent : agents) {
        if (rule.matches(agent)) {
          agentMatches = true;
          for (int i = 0; !checkMatches && i < checks.size(); i++) {
            checkMatches = isAbout(rule, checks.get(i)) && checks.get(i).matches(agent);
          }
        }
      }
      if (!agentMatches) {
        idle.add(rule.name() + ": suits no agent");
      } else if (!checkMatches) {
        idle.add(rule.name() + ": suits no check that its agents run");
      }
    }
    return idle;
  }

  /** What may be a mistake, and may be right with agents of another version: sentences. */
  public List<String> doubts() {
    var doubts = new ArrayList<String>();
    for (var check : all()) {
      var works = new ArrayList<>(check.variants().values());
      works.add(check.work());
      for (var work : works) {
        if (work instanceof Work.Builtin builtin && !BuiltinNames.doubt(builtin.name()).isEmpty()) {
          doubts.add(check.name() + ": " + BuiltinNames.doubt(builtin.name()));
        }
      }
    }
    return doubts;
  }

  private static boolean isAbout(AlertRule rule, FleetCheck check) {
    return switch (rule.about()) {
      case AlertRule.About.Checks about -> about.matches(check.name());
      case AlertRule.About.Agents _ -> false;
      case AlertRule.About.Metric about ->
          about.checks().isEmpty() || Target.suits(about.checks(), check.name());
    };
  }

  /** What is other in a newer plan, by names of checks. */
  public List<PlanChange> changesTo(FleetPlan newer) {
    return PlanChange.between(this, newer);
  }
}
