package io.happo.agent.feeds;

import io.happo.agent.metrics.MetricStore;
import io.happo.core.GraphiteLine;
import io.happo.core.MetricBatch;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers values that come one by one, so that the disk sees few syncs: they are kept when there
 * are {@value #FULL}, or the first of them has waited for its time, as a batch for each second that
 * they are of. Of two of the same name and second the later counts, as with Graphite. A thread of
 * its own writes. Any thread adds.
 */
final class GraphiteBuffer implements AutoCloseable {
  /** The most values in a minute. */
  static final int MAX_PER_MINUTE = 60_000;

  /** How long a value usually waits for others. */
  static final Duration LINGER = Duration.ofSeconds(2);

  private static final int FULL = 500;

  /** The most that wait; who may not wait himself loses what comes beyond. */
  private static final int MAX_WAITING = 5_000;

  private final MetricStore store;
  private final Supplier<String> hostname;
  private final Losses losses;
  private final InstantSource clock;
  private final long lingerNanos;
  private final KnownNames names;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Map<Long, SortedMap<String, Double>> waiting = new TreeMap<>(); // Under the lock.
  private int size;
  private long firstNanos;
  private long minute;
  private int inMinute;
  private boolean closed;
  private final Thread writer = Thread.ofVirtual().name("graphite-write").unstarted(this::write);

  GraphiteBuffer(
      MetricStore store,
      Supplier<String> hostname,
      int maxNames,
      Duration linger,
      Losses losses,
      InstantSource clock) {
    this.store = store;
    this.hostname = hostname;
    this.losses = losses;
    this.clock = clock;
    lingerNanos = linger.toNanos();
    names = new KnownNames(maxNames);
  }

  void start() {
    writer.start();
  }

  /**
   * Adds what a line says.
   *
   * @param patient whether this may block while the disk is busy
   */
  void add(GraphiteLine line, boolean patient) {
    switch (line) {
      case GraphiteLine.Value value -> add(value, patient);
      case GraphiteLine.Unknown unknown -> losses.unknown();
      case GraphiteLine.Bad bad -> losses.count(Loss.BAD_LINE, 1, bad.why());
    }
  }

  private void add(GraphiteLine.Value value, boolean patient) {
    var name = value.name().toString();
    lock.lock();
    try {
      while (patient && size >= MAX_WAITING && !closed) {
        changed.awaitUninterruptibly();
      }
      var loss = refusal(name);
      if (loss != null) {
        losses.count(loss, 1, loss == Loss.NAMES ? name : "");
        return;
      }
      losses.took(1);
      var second = waiting.computeIfAbsent(value.time() / 1_000, time -> new TreeMap<>());
      if (second.put(name, value.value()) == null) {
        size++;
      }
      if (size == 1) {
        firstNanos = System.nanoTime();
      }
      if (size == 1 || size == FULL) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Loss refusal(String name) {
    long now = clock.millis() / 60_000;
    if (minute != now) {
      minute = now;
      inMinute = 0;
    }
    if (inMinute == MAX_PER_MINUTE) {
      return Loss.RATE;
    }
    if (!names.admits(name, now)) {
      return Loss.NAMES;
    }
    inMinute++;
    return size >= MAX_WAITING || closed ? Loss.BUSY : null;
  }

  private void write() {
    while (true) {
      Map<Long, SortedMap<String, Double>> batches;
      int count;
      lock.lock();
      try {
        awaitBatches();
        if (size == 0) {
          return;
        }
        batches = waiting;
        count = size;
        waiting = new TreeMap<>();
        size = 0;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      keep(batches, count);
    }
  }

  /** Until they are worth a sync, or this was closed. */
  private void awaitBatches() {
    try {
      while (size == 0 && !closed) {
        changed.await();
      }
      long left = firstNanos + lingerNanos - System.nanoTime();
      while (size < FULL && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void keep(Map<Long, SortedMap<String, Double>> seconds, int count) {
    List<MetricBatch> batches = new ArrayList<>(seconds.size());
    var host = hostname.get();
    seconds.forEach((second, values) -> batches.add(new MetricBatch(host, second, values)));
    try {
      store.append(batches);
    } catch (IOException e) {
      losses.count(Loss.UNWRITTEN, count, Ports.words(e));
    }
  }

  /** What was added is kept when this returns. */
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
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
