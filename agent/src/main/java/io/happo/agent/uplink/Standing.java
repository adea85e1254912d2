package io.happo.agent.uplink;

import io.happo.agent.uplink.Uplink.State;
import io.happo.agent.uplink.Uplink.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * How it stands with the hub, and whether the uplink is to go on. A problem that stays the same is
 * in the log once. Any thread.
 */
final class Standing {
  private static final Logger LOG = System.getLogger(Uplink.class.getName());

  private final UnaryOperator<Duration> pace;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stopped = lock.newCondition();
  private boolean stopping;
  private Status status = new Status(State.ALONE, "", "");
  private String told = "";

  /**
   * @param pace what becomes of a wait
   */
  Standing(UnaryOperator<Duration> pace) {
    this.pace = pace;
  }

  Status status() {
    lock.lock();
    try {
      return status;
    } finally {
      lock.unlock();
    }
  }

  void connected() {
    become(new Status(State.CONNECTED, "", ""), "");
  }

  void pending() {
    become(
        new Status(State.PENDING, "", ""), "this agent waits for someone to approve it at the hub");
  }

  void away(String problem) {
    away(problem, "");
  }

  /**
   * @param refusal the hub's word for it, if it does not take the agent
   */
  void away(String problem, String refusal) {
    become(new Status(State.AWAY, problem, refusal), problem);
  }

  private void become(Status next, String message) {
    boolean news;
    lock.lock();
    try {
      status = next;
      news = !message.equals(told) && !message.isEmpty() && !stopping;
      told = message;
    } finally {
      lock.unlock();
    }
    if (news) {
      LOG.log(Level.WARNING, "hub: {0}", message);
    }
  }

  /** Waits, unless this is stopped. */
  void pause(Duration wait) {
    long left = pace.apply(wait).toNanos();
    lock.lock();
    try {
      while (!stopping && left > 0) {
        left = stopped.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It is stopping.
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopping = true;
      stopped.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }
}
