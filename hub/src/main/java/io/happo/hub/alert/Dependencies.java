package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Dependency;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** What a check depends on, by the plan, and whether that keeps it from being told. */
final class Dependencies {
  /** What is followed of one check: plans that need more are none that people understand. */
  private static final int MOST = 100;

  private final World world;

  Dependencies(World world) {
    this.world = world;
  }

  /**
   * The first that a check depends on and that is ill, as the plan writes it; empty when there is
   * none. What depends on the check itself does not count, in however many steps: each would be
   * held for the other's sake.
   */
  String failed(Subject subject, AgentView agent, Predicate<Subject> isIll) {
    var check = new Subject(subject.agent(), subject.checkName());
    var failed = new String[] {""};
    any(
        check,
        agent,
        (on, written) -> {
          boolean counts = !on.equals(check) && isIll.test(on) && !leadsTo(on, check);
          failed[0] = counts ? written.toString() : "";
          return counts;
        });
    return failed[0];
  }

  private boolean leadsTo(Subject from, Subject to) {
    var seen = new HashSet<Subject>();
    var next = new ArrayDeque<Subject>();
    next.add(from);
    while (!next.isEmpty() && seen.size() < MOST) {
      var at = next.remove();
      var agent = world.agent(at.agent());
      if (seen.add(at)
          && agent.isPresent()
          && any(
              at,
              agent.get(),
              (on, _) -> {
                next.add(on);
                return on.equals(to);
              })) {
        return true;
      }
    }
    return false;
  }

  /** Whether something holds for any of what a check depends on directly; the rest is not asked. */
  private boolean any(Subject check, AgentView agent, BiPredicate<Subject, Dependency> is) {
    if (check.isAgent()) {
      return false;
    }
    for (var written : world.depends(check.check())) {
      var resolved = written.resolve(agent);
      if (resolved.isEmpty()) {
        continue;
      }
      var other = resolved.get().agent();
      var number = other.isEmpty() ? OptionalLong.of(check.agent()) : world.number(other);
      if (number.isEmpty()) {
        continue;
      }
      var name = resolved.get().check();
      var on = new Subject(number.getAsLong(), name.isEmpty() ? Subject.AGENT : name);
      if (is.test(on, resolved.get())) {
        return true;
      }
    }
    return false;
  }
}
