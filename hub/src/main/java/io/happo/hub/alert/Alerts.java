package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is to be told what. Knows whatever is in trouble or was and somebody waits for its end, not
 * what is well. It is told how things are, and says what follows when it is asked; nothing is
 * written or sent here. What it says it takes for done: when that fails it must be made anew. For
 * one thread.
 */
public final class Alerts {
  /** So many at once, of one rule, are told in one message. */
  static final int STORM = 5;

  /** More are told in several. */
  private static final int MOST_IN_ONE = 1_000;

  /** So long what ran before its agent was away is not believed; most checks run within this. */
  public static final long RUNS_AGAIN_MILLIS = 5 * 60_000;

  /** How soon what no event tells of is looked at again: agents that come back, what is above. */
  private static final long SOON_MILLIS = 1_000;

  /** The most notices of one rule and subject at one time: flapping ends, and it is over. */
  private static final int MAX_AT_ONCE = 4;

  private final World world;
  private final Dependencies dependencies;
  private final Predicate<Subject> isReported;
  private List<AlertRule> rules = List.of();
  private final Pauses pauses = new Pauses();
  private boolean off;
  private Map<Subject, Acknowledgement> acknowledgements = new HashMap<>();
  private final Map<Subject, Active> active = new LinkedHashMap<>();
  private List<Effect> effects = new ArrayList<>();
  private Map<String, Storm> storms = new TreeMap<>();
  private final Map<String, Integer> incidents = new HashMap<>();

  /** What is in trouble, or was. */
  private static final class Active {
    CheckState state;
    final Map<String, Row> rows = new LinkedHashMap<>();
    long due = Long.MIN_VALUE;

    Active(CheckState state) {
      this.state = state;
    }
  }

  /** How it stands with one rule. */
  private static final class Row {
    Told told;
    Standing standing;

    Row(Told told, Standing standing) {
      this.told = told;
      this.standing = standing;
    }
  }

  public Alerts(World world) {
    this(world, _ -> false);
  }

  /**
   * @param isReported whether no agent runs a check, and somebody reports it: then it does not
   *     matter whether its agent is there
   */
  public Alerts(World world, Predicate<Subject> isReported) {
    this.world = world;
    this.dependencies = new Dependencies(world);
    this.isReported = isReported;
  }

  /** Begins with what was kept: the state of something, before the rows of it. */
  public void restore(Subject subject, CheckState state) {
    active.put(subject, new Active(state));
  }

  /** Begins with what was kept. */
  public void restore(String rule, Subject subject, Told told, Standing standing) {
    var one = active.get(subject);
    if (one != null) {
      one.rows.put(rule, new Row(told, standing));
      count(told, 1);
    }
  }

  /** These are the rules from now on. */
  public void use(List<AlertRule> newRules) {
    rules = List.copyOf(newRules);
    lookAtAll();
  }

  /**
   * This is what people have said.
   *
   * @param isOff whether nobody is told anything
   * @param those silences and downtimes, also those that were over a while ago
   */
  public void use(
      boolean isOff, List<Silence> those, Map<Subject, Acknowledgement> newAcknowledgements) {
    off = isOff;
    pauses.use(those);
    acknowledgements = new HashMap<>(newAcknowledgements);
    lookAtAll();
  }

  private void lookAtAll() {
    active.values().forEach(one -> one.due = Long.MIN_VALUE);
  }

  /** This is how something is now. */
  public void see(Subject subject, CheckState state) {
    var one = active.get(subject);
    if (one == null) {
      if (state.isCalm()) {
        return;
      }
      one = new Active(state);
      active.put(subject, one);
    }
    // What repeats the same is not looked at again before its time.
    boolean news =
        one.state.status() != state.status()
            || one.state.hardStatus() != state.hardStatus()
            || one.state.flapping() != state.flapping();
    one.state = state;
    if (news) {
      one.due = Long.MIN_VALUE;
    }
  }

  /** What something says now; OK unless it is followed. */
  public int status(Subject subject) {
    var one = active.get(subject);
    return one == null ? 0 : one.state.status();
  }

  /** Whether something is in trouble or was, and is followed. */
  public boolean follows(Subject subject) {
    return active.containsKey(subject);
  }

  /** Who knows of a trouble and what they said; empty when nobody does. */
  public String comment(Subject subject) {
    var known = acknowledgements.get(subject);
    return known == null
        ? ""
        : known.author() + (known.comment().isEmpty() ? "" : ": " + known.comment());
  }

  /**
   * What is to be done now.
   *
   * @param now unix milliseconds
   */
  public List<Effect> evaluate(long now) {
    effects = new ArrayList<>();
    storms = new TreeMap<>();
    var begun = pauses.begin(now, one -> any(one, state -> state.hardStatus() != 0));
    if (!begun.isEmpty()) {
      effects.addAll(begun);
      lookAtAll();
    }
    forgetAcknowledgements();
    var calm = new ArrayList<Subject>();
    for (var entry : active.entrySet()) {
      if (entry.getValue().due <= now && evaluate(entry.getKey(), entry.getValue(), now)) {
        calm.add(entry.getKey());
      }
    }
    storms.values().forEach(storm -> tell(storm, now));
    effects.addAll(
        pauses.end(
            now, one -> any(one, CheckState::isWell), one -> any(one, state -> !state.isWell())));
    calm.forEach(active::remove);
    return effects;
  }

  /** Those of what is well: the next trouble is another one. */
  private void forgetAcknowledgements() {
    for (var subject : List.copyOf(acknowledgements.keySet())) {
      if (!active.containsKey(subject)) {
        acknowledgements.remove(subject);
        effects.add(new Effect.Unacknowledge(subject));
      }
    }
  }

  /** Whether it need not be followed any more. */
  private boolean evaluate(Subject subject, Active one, long now) {
    var agent = world.agent(subject.agent());
    if (agent.isEmpty()) {
      one.rows.forEach((rule, row) -> end(rule, subject, one, row));
      return true;
    }
    var known = acknowledgements.get(subject);
    if (known != null && !known.holds(one.state.hardStatus())) {
      acknowledgements.remove(subject);
      effects.add(new Effect.Unacknowledge(subject));
      known = null;
    }
    one.due = Decision.NEVER;
    var around = around(subject, agent.get(), one.state, known, now);
    var left = new ArrayList<>(one.rows.keySet());
    for (var rule : rules) {
      if (isAbout(rule, subject, agent.get())) {
        left.remove(rule.name());
        evaluate(rule, subject, one, around, now);
      }
    }
    // Of rules that are gone, or not about it any more.
    for (var rule : left) {
      var row = one.rows.get(rule);
      if (row != null) {
        gone(rule, subject, one, row, now);
      }
    }
    return one.state.isCalm() && one.rows.isEmpty();
  }

  /** The rule is not there any more, or not about it; who was told is told of the end. */
  private void gone(String rule, Subject subject, Active one, Row row, long now) {
    boolean over = one.state.hardStatus() == 0 && !one.state.flapping();
    if (!row.told.isOpen() || (over && !off)) {
      one.rows.remove(rule);
      end(rule, subject, one, row);
    } else if (!row.standing.gate().equals(Standing.GONE)) {
      row.standing =
          new Standing(Standing.GONE, "the rule is gone: the end of it is told, no more", now);
      effects.add(new Effect.Keep(rule, subject, row.told, row.standing));
    }
  }

  /** Who waits for word of it gets the last one. */
  private void end(String rule, Subject subject, Active one, Row row) {
    remove(rule, subject, row);
    var told = row.told;
    if (!told.isOpen() || incidents.getOrDefault(told.incident(), 0) > 0) {
      return;
    }
    var kind = told.status() != 0 ? Kind.RECOVERY : Kind.FLAPPING_END;
    note(rule, subject, kind, one.state, Standing.TOLD, String.join(", ", told.channels()));
    var about = new Effect.Tell.Thing(subject, one.state, Storm.alone(rule, subject));
    var incident = told.incident().isEmpty() ? about.incident() : told.incident();
    effects.add(new Effect.Tell(rule, kind, told.channels(), List.of(about), incident));
  }

  private static boolean isAbout(AlertRule rule, Subject subject, AgentView agent) {
    return switch (rule.about()) {
          case AlertRule.About.Checks checks ->
              !Subject.isHubs(subject.check()) && checks.matches(subject.check());
          case AlertRule.About.Agents _ -> subject.isAgent();
          case AlertRule.About.Metric about ->
              subject.isMetric()
                  && subject.isGroup() == about.group().isPresent()
                  && subject.rule().equals(rule.name());
        }
        && (subject.isGroup() || rule.matches(agent));
  }

  private void evaluate(AlertRule rule, Subject subject, Active one, Around around, long now) {
    var row = one.rows.get(rule.name());
    for (int i = 0; i < MAX_AT_ONCE; i++) {
      var told = row == null ? Told.NOTHING : row.told;
      switch (Judge.decide(rule, one.state, told, around, now)) {
        case Decision.Tell tell -> {
          count(told, -1);
          row = tell(rule, subject, one, tell, told, now);
          if (row == null) {
            return;
          }
        }
        case Decision.Hold hold -> {
          hold(rule, subject, one, row, hold, now);
          return;
        }
        case Decision.Drop drop -> {
          if (row != null) {
            note(rule.name(), subject, Kind.RECOVERY, one.state, drop.gate().name(), drop.why());
            remove(rule.name(), subject, row);
            one.rows.remove(rule.name());
          }
          return;
        }
      }
    }
    one.due = now;
  }

  private @Nullable Row tell(
      AlertRule rule, Subject subject, Active one, Decision.Tell tell, Told before, long now) {
    var name = rule.name();
    note(name, subject, tell.kind(), one.state, Standing.TOLD, String.join(", ", tell.channels()));
    var about = new Effect.Tell.Thing(subject, one.state, Storm.alone(name, subject));
    boolean shared = !before.incident().isEmpty();
    if (shared && tell.kind() == Kind.RECOVERY) {
      // Those that were told together are well when the last of them is.
      if (incidents.getOrDefault(before.incident(), 0) == 0) {
        effects.add(
            new Effect.Tell(name, tell.kind(), tell.channels(), List.of(about), before.incident()));
      }
    } else if ((tell.kind() == Kind.PROBLEM && before.count() == 0)
        || tell.kind() == Kind.RECOVERY) {
      storms
          .computeIfAbsent(
              name + " " + tell.kind() + " " + tell.channels(),
              _ -> new Storm(name, tell.kind(), tell.channels()))
          .subjects
          .add(about);
    } else {
      effects.add(
          new Effect.Tell(
              name,
              tell.kind(),
              tell.channels(),
              List.of(about),
              shared ? before.incident() : about.incident()));
    }
    if (!tell.told().isOpen()) {
      effects.add(new Effect.Remove(name, subject));
      one.rows.remove(name);
      return null;
    }
    var row = new Row(tell.told(), new Standing(Standing.TOLD, "", now));
    one.rows.put(name, row);
    count(row.told, 1);
    effects.add(new Effect.Keep(name, subject, row.told, row.standing));
    return row;
  }

  /** Those that are told at one time by one rule: each by itself, or all at once. */
  private void tell(Storm storm, long now) {
    if (storm.subjects.size() <= STORM) {
      for (var one : storm.subjects) {
        effects.add(
            new Effect.Tell(storm.rule, storm.kind, storm.channels, List.of(one), one.incident()));
      }
      return;
    }
    for (int begin = 0; begin < storm.subjects.size(); begin += MOST_IN_ONE) {
      int end = Math.min(begin + MOST_IN_ONE, storm.subjects.size());
      tellTogether(storm, storm.subjects.subList(begin, end), now);
    }
  }

  private void tellTogether(Storm storm, List<Effect.Tell.Thing> those, long now) {
    var incident = storm.incident(now, incidents.size(), those.size());
    if (storm.kind == Kind.PROBLEM) {
      for (var one : those) {
        var row = row(one.subject(), storm.rule);
        if (row != null) {
          row.told = row.told.with(incident);
          count(row.told, 1);
          effects.add(new Effect.Keep(storm.rule, one.subject(), row.told, row.standing));
        }
      }
    }
    effects.add(new Effect.Tell(storm.rule, storm.kind, storm.channels, those, incident));
  }

  private @Nullable Row row(Subject subject, String rule) {
    var one = active.get(subject);
    return one == null ? null : one.rows.get(rule);
  }

  private void hold(
      AlertRule rule,
      Subject subject,
      Active one,
      @Nullable Row row,
      Decision.Hold hold,
      long now) {
    boolean polled =
        hold.gate() == Gate.PARENT || hold.gate() == Gate.DEPENDENCY || hold.gate() == Gate.HUB;
    long until = polled ? Math.min(hold.until(), now + SOON_MILLIS) : hold.until();
    one.due = Math.min(one.due, until);
    var gate = hold.gate().name();
    if (row != null && row.standing.gate().equals(gate) && row.standing.why().equals(hold.why())) {
      return;
    }
    if (row == null) {
      row = new Row(Told.NOTHING, new Standing("", "", now));
      one.rows.put(rule.name(), row);
    }
    boolean news = !row.standing.gate().equals(gate) && hold.gate() != Gate.REPEAT;
    row.standing = new Standing(gate, hold.why(), news ? now : row.standing.since());
    if (news) {
      note(rule.name(), subject, hold.kind(), one.state, gate, hold.why());
    }
    effects.add(new Effect.Keep(rule.name(), subject, row.told, row.standing));
  }

  private void note(
      String rule, Subject subject, Kind kind, CheckState state, String gate, String why) {
    boolean uncertain = kind == Kind.PROBLEM && state.hardStatus() == 0;
    int status = uncertain ? state.status() : state.hardStatus();
    effects.add(new Effect.Note(rule, subject, kind, status, gate, why));
  }

  private void remove(String rule, Subject subject, Row row) {
    count(row.told, -1);
    effects.add(new Effect.Remove(rule, subject));
  }

  private void count(Told told, int by) {
    if (!told.incident().isEmpty()) {
      incidents.merge(told.incident(), by, Integer::sum);
      incidents.remove(told.incident(), 0);
    }
  }

  private Around around(
      Subject subject,
      AgentView agent,
      CheckState state,
      @Nullable Acknowledgement known,
      long now) {
    var those = pauses.of(subject, agent);
    return new Around(
        off,
        subject.isAgent() || subject.isGroup() ? world.heldUntil() : 0,
        subject.isAgent() || isReported(subject) ? "" : away(subject, state, now),
        world.isQuiet(subject.checkName()),
        known,
        dependencies.failed(subject, agent, this::isIll),
        Silence.longest(those, now),
        Silence.downtimeMillis(those, state.hardSince(), now));
  }

  private boolean isReported(Subject subject) {
    return isReported.test(new Subject(subject.agent(), subject.checkName()));
  }

  /** Why a check is not believed now; what ran before its agent came back may be over. */
  private String away(Subject subject, CheckState state, long now) {
    var away = world.away(subject.agent());
    long since = world.connectedSince(subject.agent());
    return away.isEmpty() && state.time() < since && now - since < RUNS_AGAIN_MILLIS
        ? "has just come back, and it has not run since"
        : away;
  }

  /** Whether something is not well, also where that is not certain yet. */
  private boolean isIll(Subject subject) {
    var one = active.get(subject);
    return (!isReported(subject) && !world.away(subject.agent()).isEmpty())
        || (one != null && one.state.status() > AlertRule.State.WARNING.status());
  }

  private boolean any(Silence silence, Predicate<CheckState> is) {
    for (var one : active.entrySet()) {
      var agent = world.agent(one.getKey().agent());
      if (is.test(one.getValue().state)
          && agent.isPresent()
          && silence.covers(one.getKey(), agent.get())) {
        return true;
      }
    }
    return false;
  }

  /** When {@link #evaluate} has something to do next unless something happens. */
  public long due() {
    return active.values().stream().mapToLong(one -> one.due).min().orElse(Decision.NEVER);
  }
}
