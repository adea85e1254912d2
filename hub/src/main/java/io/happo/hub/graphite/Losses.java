package io.happo.hub.graphite;

import java.lang.System.Logger.Level;
import java.time.Duration;
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

  private static final System.Logger LOG = System.getLogger(GraphiteDoor.class.getName());

  private final Rhythm rhythm;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final long[] counts = new long[Loss.values().length]; // Under the lock, as what follows.
  private final long[] told = new long[counts.length];
  private final String[] examples = new String[counts.length];
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
      int reason = loss.ordinal();
      if (counts[reason] == told[reason]) {
        examples[reason] = example;
      }
      counts[reason] += number;
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
      for (var loss : Loss.values()) {
        int reason = loss.ordinal();
        long untold = counts[reason] - told[reason];
        told[reason] = counts[reason];
        if (untold > 0) {
          text.append(text.isEmpty() ? "" : ", ")
              .append(loss.words())
              .append(": ")
              .append(untold)
              .append(" (such as: ")
              .append(examples[reason])
              .append(')');
        }
      }
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
        dropped.put(loss.key(), counts[loss.ordinal()]);
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
