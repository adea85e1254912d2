package io.happo.hub.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be stored, within its limits. Batches keep their order. What was taken counts until
 * it is {@link #released}.
 */
final class Waiting {
  private final IntakeLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition some = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Submission> queue = new ArrayDeque<>();
  private int queuedItems;
  private int items;
  private long bytes;
  private boolean closed;
  private boolean woken;

  Waiting(IntakeLimits limits) {
    this.limits = limits;
  }

  /** Waits for room, but not for ever; whether it was taken, which it is not when closed. */
  boolean put(Submission submission) throws InterruptedException {
    lock.lock();
    try {
      long left = limits.patience().toNanos();
      while (!closed && !fits(submission) && left > 0) {
        left = room.awaitNanos(left);
      }
      boolean taken = fits(submission) && add(submission);
      // One that wakes wakes the next, so that a crowd does not wake for the room of one.
      room.signal();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** A batch larger than the limits goes alone. */
  private boolean fits(Submission submission) {
    return items == 0
        || (items + submission.items() <= limits.waitingItems()
            && bytes + submission.bytes() <= limits.waitingBytes());
  }

  private boolean add(Submission submission) {
    if (closed) {
      return false;
    }
    boolean first = queue.isEmpty();
    queue.add(submission);
    items += submission.items();
    queuedItems += submission.items();
    bytes += submission.bytes();
    if (first || queuedItems >= limits.groupItems()) {
      some.signal();
    }
    return true;
  }

  /** Somebody who waits in {@link #take} is to come back. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      some.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next group; empty when nothing came in some time, or somebody was woken.
   *
   * @param most how long
   */
  List<Submission> take(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long patience = most.toNanos();
      while (queue.isEmpty() && !closed && !woken && patience > 0) {
        patience = some.awaitNanos(patience);
      }
      woken = false;
      long left = queue.isEmpty() ? 0 : limits.gather().toNanos();
      while (left > 0 && queuedItems < limits.groupItems() && !closed) {
        left = some.awaitNanos(left);
      }
      var group = new ArrayList<Submission>();
      int groupItems = 0;
      while (!queue.isEmpty() && groupItems < limits.groupItems()) {
        var submission = queue.remove();
        group.add(submission);
        groupItems += submission.items();
      }
      queuedItems -= groupItems;
      return group;
    } finally {
      lock.unlock();
    }
  }

  /** These are stored, or given up. */
  void released(List<Submission> group) {
    lock.lock();
    try {
      for (var submission : group) {
        items -= submission.items();
        bytes -= submission.bytes();
      }
      room.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this is closed and nothing is left to take. */
  boolean isOver() {
    lock.lock();
    try {
      return closed && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  int items() {
    lock.lock();
    try {
      return items;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is taken in; what is there can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      some.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
