package io.happo.hub.intake;

import io.happo.core.plan.AlertRule;
import io.happo.hub.alert.Health;
import io.happo.hub.alert.Overload;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for checks that an agent runs, and of which nothing comes though it is there: each is a
 * trouble of its own, unless the agent is late with many of them. For the writer's thread.
 */
final class Overdue {
  /** So long, or half of its time, a check of several is late before that is its own trouble. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Surroundings world;
  private final HubResults results;

  /** The agents that are late with many. */
  private final Map<Long, Health.Trouble> overloaded = new HashMap<>();

  /** One of which nothing has come for so long. */
  private record Missed(KnownAgent.Check check, long silent, long most) {}

  Overdue(Surroundings world, HubResults results) {
    this.world = world;
    this.results = results;
  }

  void forget() {
    overloaded.clear();
  }

  /** How an agent is, with what is known here. */
  Health.Seen with(long agent, Health.Seen seen) {
    var trouble = overloaded.get(agent);
    return trouble == null ? seen : seen.and(trouble);
  }

  /**
   * Looks at one.
   *
   * @param nanos as {@link System#nanoTime}
   * @param resumed since when the writer has not stood still, by the same
   * @param now unix milliseconds
   */
  void look(KnownAgent agent, List<AlertRule> rules, long nanos, long resumed, long now) {
    long runs = world.runs(agent.number).orElse(-1);
    if (runs != agent.runs) {
      agent.runs = runs;
      agent.runsSinceNanos = nanos;
    }
    if (runs < 0) {
      agent.runsSinceNanos = nanos;
      overloaded.remove(agent.number);
      return;
    }
    var times = new ArrayList<Overload.Timely>();
    var missed = new ArrayList<Missed>();
    for (var check : agent.checks()) {
      if (check.state == null || Subject.isHubs(check.name) || check.lateAt.isPresent()) {
        continue;
      }
      boolean isToRun = world.isToRun(agent.number, check.name);
      if (!check.state.isCalm() && !isToRun) {
        results.say(
            new Subject(agent.number, check.name),
            0,
            "OK - not watched any more: the plan has it not for this agent",
            now);
      }
      var within = world.nextWithin(check.name);
      if (isToRun && within.isPresent()) {
        long most = within.get().toNanos();
        long silent = nanos - Math.max(check.heardNanos, Math.max(agent.runsSinceNanos, resumed));
        if (check.isLate(silent > most, nanos)) {
          missed.add(new Missed(check, silent, most));
        }
        times.add(new Overload.Timely(most, check.wasLate(most, nanos)));
      }
    }
    if (isOverloaded(agent.number, Overload.of(times), rules, now)) {
      return;
    }
    // Others may be late as well, which is seen only once they are: they run at other times.
    boolean alone = times.size() < Overload.MANY;
    for (var one : missed) {
      if (alone || one.check.lateFor(nanos) >= Math.min(one.most / 2, PATIENCE.toNanos())) {
        say(agent, one, now);
      }
    }
  }

  private void say(KnownAgent agent, Missed missed, long now) {
    results.say(
        new Subject(agent.number, missed.check.name),
        AlertRule.State.UNKNOWN.status(),
        "UNKNOWN - no result for "
            + Duration.ofNanos(missed.silent).toSeconds()
            + " s, though the agent is connected",
        now);
  }

  /** Whether an agent is late with many, and somebody is told of that. */
  private boolean isOverloaded(long agent, Overload overload, List<AlertRule> rules, long now) {
    if (!overload.holds(overloaded.containsKey(agent))) {
      overloaded.remove(agent);
      return false;
    }
    overloaded.computeIfAbsent(agent, _ -> overload.trouble(now));
    var view = world.agent(agent);
    return view.isPresent()
        && rules.stream()
            .anyMatch(
                rule ->
                    rule.about() instanceof AlertRule.About.Agents about
                        && !about.away()
                        && rule.matches(view.get()));
  }
}
