package io.happo.core.plan;

import io.happo.core.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What people write: which checks there are and which agents run them.
 *
 * @param checks each name once, in the order written
 * @param scripts those that checks run, by their digest
 */
public record FleetPlan(List<FleetCheck> checks, SortedMap<String, Script> scripts) {
  /** No checks. */
  public static final FleetPlan EMPTY = new FleetPlan(List.of(), new TreeMap<>());

  /** A script's name and its text, whose UTF-8 is the bundle that agents get. */
  public record Script(String name, String text) {}

  public FleetPlan {
    checks = List.copyOf(checks);
    scripts = Rules.copy(scripts);
  }

  /**
   * Reads a plan of one document.
   *
   * @throws BadPlanException with all problems
   */
  public static FleetPlan read(JsonValue document) throws BadPlanException {
    return FleetReader.read(Map.of("", document));
  }

  /**
   * Reads a plan of several files, as if they were one.
   *
   * @param files the documents by the names of their files, which places begin with
   * @throws BadPlanException with all problems of all files
   */
  public static FleetPlan read(SortedMap<String, JsonValue> files) throws BadPlanException {
    return FleetReader.read(files);
  }

  /**
   * What one agent runs. A check with a problem is left out, the others are there.
   *
   * @param bundles the scripts as agents can fetch them, by digest
   */
  public Resolution resolve(AgentView agent, Map<String, Bundle> bundles) {
    return new Resolver(agent, bundles).resolve(this);
  }

  /** The names of the checks that none of these agents runs: a mistyped tag, perhaps. */
  public List<String> unmatched(Iterable<AgentView> agents) {
    var unmatched = new ArrayList<String>();
    for (var check : checks) {
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

  /** What is other in a newer plan, by names of checks. */
  public List<PlanChange> changesTo(FleetPlan newer) {
    return PlanChange.between(this, newer);
  }
}
