package io.happo.hub.fleet;

import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.PlanChange;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What applying files does, or would do.
 *
 * @param version the newest one now
 * @param reach which agents run the checks that are new or other
 * @param unmatched checks that no agent runs
 * @param idle rules of alerts that tell nothing, and why
 * @param channels that rules of alerts name
 * @param doubts what may be a mistake
 */
public record Applied(
    long version,
    List<PlanChange> changes,
    List<Reach> reach,
    List<String> unmatched,
    List<String> idle,
    SortedSet<String> channels,
    List<String> doubts) {
  public Applied {
    changes = List.copyOf(changes);
    reach = List.copyOf(reach);
    unmatched = List.copyOf(unmatched);
    idle = List.copyOf(idle);
    channels = Collections.unmodifiableSortedSet(channels);
    doubts = List.copyOf(doubts);
  }

  /**
   * Compares two plans.
   *
   * @param version that the older one is
   * @param members by name
   */
  static Applied of(long version, FleetPlan older, FleetPlan newer, List<Member> members) {
    var changes = older.changesTo(newer);
    var views = members.stream().map(Member::view).toList();
    return new Applied(
        version,
        changes,
        Reach.of(changes, newer, members),
        newer.unmatched(views),
        newer.idleAlerts(views),
        newer.alerts().stream()
            .flatMap(rule -> rule.channels().stream())
            .collect(Collectors.toCollection(TreeSet::new)),
        newer.doubts());
  }

  /** The same, now that it has that number. */
  Applied as(long number) {
    return new Applied(number, changes, reach, unmatched, idle, channels, doubts);
  }
}
