package io.happo.hub.intake;

import io.happo.core.link.Item;
import io.happo.hub.alert.CheckState;
import io.happo.hub.alert.Reported;
import io.happo.hub.store.CheckRow;
import io.happo.hub.store.EpochRow;
import io.happo.hub.store.IntakeTransaction;
import io.happo.hub.store.SequenceRanges;
import io.happo.hub.store.SeriesRow;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What intake knows by heart of an agent that delivers: read once, then kept in step with what it
 * writes. With another queue of the agent's own it is read afresh.
 */
final class KnownAgent {
  /** A check; {@code newest} is what its row has to be written from, none when it need not be. */
  static final class Check {
    final long number;
    final String name;
    @Nullable CheckState state;
    Item.@Nullable CheckResult newest;
    long newestPlan;

    /** When its newest result came, or it was first looked at; by {@link System#nanoTime}. */
    long heardNanos;

    /** Since when no result of it has come in time, and when that was seen last; by the same. */
    private long lateSinceNanos = NOT_LATE;

    private long lateNanos = NOT_LATE;

    /** Of one that somebody reports, as {@link Reported} has it; empty: the agent runs it. */
    OptionalLong lateAt;

    Check(long number, String name, @Nullable CheckState state, OptionalLong lateAt, long nanos) {
      this.heardNanos = nanos;
      this.number = number;
      this.name = name;
      this.state = state;
      this.lateAt = lateAt;
    }

    /** Whether no result of it has come in time; to be told each time that somebody looks. */
    boolean isLate(boolean late, long nanos) {
      lateSinceNanos = !late ? NOT_LATE : lateSinceNanos == NOT_LATE ? nanos : lateSinceNanos;
      lateNanos = late ? nanos : lateNanos;
      return late;
    }

    /** For how long it has been late, which it is now. */
    long lateFor(long nanos) {
      return nanos - lateSinceNanos;
    }

    /** Whether it is late, or was so within a time. */
    boolean wasLate(long within, long nanos) {
      return lateNanos != NOT_LATE && nanos - lateNanos < within;
    }
  }

  /** What is stored of a queue. */
  static final class Queue {
    final String epoch;
    final long number;
    long revision;
    SequenceRanges ranges;

    /** Whether its ranges are to be written in this transaction. */
    boolean touched;

    Queue(String epoch, EpochRow row) {
      this.epoch = epoch;
      this.number = row.number();
      this.revision = row.revision();
      this.ranges = row.ranges();
    }
  }

  /** A series; the thresholds are those of its row. */
  static final class Series {
    final long number;
    SeriesRow.Thresholds thresholds;
    long seen; // When that a value came was written down last, unix milliseconds.

    Series(long number, SeriesRow.Thresholds thresholds, long seen) {
      this.number = number;
      this.thresholds = thresholds;
      this.seen = seen;
    }
  }

  /** Of a check: so it has not been late. */
  private static final long NOT_LATE = Long.MIN_VALUE;

  /** A series without a value for so long does not count any more. */
  private static final long SERIES_MILLIS = Duration.ofDays(7).toMillis();

  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();

  /** The longest names, characters; an index of PostgreSQL holds 2,700 bytes. */
  private static final int HOST_NAME = 200;

  private static final int SERIES_NAME = 300;
  private static final int UNIT = 30;

  final long number;
  private @Nullable Queue own;
  private @Nullable Queue reports; // What others say of it.

  /** The version of the plan that it ran at the last look; none: -1. */
  long runs = -1;

  /** Since when it runs that without having been away. */
  long runsSinceNanos;

  /** Values of it that were not kept. */
  final DroppedValues dropped;

  private final Map<String, Check> checks;
  private @Nullable Map<SeriesRow.Key, Series> series; // Of which values came lately.
  private long dismissedAt; // Unix milliseconds.

  private KnownAgent(long number, Map<String, Check> checks, @Nullable Queue reports) {
    this.number = number;
    dropped = new DroppedValues(number);
    this.checks = checks;
    this.reports = reports;
  }

  /**
   * @param before what was known of it; none: nothing
   */
  static KnownAgent read(
      IntakeTransaction transaction, long agent, @Nullable KnownAgent before, long nanos) {
    var rows = transaction.checks(agent);
    var checks = HashMap.<String, Check>newHashMap(rows.size());
    for (CheckRow check : rows) {
      checks.put(
          check.name(),
          new Check(check.number(), check.name(), check.state(), check.lateAt(), nanos));
    }
    return new KnownAgent(agent, checks, before == null ? null : before.reports);
  }

  /** Whether this is what is known with a queue of the agent's own. */
  boolean isOf(String epoch) {
    return own != null && own.epoch.equals(epoch);
  }

  /** Whether this transaction has changed something of it, which is in memory only. */
  boolean isTouched() {
    return (own != null && own.touched) || (reports != null && reports.touched);
  }

  /** The queue that something comes from; of each kind one is known. */
  Queue queue(IntakeTransaction transaction, String epoch, boolean isReported, long now) {
    var queue = isReported ? reports : own;
    if (queue == null || !queue.epoch.equals(epoch)) {
      queue = new Queue(epoch, transaction.epoch(number, epoch, now));
      if (isReported) {
        reports = queue;
      } else {
        own = queue;
      }
    }
    return queue;
  }

  Check check(IntakeTransaction transaction, String fullName, long nanos) {
    var name = Names.ofCheck(fullName);
    var check = checks.get(name);
    if (check == null) {
      check = new Check(transaction.check(number, name), name, null, OptionalLong.empty(), nanos);
      checks.put(name, check);
    }
    return check;
  }

  /**
   * The number of a series that has a value, which is noted down when it is new.
   *
   * @param thresholds noted down as well; none: whatever they are
   * @param most series of an agent that have values
   * @param now unix milliseconds
   * @return empty when it is new, and there are as many already
   */
  OptionalLong series(
      IntakeTransaction transaction,
      SeriesRow.Key fullKey,
      SeriesRow.@Nullable Thresholds thresholds,
      int most,
      long now) {
    var all = series;
    if (all == null) {
      all = new HashMap<>();
      for (var row : transaction.seriesSince(number, now - SERIES_MILLIS)) {
        all.put(row.key(), new Series(row.number(), row.thresholds(), row.seen()));
      }
      series = all;
    }
    var key =
        new SeriesRow.Key(
            fullKey.check(),
            Names.shortened(fullKey.host(), HOST_NAME),
            Names.shortened(fullKey.name(), SERIES_NAME),
            Names.shortened(fullKey.unit(), UNIT));
    var known = all.get(key);
    if (known == null) {
      if (all.size() >= most && !dismiss(all, most, now)) {
        return OptionalLong.empty();
      }
      var first = thresholds == null ? SeriesRow.Thresholds.NONE : thresholds;
      known = new Series(transaction.series(number, key, first), first, now);
      all.put(key, known);
    } else if (thresholds != null && !thresholds.equals(known.thresholds)) {
      transaction.series(number, key, thresholds);
      known.thresholds = thresholds;
      known.seen = now;
    } else if (now - known.seen >= DAY_MILLIS + known.number % 60 * MINUTE_MILLIS) {
      transaction.seen(known.number); // Not all of an agent in the same minute.
      known.seen = now;
    }
    return OptionalLong.of(known.number);
  }

  /** Lets go of series that have no values any more; looks for them once a minute at most. */
  private boolean dismiss(Map<SeriesRow.Key, Series> all, int most, long now) {
    if (Math.abs(now - dismissedAt) >= MINUTE_MILLIS) {
      dismissedAt = now;
      all.values().removeIf(one -> now - one.seen >= SERIES_MILLIS);
    }
    return all.size() < most;
  }

  /** The hub itself has made a result of a check. */
  void become(String name, CheckState state) {
    var check = checks.get(name);
    if (check != null) {
      check.state = state;
      if (check.lateAt.isPresent()) {
        check.lateAt = OptionalLong.of(Reported.NEVER); // That is what was made of it.
      }
    }
  }

  Collection<Check> checks() {
    return checks.values();
  }

  /** Checks and series that are kept, and itself. */
  int size() {
    return 1 + checks.size() + (series == null ? 0 : series.size());
  }
}
