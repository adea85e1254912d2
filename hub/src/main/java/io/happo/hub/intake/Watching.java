package io.happo.hub.intake;

import io.happo.core.MetricName;
import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.AlertRule.About.Metric;
import io.happo.core.plan.Limit;
import io.happo.hub.alert.Alerts;
import io.happo.hub.alert.Gauge;
import io.happo.hub.alert.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one rule about values knows of those that it watches. Times in nanoseconds are by {@link
 * Passing}. For the writer's thread.
 */
final class Watching {
  /** Of the name of a group, or of a metric with its host. */
  private static final int MAX_LABEL = 200;

  /** Of the name of a value in the name of its check. */
  private static final int MAX_OF_CHECK = 100;

  final Metric metric;
  private final Limit limit;
  private final boolean troubleByNone;
  private AlertRule rule;
  private final Room room;
  private final long sinceNanos;
  private long lookedNanos;
  private final Map<Source, Watched> ones = new HashMap<>();
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

  /** Values of several agents that are one. */
  static final class Many {
    private final Subject subject;
    private final Gauge gauge;
    private final HashSet<Watched> members = new HashSet<>();
    private long heardNanos;
    private boolean news;

    private Many(Subject subject, Gauge gauge) {
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
  interface Said {
    /**
     * This is how it is.
     *
     * @param time since when, unix milliseconds
     * @param everyNanos how far apart its values usually come; 0: not known
     */
    void say(Subject subject, Gauge.Reading reading, long time, long everyNanos);

    /** It comes, but not yet as it is now. */
    void comes(Subject subject);
  }

  Watching(AlertRule rule, Metric metric, Room room, long nanos) {
    this.room = room;
    this.rule = rule;
    this.metric = metric;
    this.limit = metric.limit();
    this.troubleByNone = isAbsence() || isTooFewByNone();
    this.sinceNanos = nanos;
    this.lookedNanos = nanos;
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

  /** Whether it is a trouble that nothing comes, or too few. */
  boolean isTroubleByNone() {
    return troubleByNone;
  }

  private boolean isTooFewByNone() {
    return metric.group().filter(by -> by.aggregate() == AlertRule.Aggregate.COUNT).isPresent()
        && new Gauge(limit).read("", 0, 0).trouble();
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
   * @param now unix milliseconds
   * @return false when there was no room for it
   */
  boolean take(Value value, boolean isFollowed, long nanos, long now, Said said) {
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
      one = new Watched(source, subject(source), new Gauge(limit), nanos);
      ones.put(source, one);
    }
    // What is awaited has come, however late.
    if (one.take(value, isAbsence() ? 0 : now - value.time(), nanos)) {
      if (!one.waits()) {
        tell(one, value.agent(), value.time(), said);
      } else if (!isGrouped()) {
        one.read(); // What follows is compared with it.
        said.comes(one.subject);
      }
    }
    return true;
  }

  private void tell(Watched one, AgentView agent, long time, Said said) {
    if (isGrouped()) {
      join(one, agent);
    } else {
      said.say(one.subject, one.read(), time, one.everyNanos());
    }
  }

  /** Judges those that came late, where nothing newer follows. */
  void ripen(Surroundings world, long nanos, long now, Said said) {
    for (var one : ones.values()) {
      if (one.ripens(nanos)) {
        // For how long it has been so nobody knows.
        world.agent(one.source.agent()).ifPresent(agent -> tell(one, agent, now, said));
      }
    }
  }

  private Subject subject(Source source) {
    return Subject.metric(source.agent(), rule.name(), source.check(), source.label());
  }

  // ---- Of several agents

  private void join(Watched one, AgentView view) {
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
      group.heardNanos = one.heardNanos();
      group.news = true;
    }
  }

  private static void leave(Watched one) {
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
   */
  void judge(boolean all, long nanos, long now, Said said) {
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
        judge(group, nanos, now, said);
      }
    }
  }

  private void judge(Many group, long nanos, long now, Said said) {
    if (limit instanceof Limit.Absent absent) {
      long silent = nanos - group.heardNanos;
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
      if (one.isFresh(nanos)) {
        values[count++] = one.value();
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
  void look(Surroundings world, long forgotten, long nanos, long now, Said said) {
    int known = ones.size();
    for (var left = ones.values().iterator(); left.hasNext(); ) {
      var one = left.next();
      var view = world.agent(one.source.agent());
      if (view.isEmpty() || isForgotten(one, forgotten, nanos) || isOut(one, view.get(), world)) {
        leave(one);
        left.remove();
      } else if (!isGrouped() && limit instanceof Limit.Absent absent) {
        long time = absent.time().toNanos();
        if (isMissed(one, time, world, nanos, now) && rule.matches(view.get())) {
          said.say(
              one.subject, new Gauge.Reading(true, one.source.label() + " is " + limit), now, 0);
        }
      }
    }
    lookedNanos = nanos;
    room.left += known - ones.size();
  }

  /** What is missed is known until that was told, and the last of many as long as they are. */
  private boolean isForgotten(Watched one, long forgotten, long nanos) {
    long most = limit instanceof Limit.Absent absent ? absent.time().toNanos() : 0;
    return nanos - one.heardNanos() - forgotten > most
        && !(troubleByNone && one.group != null && one.group.members.size() == 1);
  }

  /** Whether its agent is another one than those of the rule, or does not measure it any more. */
  private boolean isOut(Watched one, AgentView agent, Surroundings world) {
    return isGrouped()
        ? !rule.matches(agent)
        : isAbsence() && !isRun(world, one.source.agent(), one.source.check());
  }

  /** Whether it has not come for so long, though its agent was there and has had time for it. */
  private boolean isMissed(Watched one, long time, Surroundings world, long nanos, long now) {
    long agent = one.source.agent();
    if (!world.away(agent).isEmpty()) {
      one.away(nanos - lookedNanos, nanos);
      return false;
    }
    return one.missedNanos(nanos) >= time && isBack(world, agent, time, now);
  }

  /**
   * Whether an agent that is there has been for long enough to bring what it has.
   *
   * @param most more time is not needed, in nanoseconds
   */
  static boolean isBack(Surroundings world, long agent, long most, long now) {
    long enough = Math.min(most / 1_000_000, Alerts.RUNS_AGAIN_MILLIS);
    return now - world.connectedSince(agent) >= enough;
  }

  /** Whether something measures it that the agent is to run. */
  static boolean isRun(Surroundings world, long agent, String check) {
    return check.isEmpty() || world.isToRun(agent, check);
  }

  /** Whether it is a group that is known. */
  boolean knows(Subject value) {
    return value.isGroup() && groups.containsKey(value.label());
  }
}
