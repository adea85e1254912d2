package io.happo.hub.graphite;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the port took, and what it did not, by reason. Losses are told by one line of the log, at
 * most once a minute, with the figures since the last time and an example of each; the first words
 * wait for a moment, so that they hold more than the first line. Any thread.
 */
final class Losses implements AutoCloseable {
  /**
   * How often losses are told.
   *
   * @param gather from the first loss until it is told
   * @param every the least between two tellings
   */
  record Rhythm(Duration gather, Duration every) {
    static final Rhythm USUAL = new Rhythm(Duration.ofSeconds(2), Duration.ofMinutes(1));
  }

  /** How much was lost for one reason, and how much of that is not told. */
  private static final class Tally {
    long all;
    long untold;
    String example = "";
  }

  private static final System.Logger LOG = System.getLogger(GraphiteDoor.class.getName());

  private final Rhythm rhythm;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Loss, Tally> tallies = new EnumMap<>(Loss.class); // Under it, as what follows.
  private long stored;
  private long unknown;
  private boolean isLoss;
  private boolean closed;
  private final Thread teller = Thread.ofVirtual().name("graphite-losses").unstarted(this::tell);

  Losses(Rhythm rhythm) {
    this.rhythm = rhythm;
  }

  void start() {
    teller.start();
  }

  void stored(int values) {
    lock.lock();
    try {
      stored += values;
    } finally {
      lock.unlock();
    }
  }

  /** A value that its sender could not tell: no loss, but counted. */
  void unknown() {
    lock.lock();
    try {
      unknown++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts a loss.
   *
   * @param example fit for a line of the log
   */
  void count(Loss loss, int number, String example) {
    lock.lock();
    try {
      var tally = tallies.computeIfAbsent(loss, _ -> new Tally());
      if (tally.untold == 0) {
        tally.example = example;
      }
      tally.all += number;
      tally.untold += number;
      isLoss = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    boolean more = true;
    while (more) {
      more = awaitLoss();
      pause(rhythm.gather());
      var text = untold();
      if (!text.isEmpty()) {
        LOG.log(Level.WARNING, "graphite port dropped {0}", text);
      }
      pause(rhythm.every());
    }
  }

  /** False when this was closed. */
  private boolean awaitLoss() {
    lock.lock();
    try {
      while (!isLoss && !closed) {
        changed.awaitUninterruptibly();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Not longer than until this is closed. */
  private void pause(Duration time) {
    lock.lock();
    try {
      for (long left = time.toNanos(); left > 0 && !closed; ) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  /** What was lost since this was asked last, for people; empty: nothing. */
  String untold() {
    var text = new StringBuilder();
    lock.lock();
    try {
      isLoss = false;
      tallies.forEach(
          (loss, tally) -> {
            if (tally.untold > 0) {
              text.append(text.isEmpty() ? "" : ", ")
                  .append(loss.words())
                  .append(": ")
                  .append(tally.untold)
                  .append(" (such as: ")
                  .append(tally.example)
                  .append(')');
              tally.untold = 0;
            }
          });
    } finally {
      lock.unlock();
    }
    return text.toString();
  }

  GraphiteCounts counts(int connections) {
    SortedMap<String, Long> dropped = new TreeMap<>();
    lock.lock();
    try {
      for (var loss : Loss.values()) {
        var tally = tallies.get(loss);
        dropped.put(loss.key(), tally == null ? 0 : tally.all);
      }
      return new GraphiteCounts(stored, unknown, dropped, connections);
    } finally {
      lock.unlock();
    }
  }

  /** What has not been told is told now. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      teller.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
