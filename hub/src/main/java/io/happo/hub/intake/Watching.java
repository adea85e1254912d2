package io.happo.hub.intake;

import io.happo.core.MetricName;
import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.AlertRule.About.Metric;
import io.happo.core.plan.Limit;
import io.happo.hub.alert.Gauge;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one rule about values knows of those that it watches. For the writer's thread. */
final class Watching {
  /** What comes no more often than this counts at least so long. */
  static final Duration FRESH = Duration.ofMinutes(5);

  /** Of the name of a group, or of a metric with its host. */
  private static final int MAX_LABEL = 200;

  /** Of the name of a value in the name of its check. */
  private static final int MAX_OF_CHECK = 100;

  final Metric metric;
  private final Limit limit;
  private AlertRule rule;
  private final Room room;
  private final long sinceNanos;
  private final Map<Source, One> ones = new HashMap<>();
  private final Map<String, Many> groups = new LinkedHashMap<>();

  /**
   * What measures a value.
   *
   * @param check empty: no check does
   * @param host where, when it is not the agent's own
   */
  record Source(long agent, String check, String host, String name) {
    String label() {
      return Names.shortened(
          host.isEmpty() ? name : name + " of " + host, check.isEmpty() ? MAX_LABEL : MAX_OF_CHECK);
    }
  }

  /** One value; times in nanoseconds are by {@link System#nanoTime}. */
  private static final class One {
    final Source source;
    final Subject subject;
    final Gauge gauge;
    long time = Long.MIN_VALUE; // Of the newest, by the clock of its agent, unix milliseconds.
    long heardNanos;
    long everyNanos; // How far apart they are; 0: not known.
    double value;
    @Nullable Many group;

    One(Source source, Subject subject, Gauge gauge) {
      this.source = source;
      this.subject = subject;
      this.gauge = gauge;
    }

    /** Takes a value; false when it is older than the newest one. */
    private boolean take(Value newValue, long nanos) {
      if (newValue.time() < time && !newValue.newest()) {
        return false;
      }
      if (time != Long.MIN_VALUE) {
        everyNanos = Math.max(nanos - heardNanos, everyNanos - everyNanos / 4);
      }
      time = newValue.time();
      heardNanos = nanos;
      value = newValue.value();
      return true;
    }

    /** Whether it counts among others. */
    private boolean isFresh(long nanos, long resumed) {
      return nanos - Math.max(heardNanos, resumed) <= Math.max(FRESH.toNanos(), 3 * everyNanos);
    }
  }

  /** Values of several agents that are one. */
  private static final class Many {
    final Subject subject;
    final Gauge gauge;
    final HashSet<One> members = new HashSet<>();
    long heardNanos;
    boolean news;

    Many(Subject subject, Gauge gauge) {
      this.subject = subject;
      this.gauge = gauge;
    }
  }

  /**
   * A value that has come.
   *
   * @param time by the clock of its agent, unix milliseconds
   * @param newest whether it is known to be newer than all before
   */
  record Value(Source source, AgentView agent, long time, double value, boolean newest) {}

  /** How many more values may be known, all rules together. */
  static final class Room {
    /** When so many are free it is told again that there is no room. */
    private static final int FREE = Values.MOST / 100;

    int left;
    private boolean told;

    /** Whether nobody has been told yet that there is no room. */
    boolean isNews() {
      boolean news = !told;
      told = true;
      return news;
    }

    /** To be called when some may be free again. */
    void look() {
      told &= left < FREE;
    }
  }

  /** Is told what a value says. */
  @FunctionalInterface
  interface Said {
    void say(Subject subject, Gauge.Reading reading, long time, long everyNanos);
  }

  Watching(AlertRule rule, Metric metric, Room room, long nanos) {
    this.room = room;
    this.rule = rule;
    this.metric = metric;
    this.limit = metric.limit();
    this.sinceNanos = nanos;
  }

  AlertRule rule() {
    return rule;
  }

  /** The rule is another one, by which the same is known. */
  void become(AlertRule other) {
    rule = other;
  }

  boolean isOf(AlertRule other) {
    return rule.name().equals(other.name())
        && rule.about().equals(other.about())
        && rule.target().equals(other.target())
        && rule.except().equals(other.except());
  }

  boolean isGrouped() {
    return metric.group().isPresent();
  }

  boolean isAbsence() {
    return limit instanceof Limit.Absent;
  }

  boolean isLevel() {
    return limit instanceof Limit.Level;
  }

  int size() {
    return ones.size();
  }

  /** Whether values of checks are judged without knowing of earlier ones. */
  private boolean isForgetful(Source source) {
    return limit instanceof Limit.Level && !isGrouped() && !source.check().isEmpty();
  }

  /**
   * Takes a value.
   *
   * @param isFollowed whether something of its check is in trouble
   * @return false when there was no room for it
   */
  boolean take(Value value, boolean isFollowed, long nanos, Said said) {
    var source = value.source();
    if (!rule.matches(value.agent())) {
      return true;
    }
    if (isForgetful(source)) {
      var reading = new Gauge(limit).read(source.label(), value.time(), value.value());
      if (reading.trouble() || isFollowed) {
        said.say(subject(source), reading, value.time(), 0);
      }
      return true;
    }
    var one = ones.get(source);
    if (one == null) {
      if (room.left <= 0) {
        return false;
      }
      room.left--;
      one = new One(source, subject(source), new Gauge(limit));
      ones.put(source, one);
    }
    if (one.take(value, nanos)) {
      if (isGrouped()) {
        join(one, value.agent());
      } else {
        said.say(
            one.subject,
            one.gauge.read(source.label(), one.time, one.value),
            one.time,
            one.everyNanos);
      }
    }
    return true;
  }

  private Subject subject(Source source) {
    return Subject.metric(source.agent(), rule.name(), source.check(), source.label());
  }

  // ---- Of several agents

  private void join(One one, AgentView view) {
    var label = label(one.source, view);
    var group =
        label.isEmpty()
            ? null
            : groups.computeIfAbsent(
                label.get(), name -> new Many(Subject.group(rule.name(), name), new Gauge(limit)));
    if (one.group != group) {
      leave(one);
      one.group = group;
    }
    if (group != null) {
      group.members.add(one);
      group.heardNanos = one.heardNanos;
      group.news = true;
    }
  }

  private static void leave(One one) {
    if (one.group != null) {
      one.group.members.remove(one);
      one.group.news = true;
      one.group = null;
    }
  }

  /** Which group it belongs to; empty when it lacks what that goes by. */
  private Optional<String> label(Source source, AgentView view) {
    var words = new ArrayList<String>();
    var by = metric.group().map(AlertRule.Group::by).orElseThrow();
    var name = MetricName.of(source.name());
    for (var key : by) {
      var tag = view.tags().getOrDefault(key, name.tags().get(key));
      var value =
          tag != null
              ? tag
              : switch (key) {
                case "agent" -> view.name();
                case "host" -> source.host().isEmpty() ? view.name() : source.host();
                case "metric" -> name.name();
                default -> null;
              };
      if (value == null) {
        return Optional.empty();
      }
      words.add(key + "=" + value);
    }
    return Optional.of(Names.shortened(String.join(" ", words), MAX_LABEL));
  }

  /**
   * Judges groups.
   *
   * @param all also those of which nothing has come
   * @param resumed since when the writer has not stood still
   */
  void judge(boolean all, long nanos, long resumed, long now, Said said) {
    // Before all agents have come once, a group is not what it seems.
    if (groups.isEmpty() || nanos - sinceNanos < Values.SETTLED.toNanos()) {
      return;
    }
    for (var groupsLeft = groups.values().iterator(); groupsLeft.hasNext(); ) {
      var group = groupsLeft.next();
      if (group.members.isEmpty()) {
        said.say(group.subject, new Gauge.Reading(false, "nobody measures it any more"), now, 0);
        groupsLeft.remove();
      } else if (all || group.news) {
        group.news = false;
        judge(group, nanos, resumed, now, said);
      }
    }
  }

  private void judge(Many group, long nanos, long resumed, long now, Said said) {
    if (limit instanceof Limit.Absent absent) {
      long silent = nanos - Math.max(group.heardNanos, resumed);
      boolean trouble = silent >= absent.time().toNanos();
      var name = metric.name().text();
      said.say(
          group.subject,
          new Gauge.Reading(trouble, name + (trouble ? " is " + limit : " comes again")),
          now,
          0);
      return;
    }
    var aggregate = metric.group().map(AlertRule.Group::aggregate).orElseThrow();
    var agents = new HashSet<Long>();
    var values = new double[group.members.size()];
    int count = 0;
    for (var one : group.members) {
      if (one.isFresh(nanos, resumed)) {
        values[count++] = one.value;
        agents.add(one.source.agent());
      }
    }
    if (count == 0 && aggregate != AlertRule.Aggregate.COUNT) {
      return; // Nobody can say how it is.
    }
    var name = aggregate.word() + " of " + metric.name();
    if (aggregate != AlertRule.Aggregate.COUNT) {
      name +=
          (count == agents.size() ? " of " : " (" + count + " values) of ")
              + agents.size()
              + (agents.size() == 1 ? " agent" : " agents");
    }
    double value = aggregate.of(Arrays.copyOf(values, count));
    if (Double.isFinite(value)) {
      said.say(group.subject, group.gauge.read(name, now, value), now, 0);
    }
  }

  // ---- What does not come

  /**
   * Looks for those that do not come any more, and forgets those that will not.
   *
   * @param forgotten what is silent for longer is known no more
   */
  void look(Surroundings world, long forgotten, long nanos, long resumed, long now, Said said) {
    int known = ones.size();
    for (var left = ones.values().iterator(); left.hasNext(); ) {
      var one = left.next();
      long silent = nanos - Math.max(one.heardNanos, resumed);
      var view = world.agent(one.source.agent());
      if (view.isEmpty() || silent > forgotten || (isGrouped() && !rule.matches(view.get()))) {
        leave(one);
        left.remove();
      } else if (!isGrouped()
          && limit instanceof Limit.Absent absent
          && silent >= absent.time().toNanos()) {
        if (!world.away(one.source.agent()).isEmpty()
            || now - world.connectedSince(one.source.agent()) < absent.time().toMillis()) {
          continue; // That is what there is to be told; when it is back it has time again.
        }
        if (!one.source.check().isEmpty()
            && !world.isToRun(one.source.agent(), one.source.check())) {
          said.say(one.subject, new Gauge.Reading(false, "its check is not run any more"), now, 0);
          left.remove();
        } else if (rule.matches(view.get())) {
          said.say(
              one.subject, new Gauge.Reading(true, one.source.label() + " is " + limit), now, 0);
        }
      }
    }
    room.left += known - ones.size();
  }

  /** Whether a group is known. */
  boolean knows(Subject group) {
    return groups.containsKey(group.label());
  }
}
