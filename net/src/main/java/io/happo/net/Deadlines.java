package io.happo.net;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that take too long, on one thread that exists while something is to be watched
 * for. To move a deadline costs a write to memory. Without lambdas: check_happo starts with this,
 * and the first of them costs it 20 ms.
 */
final class Deadlines implements AutoCloseable {
  private static final long REST_SECONDS = 60;
  private static final int STACK_BYTES = 128 << 10;

  private final ScheduledThreadPoolExecutor clock;

  Deadlines(String thread) {
    clock = new ScheduledThreadPoolExecutor(1, new Threads(thread));
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(REST_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
  }

  private record Threads(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable work) {
      return Thread.ofPlatform().name(name).daemon().stackSize(STACK_BYTES).unstarted(work);
    }
  }

  /** Of one connection, which is closed when the time that was last set is over. */
  final class Deadline implements Runnable {
    private final Connection connection;
    private long at;
    private boolean running;
    private boolean expired;
    private boolean over;
    private @Nullable Future<?> task;
    private long taskAt;

    private Deadline(Connection connection) {
      this.connection = connection;
    }

    /** Starts it, or moves it; nothing when it has expired already. */
    synchronized void set(Duration fromNow) {
      running = true;
      at = System.nanoTime() + fromNow.toNanos();
      // A task that comes too early looks again; only one that would come too late is replaced.
      if (task != null && at - taskAt < 0) {
        task.cancel(false);
        task = null;
      }
      schedule();
    }

    /** Stops it, until it is set again. */
    synchronized void clear() {
      running = false;
    }

    /** Stops it for good. */
    synchronized void end() {
      over = true;
      running = false;
      if (task != null) {
        task.cancel(false);
        task = null;
      }
    }

    synchronized boolean isExpired() {
      return expired;
    }

    private void schedule() {
      if (task == null && !expired && !over) {
        taskAt = at;
        try {
          task = clock.schedule(this, at - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
          connection.close(); // Nobody would watch over it.
        }
      }
    }

    /** Looks whether the time is over. */
    @Override
    public void run() {
      synchronized (this) {
        task = null;
        if (!running) {
          return;
        }
        if (at - System.nanoTime() > 0) {
          schedule();
          return;
        }
        expired = true;
      }
      connection.close();
    }
  }

  Deadline of(Connection connection) {
    return new Deadline(connection);
  }

  @Override
  public void close() {
    clock.shutdown(); // What is watched over goes on to be.
  }
}
