package io.happo.hub.intake;

import io.happo.core.Perfdata;
import io.happo.core.plan.AlertRule;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The values that rules watch, as checks measure them. For the writer's thread. */
final class Values {
  /** Of the name of a value in the name of its check. */
  private static final int MAX_LABEL = 100;

  private final Surroundings world;
  private final HubResults results;
  private List<AlertRule> watching = List.of();

  /** Of a check those that are in trouble, and when it measured each last, by its agent's clock. */
  private final Map<Subject, Map<Subject, Long>> troubles = new HashMap<>();

  Values(Surroundings world, HubResults results) {
    this.world = world;
    this.results = results;
  }

  /** These are the rules from now on. */
  void use(List<AlertRule> rules) {
    watching =
        rules.stream().filter(rule -> rule.about() instanceof AlertRule.About.Metric).toList();
  }

  boolean isWatched(Subject value) {
    return watching.stream().anyMatch(rule -> rule.name().equals(value.rule()));
  }

  /** Nothing is in trouble, as far as is known. */
  void forget() {
    troubles.clear();
  }

  /** Whether a value is in trouble, or was and somebody waits for its end. */
  void follow(Subject value, boolean isFollowed) {
    var check = new Subject(value.agent(), value.checkName());
    if (isFollowed) {
      troubles.computeIfAbsent(check, _ -> new HashMap<>()).putIfAbsent(value, Long.MIN_VALUE);
    } else if (troubles.containsKey(check)) {
      troubles.get(check).remove(value);
      troubles.values().removeIf(Map::isEmpty);
    }
  }

  /** This is what the newest result of a check has measured. */
  void measured(Subject check, int status, List<Perfdata> values, long time) {
    if (watching.isEmpty()) {
      return;
    }
    for (var value : values) {
      watch(check, value, time);
    }
    // One that could not measure is told itself, and says nothing of what it did not measure.
    var known = troubles.get(check);
    if (known != null && (status == 0 || !values.isEmpty())) {
      end(check, known, values, time);
    }
  }

  private void watch(Subject check, Perfdata data, long time) {
    var label = data.label();
    double value = data.value();
    if (Double.isNaN(value)) {
      return;
    }
    for (var rule : watching) {
      if (rule.about() instanceof AlertRule.About.Metric metric
          && metric.matches(check.check(), label)
          && world.agent(check.agent()).map(rule::matches).orElse(false)) {
        boolean trouble = metric.isTrouble(value);
        var beyond = (metric.above() ? ", above " : ", below ") + metric.limit();
        results.say(
            Subject.metric(
                check.agent(), rule.name(), check.check(), Names.shortened(label, MAX_LABEL)),
            trouble ? AlertRule.State.CRITICAL.status() : 0,
            label + " is " + value + (trouble ? beyond : ""),
            time);
      }
    }
  }

  /** What a check has not measured for longer than until its next result is there no more. */
  private void end(Subject check, Map<Subject, Long> known, List<Perfdata> values, long time) {
    var labels = new HashSet<String>();
    values.forEach(value -> labels.add(Names.shortened(value.label(), MAX_LABEL)));
    long within = world.nextWithin(check.check()).orElse(Duration.ZERO).toMillis();
    for (var one : known.entrySet()) {
      if (labels.contains(one.getKey().label()) || one.getValue() == Long.MIN_VALUE) {
        one.setValue(time);
      } else if (time - one.getValue() > within) {
        results.say(one.getKey(), 0, "the check does not measure it any more", time);
      }
    }
  }
}
