package io.happo.hub.intake;

import io.happo.core.Perfdata;
import io.happo.core.link.Item;
import io.happo.core.plan.AlertRule;
import io.happo.hub.alert.Alerts;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.CheckState;
import io.happo.hub.alert.Effect;
import io.happo.hub.alert.Health;
import io.happo.hub.alert.Kind;
import io.happo.hub.alert.Notice;
import io.happo.hub.alert.Observation;
import io.happo.hub.alert.Reported;
import io.happo.hub.alert.Subject;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.AlertWrites;
import io.happo.hub.store.IntakeTransaction;
import io.happo.hub.store.Results;
import io.happo.hub.store.Silences;
import io.happo.hub.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Has the alerts look at what intake writes, and writes what follows in the same transaction: what
 * an agent itself is, the values that rules watch, and who is told. Knows what is in trouble by
 * heart; after a failure it knows nothing, and reads again. For the writer's thread, but for {@link
 * #lookAgain}.
 */
final class Watch {
  /** How often agents are looked at that say nothing. */
  private static final long LOOK_MILLIS = 1_000;

  /** Downtimes of so long ago still count in how long a trouble has lasted. */
  private static final long PAST_MILLIS = Duration.ofDays(31).toMillis();

  /** Of an output that is told. */
  private static final int MAX_OUTPUT = 4_096;

  private static final int MAX_LINE = 200;

  private static final int UNKNOWN = AlertRule.State.UNKNOWN.status();

  private final AlertBook book;
  private final Silences silences;
  private final Surroundings world;
  private final Overdue overdue;
  private final Values values;
  private final AtomicBoolean changed = new AtomicBoolean();

  private boolean ready;
  private Alerts alerts;
  private List<AlertRule> rules = List.of();
  private boolean off;
  private boolean news;
  private long lookedAt;
  private final Map<Subject, Followed> followed = new HashMap<>();

  private final Map<Subject, Said> said = new LinkedHashMap<>();

  /** The checks that no agent runs. */
  private final Map<Subject, Reported> reported = new HashMap<>();

  /** What is written of something that is in trouble. */
  private record Followed(long number, String output) {}

  /** A result that the hub makes. */
  private record Said(long time, int status, String text) {}

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Watch(Store store, Surroundings world, LongSupplier nanos) {
    this.book = new AlertBook(store);
    this.silences = new Silences(store);
    this.world = world;
    this.overdue = new Overdue(world, this::say);
    this.values = new Values(world, this::say, nanos);
    this.alerts = new Alerts(world, reported::containsKey);
  }

  /** Silences, acknowledgements or the like are others than before. Any thread. */
  void lookAgain() {
    changed.set(true);
  }

  /** The store may have something else than is known here: what was said is not written. */
  void forget() {
    ready = false;
  }

  /** The store is another one than before. */
  void restored() {
    forget();
    values.restored();
  }

  /** Knows what it must; to be called before a transaction. */
  void prepare(long now) {
    values.begin(now);
    var those = world.rules();
    boolean isOff = world.isOff();
    boolean anew = !ready;
    if (anew || changed.get() || off != isOff) {
      // First all that can fail: what was changed meanwhile is read once more.
      changed.set(false);
      try {
        var spoken = silences.since(now - PAST_MILLIS);
        var known = silences.acknowledgements();
        if (anew) {
          read();
        }
        off = isOff;
        alerts.use(off, spoken, known);
        ready = true;
        news = true;
      } catch (RuntimeException e) {
        changed.set(true);
        throw e;
      }
    }
    if (anew || !those.equals(rules)) {
      rules = those;
      values.use(rules);
      alerts.use(rules);
      endUnwatched(now);
      news = true;
    }
  }

  /** Values that no rule watches any more are in trouble no more. */
  private void endUnwatched(long now) {
    for (var subject : List.copyOf(followed.keySet())) {
      if (subject.isMetric() && !values.isWatched(subject)) {
        say(subject, 0, "no rule watches it any more", now);
      }
    }
  }

  private void read() {
    alerts = new Alerts(world, reported::containsKey);
    followed.clear();
    said.clear();
    overdue.forget();
    values.forget();
    reported.clear();
    reported.putAll(book.reported());
    var subjects = new HashMap<Long, Subject>();
    for (var trouble : book.troubles()) {
      alerts.restore(trouble.subject(), trouble.state());
      followed.put(trouble.subject(), new Followed(trouble.number(), shortened(trouble.output())));
      subjects.put(trouble.number(), trouble.subject());
      if (trouble.subject().isMetric()) {
        values.follow(trouble.subject(), true);
      }
    }
    for (var open : book.open(OptionalLong.empty())) {
      var subject = subjects.get(open.check());
      if (subject != null) {
        alerts.restore(open.rule(), subject, open.told(), open.standing());
      }
    }
  }

  private static String shortened(String output) {
    return output.length() > MAX_OUTPUT ? output.substring(0, MAX_OUTPUT) : output;
  }

  /** This is how a check is now. */
  void see(long agent, String check, long number, CheckState state, String output) {
    var subject = new Subject(agent, check);
    alerts.see(subject, state);
    if (alerts.follows(subject)) {
      followed.put(subject, new Followed(number, shortened(output)));
      news = true;
      if (subject.isMetric()) {
        values.follow(subject, true);
      }
    }
  }

  /**
   * Somebody has reported how a check is.
   *
   * @param lateAt as {@link Reported} has it; empty: an agent runs it now
   */
  void reported(Subject subject, long time, OptionalLong lateAt) {
    said.remove(subject);
    if (lateAt.isPresent()) {
      reported.put(subject, new Reported(time, lateAt.getAsLong()));
    } else {
      reported.remove(subject);
    }
  }

  /** This is what a check has measured, by its newest result. */
  void measured(long agent, String check, int status, List<Perfdata> measured, long time) {
    values.measured(new Subject(agent, check), status, measured, time);
  }

  /** This was measured, and not by a check. */
  void measured(long agent, Item.Metrics metrics, long receivedAt) {
    values.measured(agent, metrics, receivedAt);
  }

  /** Looks for checks of an agent that it runs, and of which nothing comes. */
  void miss(KnownAgent agent, long nanos, long resumed, long now) {
    overdue.look(agent, rules, nanos, resumed, now);
  }

  private void say(Subject subject, int status, String text, long time) {
    var waiting = said.get(subject);
    int before = waiting == null ? alerts.status(subject) : waiting.status();
    if (before != status) {
      said.put(subject, new Said(time, status, text));
      news = true;
    }
  }

  /** Whether something is to be written now that no agent has brought. */
  boolean hasWork(long now) {
    prepare(now);
    look(now);
    return news || alerts.due() <= now;
  }

  private void look(long now) {
    // A clock that was set back is no reason to wait for it.
    if (Math.abs(now - lookedAt) >= LOOK_MILLIS) {
      lookedAt = now;
      values.look(now);
      world.eachAgent(
          (agent, seen) ->
              Health.of(overdue.with(agent, seen), now)
                  .ifPresent(
                      health ->
                          say(
                              Subject.agent(agent),
                              health.status(),
                              health.text(),
                              health.time())));
      reported.forEach(
          (subject, one) -> {
            if (one.isLate(now) && world.agent(subject.agent()).isPresent()) {
              said.put(subject, new Said(one.lateAt(), UNKNOWN, one.text()));
              news = true;
            }
          });
    }
  }

  /**
   * Writes what follows from what was seen.
   *
   * @param becomes told of the state of what the hub makes results of
   * @return whether somebody is told, once it is committed
   */
  boolean write(IntakeTransaction transaction, long now, BiConsumer<Subject, CheckState> becomes) {
    look(now);
    if (!news && alerts.due() > now) {
      return false;
    }
    said.forEach(
        (subject, result) -> becomes.accept(subject, result(transaction, subject, result, now)));
    var judged = said.keySet().stream().filter(Subject::isMetric).toList();
    said.clear();
    news = false;
    boolean tells = false;
    var writes = transaction.alerts();
    for (var effect : alerts.evaluate(now)) {
      tells |= write(transaction, writes, effect, now);
    }
    var over = new ArrayList<>(judged);
    over.addAll(followed.keySet());
    over.removeIf(alerts::follows);
    for (var subject : over) {
      followed.remove(subject);
      if (subject.isMetric()) {
        values.follow(subject, false);
      }
    }
    return tells;
  }

  /** A result that no agent has brought goes the way of all results. */
  private CheckState result(IntakeTransaction transaction, Subject subject, Said result, long now) {
    var row = transaction.checkRow(subject.agent(), subject.check());
    long epoch = transaction.epoch(subject.agent(), Results.HUB, now).number();
    var before = row.state();
    long sequence =
        before != null && before.epoch() == epoch ? Math.max(now, before.sequence() + 1) : now;
    var item =
        new Item.CheckResult(
            subject.check(),
            result.time(),
            0,
            result.status(),
            result.status(),
            result.text() + "\n",
            "");
    long plan = transaction.plan("");
    transaction.addResult(row.number(), epoch, sequence, item, plan);
    var state =
        CheckState.next(
            before,
            new Observation(result.time(), now, epoch, sequence, result.status()),
            new CheckSettings(1));
    // That it is late is said once, until somebody reports it again.
    boolean isReported = row.lateAt().isPresent();
    var lateAt = isReported ? OptionalLong.of(Reported.NEVER) : OptionalLong.empty();
    transaction.setState(row.number(), state, item, plan, lateAt);
    if (isReported) {
      reported.put(subject, new Reported(state.time(), Reported.NEVER));
    }
    see(subject.agent(), subject.check(), row.number(), state, item.output());
    return state;
  }

  private boolean write(
      IntakeTransaction transaction, AlertWrites writes, Effect effect, long now) {
    switch (effect) {
      case Effect.Tell tell -> {
        var content = notice(tell, now).toJson();
        tell.channels().forEach(channel -> writes.message(channel, content, now));
        return true;
      }
      case Effect.Keep keep ->
          writes.keep(keep.rule(), number(transaction, keep.subject()), keep.told(), keep.held());
      case Effect.Remove remove ->
          writes.remove(remove.rule(), number(transaction, remove.subject()));
      case Effect.Note note ->
          writes.note(
              now,
              note.rule(),
              number(transaction, note.subject()),
              note.kind(),
              note.status(),
              note.gate(),
              note.why());
      case Effect.Unacknowledge gone -> writes.unacknowledge(number(transaction, gone.subject()));
      case Effect.Begin begin -> writes.beginSilence(begin.silence(), now);
      case Effect.End end -> writes.endSilence(end.silence(), now);
    }
    return false;
  }

  private long number(IntakeTransaction transaction, Subject subject) {
    var known = followed.get(subject);
    return known == null ? transaction.check(subject.agent(), subject.check()) : known.number();
  }

  /** Of many at once there is no room for more. */
  private static String line(String output) {
    int end = output.indexOf('\n');
    var line = end < 0 ? output : output.substring(0, end);
    return line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line;
  }

  private String output(Subject subject, Kind kind, CheckState state, long now) {
    var known = followed.get(subject);
    var output = known == null ? "" : known.output();
    return kind == Kind.PROBLEM && subject.isMetric()
        ? values.text(subject, output, lasting(now - state.since())) + "\n"
        : output;
  }

  /** As plans have it; empty for less than a minute. */
  private static String lasting(long millis) {
    long minutes = millis / 60_000;
    return minutes == 0
        ? ""
        : minutes < 60
            ? minutes + "m"
            : minutes / 60 + "h" + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
  }

  private Notice notice(Effect.Tell tell, long now) {
    var things = new ArrayList<Notice.Thing>();
    for (var told : tell.subjects()) {
      var subject = told.subject();
      var agent = world.named(subject.agent());
      var output = output(subject, tell.kind(), told.state(), now);
      things.add(
          new Notice.Thing(
              agent.name(),
              agent.id(),
              subject.check(),
              tell.kind() == Kind.RECOVERY ? told.state().hardStatus() : told.state().status(),
              told.state().since(),
              told.state().attempt(),
              tell.subjects().size() > 1 ? line(output) : output,
              alerts.comment(subject),
              told.incident()));
    }
    return new Notice(tell.kind(), tell.rule(), tell.incident(), now, things);
  }
}
