package io.happo.hub.intake;

import io.happo.core.MetricName;
import io.happo.core.Perfdata;
import io.happo.core.link.Item;
import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.AlertRule.About.Metric;
import io.happo.hub.alert.Gauge;
import io.happo.hub.alert.Health;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The values that rules watch: those of checks, metrics that are no check's, and what becomes of
 * them over several agents. What no rule watches costs a look for its name. For the writer's
 * thread.
 */
final class Values {
  /** So long a group is not judged after a start: until then all agents have come. */
  static final Duration SETTLED = Health.COMES_BACK;

  /** Values that are known, all rules together; some 500 bytes each, of changes up to 2 KiB. */
  static final int MOST = 100_000;

  /** Names of which it is known which rules they suit. */
  private static final int MOST_NAMES = 100_000;

  /** What has not come for so long is known no more; what is to come, for its own time longer. */
  private static final Duration FORGOTTEN = Duration.ofDays(7);

  /** How often it is looked for what does not come. */
  private static final Duration LOOK = Duration.ofSeconds(15);

  /** A value in trouble of which nobody knows how often it comes: three times this. */
  private static final Duration UNKNOWN = Duration.ofMinutes(30);

  private static final System.Logger LOG = System.getLogger("happo.alerts");

  private final Surroundings world;
  private final HubResults results;
  private final Passing passing;
  private List<Watching> watching = List.of();
  private boolean watchesMetrics; // That are no check's.
  private final Set<String> changed = new HashSet<>();

  private final Map<String, Map<String, List<Watching>>> ofChecks = new HashMap<>();
  private final Map<String, List<Watching>> ofMetrics = new HashMap<>();
  private int names;

  /** What is in trouble, or was and somebody waits for its end; the same by check. */
  private final Map<Subject, Followed> followed = new HashMap<>();

  private final Map<Subject, Map<Subject, Followed>> byCheck = new HashMap<>();

  private long now; // By the last look or transaction, unix milliseconds.
  private long searchedNanos;
  private final Watching.Room room = new Watching.Room();
  private final Watching.Said said =
      new Watching.Said() {
        @Override
        public void say(Subject subject, Gauge.Reading reading, long time, long everyNanos) {
          Values.this.say(subject, reading, time, everyNanos);
        }

        @Override
        public void comes(Subject subject) {
          Values.this.comes(subject);
        }
      };

  /** A value in trouble. */
  private static final class Followed {
    long time = Long.MIN_VALUE; // When its check measured it last, by its agent's clock.
    long heardNanos;
    long everyNanos;
    String text = "";
  }

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Values(Surroundings world, HubResults results, LongSupplier nanos) {
    this.world = world;
    this.results = results;
    this.passing = new Passing(nanos);
  }

  /** These are the rules from now on. */
  void use(List<AlertRule> rules) {
    var before = watching;
    var those = new ArrayList<Watching>();
    changed.clear();
    watchesMetrics = false;
    for (var rule : rules) {
      if (rule.about() instanceof Metric metric) {
        watchesMetrics |= metric.checks().isEmpty();
        var same = before.stream().filter(one -> one.isOf(rule)).findFirst();
        same.ifPresent(one -> one.become(rule));
        those.add(same.orElseGet(() -> new Watching(rule, metric, room, passing.time())));
        if (before.stream()
            .anyMatch(
                one -> one.rule().name().equals(rule.name()) && !metric.watchesAs(one.metric))) {
          changed.add(rule.name());
        }
      }
    }
    watching = List.copyOf(those);
    room.left = MOST - watching.stream().mapToInt(Watching::size).sum();
    forgetNames();
  }

  private void forgetNames() {
    ofChecks.clear();
    ofMetrics.clear();
    names = 0;
  }

  /** Whether a rule still says how something is. */
  boolean isWatched(Subject value) {
    return !changed.contains(value.rule()) && watching.stream().anyMatch(one -> isBy(one, value));
  }

  private static boolean isBy(Watching one, Subject value) {
    return one.rule().name().equals(value.rule()) && one.isGrouped() == value.isGroup();
  }

  /**
   * A transaction begins.
   *
   * @param now unix milliseconds
   */
  void begin(long now) {
    this.now = now;
  }

  /**
   * What is in trouble is read again after a failure. Values that came are known still: those that
   * could not be stored come once more, and say the same.
   */
  void forget() {
    passing.fail();
    followed.clear();
    byCheck.clear();
  }

  /** The store is another one: an agent of the same number may be another agent. */
  void restored() {
    forget();
    watching = List.of();
    forgetNames();
  }

  /** Whether a value is in trouble, or was and somebody waits for its end. */
  void follow(Subject value, boolean isFollowed) {
    var check = new Subject(value.agent(), value.checkName());
    if (isFollowed) {
      var one = followed.computeIfAbsent(value, _ -> follow());
      if (!check.check().isEmpty()) {
        byCheck.computeIfAbsent(check, _ -> new HashMap<>()).put(value, one);
      }
    } else if (followed.remove(value) != null && byCheck.containsKey(check)) {
      byCheck.get(check).remove(value);
      byCheck.values().removeIf(Map::isEmpty);
    }
  }

  private Followed follow() {
    var one = new Followed();
    one.heardNanos = passing.time();
    one.everyNanos = UNKNOWN.toNanos();
    return one;
  }

  /**
   * What something in trouble says now.
   *
   * @param before what it said when it became so
   * @param lasting for how long it has been so, in words
   */
  String text(Subject value, String before, String lasting) {
    var one = followed.get(value);
    var text = one == null || one.text.isEmpty() ? before.strip() : one.text;
    boolean isAt = by(value).map(Watching::isLevel).orElse(false);
    return isAt && !lasting.isEmpty() ? text + " for " + lasting : text;
  }

  private void say(Subject subject, Gauge.Reading reading, long time, long everyNanos) {
    if (reading.trouble()) {
      follow(subject, true); // Also what is well again before this is written.
    }
    var one = followed.isEmpty() ? null : followed.get(subject);
    if (one != null) {
      one.heardNanos = passing.time();
      one.everyNanos = everyNanos == 0 ? UNKNOWN.toNanos() : everyNanos;
      one.text = reading.text();
    }
    results.say(subject, reading.status(), reading.text(), time);
  }

  private void comes(Subject subject) {
    var one = followed.get(subject);
    if (one != null) {
      one.heardNanos = passing.time();
    }
  }

  // ---- What comes

  /** This is what the newest result of a check has measured. */
  void measured(Subject check, int status, List<Perfdata> values, long time) {
    if (watching.isEmpty()) {
      return;
    }
    var byLabel = values.isEmpty() ? null : ofCheck(check.check());
    AgentView view = null;
    for (var value : values) {
      var those = byLabel == null ? List.<Watching>of() : ofLabel(byLabel, check.check(), value);
      if (those.isEmpty() || Double.isNaN(value.value())) {
        continue;
      }
      view = view == null ? world.agent(check.agent()).orElse(null) : view;
      if (view != null) {
        var source = new Watching.Source(check.agent(), check.check(), "", value.label());
        var found = new Watching.Value(source, view, time, value.value(), true);
        take(those, found, byCheck.containsKey(check));
      }
    }
    // One that could not measure is told itself, and says nothing of what it did not measure.
    var known = byCheck.isEmpty() ? null : byCheck.get(check);
    if (known != null && (status == 0 || !values.isEmpty())) {
      end(check, known, values, time);
    }
  }

  /** This was measured, and not by a check. */
  void measured(long agent, Item.Metrics metrics, long receivedAt) {
    if (!watchesMetrics) {
      return;
    }
    var batch = metrics.batch();
    AgentView view = null;
    for (var metric : batch.metrics().entrySet()) {
      var those = ofMetric(metric.getKey());
      if (those.isEmpty()) {
        continue;
      }
      view = view == null ? world.agent(agent).orElse(null) : view;
      if (view == null) {
        return;
      }
      var source = new Watching.Source(agent, "", host(batch.hostname(), view), metric.getKey());
      // A clock that was ahead must not keep out what comes after it was set right.
      long time = Math.min(metrics.time(), receivedAt);
      take(those, new Watching.Value(source, view, time, metric.getValue(), false), false);
    }
  }

  private static String host(String host, AgentView view) {
    boolean own = host.equals(view.name()) || host.equals(view.facts().get("hostname"));
    return own ? "" : host;
  }

  private void take(List<Watching> those, Watching.Value value, boolean isFollowed) {
    for (var one : those) {
      if (!one.take(value, isFollowed, passing.time(), now, said) && room.isNews()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "rules watch more than {0} values: no more are watched; name fewer by metric, checks or"
                + " for",
            MOST);
      }
    }
  }

  private Map<String, List<Watching>> ofCheck(String check) {
    var known = ofChecks.get(check);
    if (known == null) {
      room();
      known = new HashMap<>();
      ofChecks.put(check, known);
    }
    return known;
  }

  private List<Watching> ofLabel(
      Map<String, List<Watching>> byLabel, String check, Perfdata value) {
    var known = byLabel.get(value.label());
    if (known == null) {
      room();
      known = watching.stream().filter(one -> one.metric.matches(check, value.label())).toList();
      byLabel.put(value.label(), known);
    }
    return known;
  }

  private List<Watching> ofMetric(String name) {
    var known = ofMetrics.get(name);
    if (known == null) {
      room();
      var metric = MetricName.of(name);
      known = watching.stream().filter(one -> one.metric.matches(metric)).toList();
      ofMetrics.put(name, known);
    }
    return known;
  }

  /** For one more name. */
  private void room() {
    if (++names > MOST_NAMES) {
      forgetNames();
    }
  }

  // ---- What does not come

  /** What a check has not measured for longer than until its next result is there no more. */
  private void end(Subject check, Map<Subject, Followed> known, List<Perfdata> values, long time) {
    var labels = new HashSet<String>();
    for (var value : values) {
      labels.add(new Watching.Source(0, check.check(), "", value.label()).label());
    }
    long within = world.nextWithin(check.check()).orElse(Duration.ZERO).toMillis();
    for (var one : known.entrySet()) {
      var value = one.getKey();
      if (labels.contains(value.label()) || one.getValue().time == Long.MIN_VALUE) {
        one.getValue().time = time;
      } else if (time - one.getValue().time > within
          && by(value).map(w -> !w.isAbsence()).orElse(true)) {
        results.say(value, 0, "the check does not measure it any more", time);
      }
    }
  }

  private Optional<Watching> by(Subject value) {
    return watching.stream().filter(one -> isBy(one, value)).findFirst();
  }

  /**
   * Looks what follows from time that has passed; to be called often.
   *
   * @param now unix milliseconds
   */
  void look(long now) {
    this.now = now;
    long passed = passing.look();
    boolean search = passed - searchedNanos >= LOOK.toNanos();
    if (search) {
      watching.forEach(one -> one.ripen(world, passed, now, said));
    }
    if (passing.isSettled()) {
      if (search) {
        watching.forEach(one -> one.look(world, FORGOTTEN.toNanos(), passed, now, said));
      }
      watching.forEach(one -> one.judge(search, passed, now, said));
    }
    if (search) {
      followed.forEach((value, one) -> endSilent(value, one, passed - searchedNanos, now));
      searchedNanos = passed;
      room.look();
    }
  }

  /**
   * What no check measures ends when it does not come any more, unless that is the trouble: then it
   * ends when it is not to come.
   *
   * @param sinceSearch how long the last search was ago, in nanoseconds
   */
  private void endSilent(Subject value, Followed one, long sinceSearch, long now) {
    var by = by(value);
    if (by.isEmpty()) {
      return;
    }
    if (!world.away(value.agent()).isEmpty()) {
      one.heardNanos = Math.min(passing.time(), one.heardNanos + sinceSearch);
    } else if (by.get().isTroubleByNone()) {
      if (!Watching.isRun(world, value.agent(), value.checkName())) {
        results.say(value, 0, "its check is not run any more", now);
      }
    } else if (value.checkName().isEmpty() && !by.get().knows(value)) {
      long most = Math.max(Watched.FRESH.toNanos(), 3 * one.everyNanos);
      if (passing.isSettled()
          && passing.time() - one.heardNanos > most
          && Watching.isBack(world, value.agent(), most, now)) {
        results.say(value, 0, "it does not come any more", now);
      }
    }
  }
}
