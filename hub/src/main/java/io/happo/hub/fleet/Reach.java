package io.happo.hub.fleet;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.PlanChange;
import io.happo.hub.store.Agents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which agents have something to do with what changes in a plan.
 *
 * @param check that is new or other; of a collector what its changes are called
 * @param agents how many of those that have joined run it then
 * @param some of their names, the first by name
 */
public record Reach(String check, int agents, List<String> some) {
  private static final int MOST_NAMES = 5;

  public Reach {
    some = List.copyOf(some);
  }

  /**
   * Of each check that changes lead to, in the order of the plan.
   *
   * @param plan as it is after them
   * @param members by name
   */
  static List<Reach> of(List<PlanChange> changes, FleetPlan plan, List<Member> members) {
    var changed = new HashSet<String>();
    changes.forEach(change -> changed.add(change.check()));
    var views =
        members.stream()
            .filter(member -> member.agent().state() == Agents.State.JOINED)
            .map(Member::view)
            .toList();
    var all = new ArrayList<Reach>();
    for (var check : plan.all()) {
      if (changed.contains(PlanChange.nameOf(check, plan))) {
        all.add(of(check.name(), views, check::matches));
      }
    }
    for (var collector : plan.collectors()) {
      var name = PlanChange.nameOf(collector);
      if (changed.contains(name)) {
        all.add(of(name, views, collector::matches));
      }
    }
    return all;
  }

  private static Reach of(String name, List<AgentView> views, Predicate<AgentView> runs) {
    int agents = 0;
    var some = new ArrayList<String>();
    for (var view : views) {
      if (runs.test(view)) {
        agents++;
        if (agents <= MOST_NAMES) {
          some.add(view.name());
        }
      }
    }
    return new Reach(name, agents, some);
  }
}
