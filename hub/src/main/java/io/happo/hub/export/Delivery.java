package io.happo.hub.export;

import io.happo.hub.export.Receiver.NotTakenException;
import io.happo.hub.export.Receiver.Taken;
import io.happo.hub.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends one output what it is to have: in the order of the log, one batch at a time, each until the
 * other side has it. Its position moves only then; after a crash the same values with the same
 * times may be sent once more. What the other side will never take is found by a {@link Sieve}, and
 * dropped alone. For one thread, which {@link #end} and an interrupt end.
 */
final class Delivery {
  private static final System.Logger LOG = System.getLogger("happo.export");

  /** Makes a receiver, when it is needed. */
  interface Opening {
    Receiver open() throws IOException;
  }

  private final String name;
  private final SampleSource source;
  private final SeriesBook book;
  private final Opening opening;
  private final Choice choice;
  private final Tally tally;
  private final OutputLimits limits;
  private final InstantSource clock;
  private @Nullable Receiver receiver;

  /** Held while the position is written: what is over writes none any more. */
  private final Object writing = new Object();

  private volatile boolean isOver;
  private int failedInRow;
  private String mistake = "";

  Delivery(
      String name,
      SampleSource source,
      SeriesBook book,
      Opening opening,
      Choice choice,
      Tally tally,
      OutputLimits limits,
      InstantSource clock) {
    this.name = name;
    this.source = source;
    this.book = book;
    this.opening = opening;
    this.choice = choice;
    this.tally = tally;
    this.limits = limits;
    this.clock = clock;
  }

  /** Sends until it is over, or interrupted. */
  void run() {
    try {
      while (!isOver) {
        if (!trySome()) {
          Thread.sleep(limits.look());
        }
      }
    } catch (InterruptedException e) {
      // The hub stops, or the output is another one now: the log has what was not sent.
    } finally {
      if (receiver != null) {
        receiver.close();
      }
    }
  }

  /** From when it returns on no position is written; one that is on its way is waited for. */
  void end() {
    synchronized (writing) {
      isOver = true;
    }
  }

  private void has(long number) throws InterruptedException {
    synchronized (writing) {
      if (isOver) {
        throw new InterruptedException();
      }
      source.setPosition(name, number);
    }
  }

  private boolean trySome() throws InterruptedException {
    try {
      boolean some = sendSome();
      failedInRow = 0;
      mistake = "";
      if (tally.goesOn()) {
        LOG.log(Level.INFO, "goes on output={0}", name);
      }
      return some;
    } catch (StoreException e) {
      failed("the hub's store cannot be read: " + e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      failed(e);
    }
    pause(failedInRow++, Duration.ZERO);
    return true;
  }

  /** Whether there was something. */
  private boolean sendSome() throws InterruptedException {
    long position = source.position(name).orElseGet(source::last);
    long lost = source.lost();
    if (lost > position) {
      lost(lost - position);
      position = lost;
      has(position);
    }
    var entries = source.after(position, limits.entries());
    if (entries.isEmpty()) {
      return false;
    }
    var some = some(entries);
    var points = points(some);
    if (!points.isEmpty()) {
      deliver(points);
    }
    has(some.getLast().number());
    return true;
  }

  /** As many from the first on as are sent at once; at least one. */
  private List<SampleSource.Entry> some(List<SampleSource.Entry> entries) {
    int taken = 0;
    int samples = 0;
    for (var entry : entries) {
      samples += entry.samples().size();
      if (taken > 0 && samples > limits.points()) {
        break;
      }
      taken++;
    }
    return entries.subList(0, taken);
  }

  private List<Point> points(List<SampleSource.Entry> entries) {
    var numbers = new HashSet<Long>();
    entries.forEach(entry -> entry.samples().forEach(sample -> numbers.add(sample.series())));
    var series = book.of(numbers);
    var points = new ArrayList<Point>();
    for (var entry : entries) {
      for (var sample : entry.samples()) {
        var one = series.get(sample.series());
        if (one != null && !Double.isNaN(sample.value()) && choice.suits(one)) {
          points.add(new Point(one, sample.time(), sample.value()));
        }
      }
    }
    return points;
  }

  private void lost(long entries) {
    tally.lost(
        entries,
        "the log did not keep up to "
            + entries
            + " entries until the other side took them: keep it longer, or see why that was away");
    LOG.log(Level.ERROR, "not sent, the log has it no more output={0} entries={1}", name, entries);
  }

  private void deliver(List<Point> points) throws InterruptedException {
    var sieve = new Sieve(points, limits.points());
    long refused = 0;
    for (var part = sieve.next(); !part.isEmpty(); part = sieve.next()) {
      long now;
      String why;
      try {
        var taken = send(part);
        sieve.taken();
        now = taken.refused();
        why = taken.why();
      } catch (NotTakenException e) {
        now = sieve.refused().size();
        why = String.valueOf(e.getMessage());
      }
      if (now > 0) {
        refused(part.getFirst(), now, why, refused == 0);
        refused += now;
      }
    }
    if (refused > 1) {
      LOG.log(Level.WARNING, "refused in all output={0} values={1}", name, refused);
    }
  }

  private void refused(Point first, long values, String why, boolean isTold) {
    tally.refused(values, "refused " + described(first) + ": " + why);
    if (isTold) {
      LOG.log(
          Level.WARNING,
          "refused output={0} first=\"{1}\" values={2} why={3}",
          name,
          described(first),
          values,
          why);
    }
  }

  private String described(Point point) {
    var series = point.series();
    return (series.agent() + " " + series.check() + " " + series.name()).strip()
        + " of "
        + Instant.ofEpochMilli(point.time());
  }

  /**
   * Returns when the other side has them.
   *
   * @throws NotTakenException when it may take them in parts
   */
  private Taken send(List<Point> points) throws NotTakenException, InterruptedException {
    for (int failures = 0; ; failures++) {
      var after = Duration.ZERO;
      try {
        if (receiver == null) {
          receiver = opening.open();
        }
        var taken = receiver.send(points);
        if (tally.taken(points.size() - taken.refused(), clock.millis())) {
          LOG.log(Level.INFO, "takes values again output={0}", name);
        }
        return taken;
      } catch (IOException e) {
        failed(String.valueOf(e.getMessage()));
      } catch (NotTakenException e) {
        if (e.isInParts()) {
          throw e;
        }
        after = e.after();
        failed(String.valueOf(e.getMessage()));
      }
      pause(failures, after);
    }
  }

  /** Told whole once, not each time. */
  private void failed(Throwable e) {
    if (!mistake.equals(e.toString())) {
      mistake = e.toString();
      LOG.log(Level.ERROR, "output " + name + " waits", e);
    }
    failed("this hub made a mistake; its log tells more");
  }

  private void failed(String why) {
    if (tally.failed(why, clock.millis())) {
      LOG.log(Level.WARNING, "takes nothing, tried again output={0} why={1}", name, why);
    }
  }

  /** Twice as long each time, and by chance up to half of that less. */
  private void pause(int failures, Duration after) throws InterruptedException {
    long most =
        Math.min(
            limits.firstPause().toMillis() << Math.min(failures, 16),
            limits.longestPause().toMillis());
    long pause = most - ThreadLocalRandom.current().nextLong(most / 2 + 1);
    Thread.sleep(Math.max(pause, after.toMillis()));
  }
}
