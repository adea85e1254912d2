package io.happo.agent.machine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks what may never answer and cannot be interrupted, such as a file system whose server is dead:
 * on a platform thread, since such a question would hold the carrier of a virtual one. While a
 * question is open, the same is not asked again, so that each costs one thread at most however
 * often a check runs; and once it has been open for long enough, it counts as unanswered at once.
 * Any thread.
 *
 * @param <T> what is asked for
 */
final class Patience<T> {
  /** Threads at once, each with a question that hangs; what is asked beyond counts as hanging. */
  private static final int MOST = 64;

  /** The native stack of statvfs(3) and the few frames of Java below it. */
  private static final int STACK_BYTES = 256 << 10;

  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          0,
          MOST,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            var thread = new Thread(null, task, "file-system", STACK_BYTES);
            thread.setDaemon(true);
            return thread;
          });

  private final ConcurrentHashMap<String, Open<T>> open = new ConcurrentHashMap<>();

  private record Open<T>(FutureTask<T> task, long sinceNanos) {}

  /**
   * Asks.
   *
   * @param about what tells the question from others
   * @param most for how long the question may be open
   * @return null when there is no answer in time
   * @throws IOException as the question does
   */
  @Nullable T ask(String about, Duration most, Callable<T> question)
      throws IOException, InterruptedException {
    var mine = new Open<>(new FutureTask<>(question), System.nanoTime());
    var asked = open.putIfAbsent(about, mine);
    if (asked == null) {
      asked = mine;
      try {
        THREADS.execute(
            () -> {
              try {
                mine.task().run();
              } finally {
                open.remove(about, mine);
              }
            });
      } catch (RejectedExecutionException | OutOfMemoryError e) { // There is no thread left.
        open.remove(about, mine);
        return null;
      }
    }
    long left = most.toNanos() - (System.nanoTime() - asked.sinceNanos());
    try {
      return asked.task().get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("a question about " + about + " failed", e.getCause());
    }
  }
}
