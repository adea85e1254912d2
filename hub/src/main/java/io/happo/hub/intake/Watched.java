package io.happo.hub.intake;

import io.happo.hub.alert.Gauge;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One value that a rule watches: the newest, how often it comes, and whether it says how it is now.
 * What came late may be over, as when a relay replays what it has kept: it counts once nothing
 * newer follows. Times in nanoseconds are by {@link Passing}. For the writer's thread.
 */
final class Watched {
  /** What comes no more often than this counts at least so long. */
  static final Duration FRESH = Duration.ofMinutes(5);

  /** What is older than this when it comes is late. */
  static final Duration LATE = Duration.ofMinutes(2);

  /** When nothing newer has come for so long, a late one is how it is, as far as anybody knows. */
  private static final long QUIET_NANOS = Duration.ofSeconds(20).toNanos();

  /** So often those that follow each other faster, and stay as late, count as well. */
  private static final long SAMPLE_NANOS = Duration.ofMinutes(1).toNanos();

  /** Those that come within this come together, and say nothing of how often they come. */
  private static final long BURST_NANOS = Duration.ofSeconds(30).toNanos();

  final Watching.Source source;
  final Subject subject;
  private final Gauge gauge;

  /** Of the newest, by the clock of its agent, unix milliseconds. */
  private long time = Long.MIN_VALUE;

  private double value;
  private long heardNanos;
  private long awayNanos; // For how much of the time since then its agent was not there.
  private long burstNanos; // When those that came together with the newest began to come.
  private long everyNanos; // How far apart they are; 0: not known.
  private @Nullable Late late;

  /** Which of several it is one of. */
  Watching.@Nullable Many group;

  /** The newest one, when it came late and does not count yet. */
  private static final class Late {
    long sinceNanos;
    long sinceLag; // How old the one was that came then, in milliseconds.
    long lag;
    long heardNanos;
    double value;

    Late(long nanos, long lag) {
      sinceNanos = nanos;
      sinceLag = lag;
    }

    /** Whether what comes gets newer faster than time passes: soon it says how it is now. */
    private boolean isCatchingUp(long nanos) {
      return (sinceLag - lag) * 1_000_000 > nanos - sinceNanos;
    }
  }

  Watched(Watching.Source source, Subject subject, Gauge gauge, long nanos) {
    this.heardNanos = nanos;
    this.source = source;
    this.subject = subject;
    this.gauge = gauge;
  }

  /**
   * Takes a value.
   *
   * @param lag how old it is, in milliseconds
   * @return false when it is older than the newest one
   */
  boolean take(Watching.Value newest, long lag, long nanos) {
    if (newest.time() < time && !newest.newest()) {
      return false;
    }
    hear(nanos);
    time = newest.time();
    if (lag > LATE.toMillis()) {
      late = late == null ? new Late(nanos, lag) : late;
      late.lag = lag;
      late.heardNanos = nanos;
      late.value = newest.value();
    } else {
      late = null;
      count(newest.value(), nanos);
    }
    return true;
  }

  private void count(double newValue, long nanos) {
    value = newValue;
    heardNanos = nanos;
    awayNanos = 0;
  }

  /** An outage is no usual distance, and one that comes more often again is believed slowly. */
  private void hear(long nanos) {
    long apart = nanos - burstNanos;
    if (time == Long.MIN_VALUE) {
      burstNanos = nanos;
    } else if (apart >= BURST_NANOS) {
      long less = Math.min(everyNanos / 4, 4 * apart);
      everyNanos =
          everyNanos == 0 ? apart : Math.max(Math.min(apart, patience()), everyNanos - less);
      burstNanos = nanos;
    }
  }

  /** How long it may be silent and still count. */
  private long patience() {
    return Math.max(FRESH.toNanos(), 3 * everyNanos);
  }

  /** Whether the newest does not count yet. */
  boolean waits() {
    return late != null;
  }

  /** Lets one that came late count, if it is time; whether it does from now on. */
  boolean ripens(long nanos) {
    if (late == null) {
      return false;
    }
    boolean quiet = nanos - late.heardNanos >= QUIET_NANOS;
    boolean sampled = nanos - late.sinceNanos >= SAMPLE_NANOS;
    if (!quiet && sampled && late.isCatchingUp(nanos)) {
      late.sinceNanos = nanos;
      late.sinceLag = late.lag;
      return false;
    }
    if (quiet || sampled) {
      count(late.value, late.heardNanos);
      late = null;
      return true;
    }
    return false;
  }

  /** What the newest says by itself. */
  Gauge.Reading read() {
    return gauge.read(source.label(), time, late == null ? value : late.value);
  }

  /** The newest that counts. */
  double value() {
    return value;
  }

  /** When that came. */
  long heardNanos() {
    return heardNanos;
  }

  /** How far apart they usually come; 0: not known. */
  long everyNanos() {
    return everyNanos;
  }

  /** Whether it counts among others. */
  boolean isFresh(long nanos) {
    return nanos - heardNanos <= patience();
  }

  /** Its agent was away for some more time. */
  void away(long moreNanos, long nanos) {
    awayNanos = Math.min(awayNanos + moreNanos, nanos - heardNanos);
  }

  /** How long it has not come though its agent was there. */
  long missedNanos(long nanos) {
    return nanos - heardNanos - awayNanos;
  }
}
