package io.happo.hub.intake;

import io.happo.core.Perfdata;
import io.happo.core.link.Item;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.CheckState;
import io.happo.hub.alert.Observation;
import io.happo.hub.alert.Subject;
import io.happo.hub.store.Gathering;
import io.happo.hub.store.IntakeTransaction;
import io.happo.hub.store.Results;
import io.happo.hub.store.SeriesRow;
import io.happo.hub.store.Settling;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a group of batches as one transaction. Keeps in memory what it needs to know for that;
 * after a failure it knows nothing, and reads again. For one thread.
 */
final class Recorder {
  /** How many items of a group were new, how many were not, and whether somebody is told now. */
  record Outcome(long stored, long known, boolean tells) {}

  private static final System.Logger LOG = System.getLogger(Recorder.class.getName());
  private static final long MISSED_EVERY_NANOS = Duration.ofSeconds(15).toNanos();

  /** A writer that does not come back within this was kept waiting, and so were results. */
  private static final long STANDSTILL_NANOS = Duration.ofSeconds(5).toNanos();

  /** What is reported nobody tries again. */
  private static final CheckSettings CERTAIN = new CheckSettings(1);

  /** A value whose time is later than this after it came is not kept: its clock is wrong. */
  private static final long MAX_AHEAD_MILLIS = Duration.ofDays(1).toMillis();

  private static final int PLANS = 10_000;
  private static final int PLAN_HASH = 64;

  private final Store store;
  private final Settling settling;
  private final Gathering gathering;
  private final Intake.Rules rules;
  private final IntakeLimits limits;
  private final @Nullable Watch watch;
  private @Nullable Watch able; // The same, in a group in which it can look.
  private final LongSupplier nanos;

  /** Those that delivered last are last. */
  private final LinkedHashMap<Long, KnownAgent> agents = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<String, Long> plans = new HashMap<>();
  private final List<KnownAgent.Queue> touchedQueues = new ArrayList<>();
  private final List<KnownAgent.Check> changedChecks = new ArrayList<>();
  private boolean alertsFail;
  private long missedNanos;
  private long lookedNanos;
  private long resumedNanos;
  private int generation = -1;
  private long known;
  private long recentRows;
  private int newRows; // of the last group
  private long lastStored; // When, before this one began, unix milliseconds.
  private long recentBytes; // of values that are not gathered
  private long recentSince; // unix milliseconds
  private long newBytes; // of the last group
  private long stored;
  private long passedOver;

  /**
   * @param watch none: nothing is told to anybody
   * @param nanos as {@link System#nanoTime}
   */
  Recorder(
      Store store,
      Intake.Rules rules,
      IntakeLimits limits,
      @Nullable Watch watch,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.store = store;
    this.watch = watch;
    this.settling = new Settling(store);
    this.gathering = new Gathering(store);
    this.rules = rules;
    this.limits = limits;
  }

  /**
   * Writes what has come to pass without anything that agents brought. Returns when all of it is on
   * the disk.
   *
   * @param now unix milliseconds
   * @return whether somebody is told now
   * @throws io.happo.hub.store.StoreException as {@link #write}
   */
  boolean tick(long now) {
    refresh();
    var able = able(now);
    if (able == null) {
      return false;
    }
    miss(able, now);
    return able.hasWork(now) && write(List.of(), now).tells();
  }

  /** What looks at alerts, if it can: a mistake in what is told must not keep out results. */
  private @Nullable Watch able(long now) {
    if (watch != null) {
      try {
        watch.prepare(now);
        return watch;
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.FAULT) {
          throw e;
        }
        failed(watch, e);
      } catch (RuntimeException e) {
        failed(watch, e);
      }
    }
    return null;
  }

  /** Told once, however often it fails until it works again. */
  private void failed(Watch watch, RuntimeException e) {
    if (!alertsFail) {
      LOG.log(System.Logger.Level.ERROR, "alerts failed, and are read again", e);
    }
    alertsFail = true;
    watch.forget();
  }

  /**
   * A clock that jumps makes nobody late: what counts here is time that has passed, while this
   * thread did not stand still itself.
   */
  private void miss(Watch watch, long now) {
    long passed = nanos.getAsLong();
    if (passed - lookedNanos > STANDSTILL_NANOS) {
      resumedNanos = passed;
    }
    lookedNanos = passed;
    if (passed - missedNanos >= MISSED_EVERY_NANOS) {
      missedNanos = passed;
      agents.values().forEach(agent -> watch.miss(agent, passed, resumedNanos, now));
    }
  }

  /** The hub itself has made a result of a check. */
  private void becomes(Subject subject, CheckState state) {
    var agent = agents.get(subject.agent());
    if (agent != null) {
      agent.become(subject.check(), state);
    }
  }

  /**
   * Returns when all of it is on the disk.
   *
   * @param now unix milliseconds
   * @throws io.happo.hub.store.StoreException when nothing of it is, or, for UNAVAILABLE, when that
   *     is not known: it may be written again
   */
  Outcome write(List<Submission> group, long now) {
    refresh();
    able = able(now);
    boolean tells = false;
    stored = 0;
    passedOver = 0;
    try (var transaction = store.begin(now)) {
      for (var submission : group) {
        add(transaction, submission);
      }
      for (var check : changedChecks) {
        if (check.state != null && check.newest != null) {
          transaction.setState(
              check.number, check.state, check.newest, check.newestPlan, check.lateAt);
        }
      }
      tells = able != null && alerts(able, transaction, now);
      for (var queue : touchedQueues) {
        transaction.setRanges(queue.number, queue.revision, queue.ranges, now);
      }
      transaction.commit();
      newRows = transaction.newRows();
      recentRows += newRows;
      newBytes = transaction.newBytes();
      recentSince = recentBytes == 0 ? now : recentSince;
      recentBytes += newBytes;
    } catch (RuntimeException e) {
      forget();
      throw e;
    }
    for (var check : changedChecks) {
      check.newest = null;
    }
    for (var queue : touchedQueues) {
      queue.revision++;
      queue.touched = false;
    }
    changedChecks.clear();
    touchedQueues.clear();
    shrink();
    return new Outcome(stored, passedOver, tells);
  }

  private boolean alerts(Watch watch, IntakeTransaction transaction, long now) {
    try {
      miss(watch, now);
      if (!watch.hasWork(now)) {
        return false;
      }
      transaction.mark();
      boolean tells = watch.write(transaction, now, this::becomes);
      alertsFail = false;
      return tells;
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.FAULT) {
        throw e;
      }
      failed(watch, e);
    } catch (RuntimeException e) {
      failed(watch, e);
    }
    transaction.backToMark();
    return false;
  }

  /** What was read before a restore of the store is not true any more. */
  private void refresh() {
    if (generation != store.generation()) {
      forget();
      if (watch != null) {
        watch.restored();
      }
      recentRows = settling.waiting();
      var backlog = gathering.backlog();
      recentBytes = backlog.bytes();
      recentSince = backlog.oldest();
      lastStored = new Results(store).lastStored();
      generation = store.generation();
    }
  }

  /**
   * Begins to move recent history into its order when there is enough of it, or it has waited long.
   * While it moves, each group is followed by more of it than came with the group, and less than
   * acknowledgements would feel.
   *
   * @param now unix milliseconds
   */
  void settleWhenDue(long now) {
    if (!settling.isUnderWay() && recentRows >= limits.recentRows()) {
      settle(settling::begin);
      recentRows = 0;
    }
    boolean isOld = now - recentSince >= limits.metrics().recentTime().toMillis();
    if (!gathering.isUnderWay()
        && recentBytes > 0
        && (isOld || recentBytes >= limits.metrics().recentBytes())) {
      settle(gathering::begin);
      recentBytes = 0;
    }
    for (long moved = 0; moved <= 2L * newRows && settling.isUnderWay(); ) {
      settle(settling::step);
      moved += Settling.SLICE_ROWS;
    }
    for (long moved = 0; moved <= 2 * newBytes && gathering.isUnderWay(); ) {
      settle(gathering::step);
      moved += Gathering.SLICE_BYTES;
    }
  }

  /** Moves some of what is being moved; false when there is nothing. */
  boolean settleMore() {
    boolean settles = settling.isUnderWay();
    if (settles || gathering.isUnderWay()) {
      settle(settles ? settling::step : gathering::step);
      return true;
    }
    return false;
  }

  private void settle(Runnable part) {
    try {
      part.run();
    } catch (StoreException e) {
      // Nothing depends on when; without room in the store the next group says so.
      LOG.log(System.Logger.Level.DEBUG, "not moved", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "recent history is not moved, and is tried again", e);
    }
  }

  private void forget() {
    agents.clear();
    plans.clear();
    touchedQueues.clear();
    changedChecks.clear();
    known = 0;
    if (watch != null) {
      watch.forget();
    }
  }

  private void shrink() {
    if (plans.size() > PLANS) {
      plans.clear();
    }
    for (var eldest = agents.values().iterator(); known > limits.known() && eldest.hasNext(); ) {
      known -= eldest.next().size();
      eldest.remove();
    }
  }

  private void add(IntakeTransaction transaction, Submission submission) {
    var batch = submission.batch();
    var agent = agent(transaction, submission);
    var queue =
        agent.queue(transaction, batch.epoch(), submission.isReported(), submission.receivedAt());
    if (queue.ranges.containsAll(batch.first(), batch.last())) {
      passedOver += submission.items();
      return;
    }
    int sizeBefore = agent.size();
    long sequence = batch.first();
    for (int i = 0; i < submission.items(); i++, sequence++) {
      if (queue.ranges.contains(sequence)) {
        passedOver++;
        continue;
      }
      stored++;
      switch (batch.items().get(i)) {
        case Item.CheckResult result ->
            addResult(
                transaction,
                agent,
                submission,
                queue.number,
                sequence,
                result,
                submission.perfdata().get(i));
        case Item.Metrics metrics ->
            addMetrics(transaction, agent, submission.receivedAt(), metrics);
        case Item.Inventory list ->
            transaction.addInventory(agent.number, Names.ofCheck(list.name()), list);
        case Item.Event event -> transaction.addEvent(agent.number, queue.number, sequence, event);
      }
    }
    agent
        .dropped
        .event(submission.receivedAt(), nanos.getAsLong())
        .ifPresent(event -> transaction.addEvent(agent.number, queue.number, batch.last(), event));
    known += agent.size() - sizeBefore;
    queue.ranges = queue.ranges.with(batch.first(), batch.last());
    if (!queue.touched) {
      queue.touched = true;
      touchedQueues.add(queue);
    }
  }

  private KnownAgent agent(IntakeTransaction transaction, Submission submission) {
    var agent = agents.get(submission.agent());
    // What this transaction has changed so far is in memory only: it must not be read again.
    if (agent != null
        && (submission.isReported()
            || agent.isTouched()
            || agent.isOf(submission.batch().epoch()))) {
      return agent;
    }
    if (agent != null) {
      known -= agent.size();
    }
    agent = KnownAgent.read(transaction, submission.agent(), agent, nanos.getAsLong());
    agents.put(submission.agent(), agent);
    known += agent.size();
    return agent;
  }

  private void addResult(
      IntakeTransaction transaction,
      KnownAgent agent,
      Submission submission,
      long epoch,
      long sequence,
      Item.CheckResult result,
      List<Perfdata> perfdata) {
    // What begins so is the hub's own.
    var check =
        agent.check(
            transaction,
            Subject.isHubs(result.check()) ? "_" + result.check() : result.check(),
            nanos.getAsLong());
    long plan =
        plans.computeIfAbsent(
            result.plan(), hash -> transaction.plan(Names.shortened(hash, PLAN_HASH)));
    transaction.addResult(check.number, epoch, sequence, result, plan);
    var state =
        CheckState.next(
            check.state,
            new Observation(
                result.time(),
                submission.receivedAt(),
                epoch,
                sequence,
                result.status(),
                result.attempt()),
            submission.isReported() ? CERTAIN : rules.of(agent.number, result.check()));
    boolean newest = !state.equals(check.state);
    boolean wasCalm = check.state == null || check.state.isCalm();
    if (newest) {
      if (check.newest == null) {
        changedChecks.add(check);
      }
      check.state = state;
      check.newest = result;
      check.newestPlan = plan;
      check.heardNanos = nanos.getAsLong();
      lateAt(agent, check, submission.lateAt());
      if (able != null && !(wasCalm && state.isCalm())) {
        able.see(agent.number, check.name, check.number, state, result.output());
      }
    }
    for (var data : perfdata) {
      addSample(
          transaction,
          agent,
          new SeriesRow.Key(check.number, "", data.label(), data.unit()),
          newest
              ? new SeriesRow.Thresholds(data.warn(), data.crit(), data.min(), data.max())
              : null,
          submission.receivedAt(),
          result.time(),
          data.value());
    }
    if (newest && able != null) {
      able.measured(agent.number, check.name, result.status(), perfdata, result.time());
    }
  }

  /** Whether somebody reports it is what its newest result says. */
  private void lateAt(KnownAgent agent, KnownAgent.Check check, OptionalLong lateAt) {
    boolean was = check.lateAt.isPresent();
    check.lateAt = lateAt;
    if (able != null && check.state != null && (was || lateAt.isPresent())) {
      able.reported(new Subject(agent.number, check.name), check.state.time(), lateAt);
    }
  }

  private void addMetrics(
      IntakeTransaction transaction, KnownAgent agent, long receivedAt, Item.Metrics metrics) {
    metrics
        .batch()
        .metrics()
        .forEach(
            (name, value) -> {
              var key = new SeriesRow.Key(0, metrics.batch().hostname(), name, "");
              addSample(transaction, agent, key, null, receivedAt, metrics.time(), value);
            });
    if (able != null) {
      able.measured(agent.number, metrics, receivedAt);
    }
  }

  /**
   * Adds a value, unless it is beyond what is kept of an agent.
   *
   * @param thresholds as {@link KnownAgent#series} takes them
   */
  private void addSample(
      IntakeTransaction transaction,
      KnownAgent agent,
      SeriesRow.Key key,
      SeriesRow.@Nullable Thresholds thresholds,
      long receivedAt,
      long time,
      double value) {
    // A clock that was not set yet when the hub started is behind what it stored.
    if (time < 0 || time - Math.max(receivedAt, lastStored) > MAX_AHEAD_MILLIS) {
      agent.dropped.wrongTime(key.name(), time);
      return;
    }
    var series = agent.series(transaction, key, thresholds, limits.metrics().series(), receivedAt);
    if (series.isEmpty()) {
      agent.dropped.newSeries(key.name(), limits.metrics().series());
    } else {
      transaction.addSample(agent.number, series.getAsLong(), time, value);
    }
  }
}
