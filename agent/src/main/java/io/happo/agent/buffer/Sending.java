package io.happo.agent.buffer;

import io.happo.core.link.Range;
import io.happo.core.link.ToHub;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one session takes out of an {@link Outbox}, in this order: what the disk did not take, the
 * newest result of each check that waited when it began, what is appended since, and what waited,
 * from the oldest on. No batch holds a result of a check whose newest one is in a later batch, or
 * in none yet: what is over must not look like the present. A batch holds the items of contiguous
 * sequences of one epoch. Ended by {@link #end}, also by the next {@link Outbox#begin}: all that
 * was not acknowledged waits again then.
 *
 * <p>One thread calls {@link #next}; any may call the rest.
 */
public final class Sending {
  /** The most of a batch, in bytes of its items, unless one alone is larger. */
  static final int BATCH_BYTES = 128 << 10;

  /**
   * Items between two that are to be sent first are sent along with them when there are no more
   * than this: a batch for each would take longer. They are older than the newest results of their
   * checks, which is why the highest sequences go first.
   */
  private static final int NEAR = 64;

  private static final Logger LOG = System.getLogger(Sending.class.getName());

  /**
   * Items to be sent at once.
   *
   * @param first the sequence of the first of them
   * @param items the JSON of each
   */
  public record Batch(String epoch, long first, List<String> items) {}

  private final Outbox outbox;
  private final int maxBatches;
  private final Deque<Range> fresh = new ArrayDeque<>(); // As the next two: of who calls next.
  private final long backlogEnd;
  private long live;
  private long backlog;

  private final List<Range> unacknowledged = new ArrayList<>(); // Under the outbox's lock.
  private long heardNanos = System.nanoTime();
  private boolean ended;

  /**
   * @param newest sequences to be sent first
   * @param live the first sequence that was not waiting
   */
  Sending(Outbox outbox, int maxBatches, List<Long> newest, long live) {
    this.outbox = outbox;
    this.maxBatches = maxBatches;
    this.live = live;
    backlogEnd = live - 1;
    Collections.sort(newest);
    for (long sequence : newest) {
      Range near = fresh.peekLast();
      if (near != null && sequence - near.last() <= NEAR) {
        fresh.removeLast();
        fresh.addLast(new Range(near.first(), sequence));
      } else {
        fresh.addLast(new Range(sequence, sequence));
      }
    }
  }

  /**
   * The next batch, once there is one and it may be sent; null when there was none in that time, or
   * this has ended.
   */
  public @Nullable Batch next(Duration most) throws InterruptedException {
    long left = most.toNanos();
    while (true) {
      long seen;
      outbox.lock().lockInterruptibly();
      try {
        while (!ended && unacknowledged.size() >= maxBatches) {
          if (left <= 0) {
            return null;
          }
          left = outbox.changed().awaitNanos(left);
        }
        if (ended) {
          return null;
        }
        Batch held = outbox.unwritten().take(ToHub.Results.MAX_ITEMS, BATCH_BYTES);
        if (held != null) {
          heardNanos = unacknowledged.isEmpty() ? System.nanoTime() : heardNanos;
          return held;
        }
        seen = outbox.lastAppended();
      } finally {
        outbox.lock().unlock();
      }
      List<Entry> run = take(seen);
      if (!run.isEmpty()) {
        return sent(run);
      }
      outbox.lock().lockInterruptibly();
      try {
        while (!ended && outbox.lastAppended() == seen && !outbox.unwritten().isReady()) {
          if (left <= 0) {
            return null;
          }
          left = outbox.changed().awaitNanos(left);
        }
      } finally {
        outbox.lock().unlock();
      }
    }
  }

  /** The items that are to go next; none when nothing waits. */
  private List<Entry> take(long lastAppended) {
    if (!outbox.epochs().isBegun()) {
      return List.of();
    }
    while (!fresh.isEmpty()) {
      Range range = fresh.removeLast();
      List<Entry> run = run(range.first(), range.last());
      if (run.isEmpty()) {
        continue;
      }
      long last = run.getLast().sequence();
      if (last == range.last()) {
        return run;
      }
      // What follows may hold newer results of the same checks: it goes first.
      outbox.queue().giveBack(run.getFirst().sequence(), last);
      fresh.addLast(new Range(range.first(), last));
      fresh.addLast(new Range(last + 1, range.last()));
    }
    if (live <= lastAppended) {
      List<Entry> run = run(live, lastAppended);
      live = run.isEmpty() ? lastAppended + 1 : run.getLast().sequence() + 1;
      if (!run.isEmpty()) {
        return run;
      }
    }
    if (backlog <= backlogEnd) {
      List<Entry> run = run(backlog, backlogEnd);
      backlog = run.isEmpty() ? backlogEnd + 1 : run.getLast().sequence() + 1;
      return run;
    }
    return List.of();
  }

  private List<Entry> run(long first, long last) {
    List<Entry> run = outbox.queue().takeRun(first, last, ToHub.Results.MAX_ITEMS, BATCH_BYTES);
    if (run.isEmpty()) {
      return run;
    }
    long from = run.getFirst().sequence();
    long to = run.getLast().sequence();
    long ofEpoch = Math.min(to, outbox.epochs().lastOf(from));
    if (ofEpoch < to) {
      outbox.queue().giveBack(ofEpoch + 1, to);
    }
    return run.subList(0, (int) (ofEpoch - from + 1));
  }

  private @Nullable Batch sent(List<Entry> run) {
    Range range = new Range(run.getFirst().sequence(), run.getLast().sequence());
    outbox.lock().lock();
    try {
      if (!ended) {
        if (unacknowledged.isEmpty() && !outbox.unwritten().isInFlight()) {
          heardNanos = System.nanoTime();
        }
        unacknowledged.add(range);
        List<String> items = new ArrayList<>(run.size());
        for (Entry entry : run) {
          items.add(new String(entry.payload(), StandardCharsets.UTF_8));
        }
        return new Batch(outbox.epochs().of(range.first()), range.first(), items);
      }
    } finally {
      outbox.lock().unlock();
    }
    outbox.queue().giveBack(range.first(), range.last());
    return null;
  }

  /**
   * The hub has these items: they are forgotten, durably. Of a range only what this has sent and
   * what was not acknowledged before counts. When the disk fails they wait on, and are sent again
   * in a later session.
   */
  public void acknowledged(String epoch, long first, long upTo) {
    List<Range> stored = new ArrayList<>();
    outbox.lock().lock();
    try {
      if (outbox.unwritten().epoch().equals(epoch)) {
        outbox.unwritten().forget(first, upTo);
        heardNanos = System.nanoTime();
        outbox.changed().signalAll();
        return;
      }
      List<Range> left = new ArrayList<>();
      for (Range batch : unacknowledged) {
        long from = Math.max(first, batch.first());
        long to = Math.min(upTo, batch.last());
        if (from > to || !outbox.epochs().of(batch.first()).equals(epoch)) {
          left.add(batch);
          continue;
        }
        stored.add(new Range(from, to));
        if (batch.first() < from) {
          left.add(new Range(batch.first(), from - 1));
        }
        if (batch.last() > to) {
          left.add(new Range(to + 1, batch.last()));
        }
        heardNanos = System.nanoTime();
      }
      unacknowledged.clear();
      unacknowledged.addAll(left);
    } finally {
      outbox.lock().unlock();
    }
    for (Range range : stored) {
      try {
        outbox.queue().forget(range.first(), range.last());
      } catch (IOException e) {
        outbox.queue().giveBack(range.first(), range.last());
        LOG.log(Level.WARNING, "what the hub has stored stays here too: {0}", e.getMessage());
      }
    }
    outbox.lock().lock();
    try {
      for (Range range : stored) {
        outbox.gone(range.first(), range.last());
      }
      outbox.changed().signalAll();
    } finally {
      outbox.lock().unlock();
    }
  }

  /** How long something has been waiting for an acknowledgement without any; zero when nothing. */
  public Duration silence() {
    outbox.lock().lock();
    try {
      return unacknowledged.isEmpty() && !outbox.unwritten().isInFlight()
          ? Duration.ZERO
          : Duration.ofNanos(System.nanoTime() - heardNanos);
    } finally {
      outbox.lock().unlock();
    }
  }

  /** Gives back all that was not acknowledged. */
  public void end() {
    List<Range> back;
    outbox.lock().lock();
    try {
      ended = true;
      back = List.copyOf(unacknowledged);
      unacknowledged.clear();
      outbox.unwritten().giveBack();
      outbox.changed().signalAll();
    } finally {
      outbox.lock().unlock();
    }
    for (Range range : back) {
      outbox.queue().giveBack(range.first(), range.last());
    }
  }
}
