package io.happo.agent.exec;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that sessions end: one thread, which looks at all of them together with one pass over
 * the processes, and sleeps while there is none. A session comes in with {@link #watch} when its
 * command has ended by itself (processes it left behind may live until the deadline), or with
 * {@link #end} when the deadline has passed: then TERM goes to every member, and killAfter later
 * KILL, in rounds, until none is left.
 */
final class Sessions implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

  /** Time between two passes while nothing is to be ended, and how many times its own cost. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int SLOW_FACTOR = 100;

  /** The same while something is to be ended: twice as long from pass to pass. */
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long QUICK_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int QUICK_FACTOR = 4;

  private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
  private final Progress progress = new Progress();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean urgent;
  private volatile boolean closed;

  // Of the thread alone.
  private long quickNanos = QUICK_NANOS;
  private long pauseNanos = SLOW_NANOS;

  Sessions() {
    thread =
        Thread.ofPlatform()
            .name("exec-sessions")
            .daemon()
            .stackSize(256 << 10)
            .unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  /** Whether it does what it is for, and has not stopped in the middle of something. */
  boolean isWorking() {
    return thread.isAlive() && !progress.isStuck();
  }

  /** Takes over a session whose command has ended, until it is empty or its deadline comes. */
  void watch(Session session) {
    // An older one of this name is empty, or the system would not have given the name away.
    sessions.put(session.id(), session);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Takes over a session whose deadline has come. */
  void end(Session session) {
    sessions.put(session.id(), session);
    hurry();
  }

  /** Ends all sessions; returns when that is done, or nothing more can be done. */
  @Override
  public void close() {
    closed = true;
    hurry();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void hurry() {
    urgent = true;
    LockSupport.unpark(thread);
  }

  private void loop() {
    while (true) {
      awaitWork();
      if (closed && sessions.isEmpty()) {
        return;
      }
      pause();
      long begin = progress.begins();
      try {
        pass();
      } catch (Throwable e) {
        // Without threads or memory for one pass, the next may do: nobody else ends sessions.
        LOG.log(System.Logger.Level.ERROR, "ending processes: {0}; trying again", e);
      }
      progress.rests();
      plan(System.nanoTime() - begin);
    }
  }

  private void awaitWork() {
    asleep = true;
    while (sessions.isEmpty() && !closed) {
      LockSupport.park(this);
      pauseNanos = SLOW_NANOS;
    }
    asleep = false;
  }

  private void pause() {
    long begin = System.nanoTime();
    for (long left = pauseNanos;
        left > 0 && !urgent;
        left = begin + pauseNanos - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    if (urgent) {
      urgent = false;
      quickNanos = QUICK_NANOS;
    }
  }

  private void pass() {
    List<Session> batch = new ArrayList<>(sessions.values());
    for (Session session : batch) {
      if (closed && !session.isLate()) {
        session.cutShort();
      }
      session.beforePass();
    }
    ProcessTable table = ProcessTable.read();
    long now = System.nanoTime();
    for (Session session : batch) {
      Ending.Step step = session.afterPass(table, now);
      switch (step) {
        case WAIT, TERM -> {}
        case KILL -> quickNanos = QUICK_NANOS;
        case GONE -> drop(session);
        case LOST -> {
          LOG.log(
              Level.ERROR,
              "msg=\"processes of a command cannot be killed; look at them by hand\" pids={0}",
              session.pids());
          drop(session);
        }
      }
    }
  }

  private void drop(Session session) {
    sessions.remove(session.id(), session);
    session.setGone();
  }

  /** Decides how long to wait for the next pass. */
  private void plan(long costNanos) {
    long now = System.nanoTime();
    long untilKill = Long.MAX_VALUE;
    boolean quick = false;
    for (Session session : sessions.values()) {
      quick |= session.isLate();
      untilKill = Math.min(untilKill, session.untilKill(now));
    }
    if (quick) {
      pauseNanos = Math.min(Math.max(quickNanos, QUICK_FACTOR * costNanos), untilKill);
      quickNanos = Math.min(2 * quickNanos, QUICK_MAX_NANOS);
    } else {
      pauseNanos = Math.max(SLOW_NANOS, SLOW_FACTOR * costNanos);
    }
  }
}
