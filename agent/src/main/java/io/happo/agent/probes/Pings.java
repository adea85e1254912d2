package io.happo.agent.probes;

import io.happo.agent.checks.Machine;
import io.happo.agent.exec.IcmpSocket;
import io.happo.net.ClientSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Some questions to an address, and how long their answers took.
 *
 * @param answers how many came
 * @param millis how long they took, on the average; 0 when there are none
 */
record Pings(int sent, int answers, double millis) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** From one question to the next, where there is time for that. */
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  /** Interruption is looked for so often. */
  private static final long SLICE = Duration.ofMillis(100).toNanos();

  private static final int STACK_BYTES = 256 << 10;

  /**
   * How long is asked.
   *
   * @param count of questions
   * @param interval in nanoseconds, between two
   * @param patience in nanoseconds, for the last answer
   */
  record Plan(int count, long interval, long patience) {
    /**
     * The plan that fits into a time.
     *
     * @param slowest in milliseconds, what an answer may take
     */
    static Plan of(int count, double slowest, Duration time) {
      // A tenth is left for what is around it.
      long all = time.toNanos() / 10 * 9;
      long interval = Math.min(INTERVAL, all / (count + 1));
      long patience = INTERVAL + (long) Math.min(slowest * 2e6, 1e12);
      return new Plan(count, interval, Math.min(patience, all - interval * (count - 1)));
    }
  }

  private static Pings of(int sent, int answers, long nanos) {
    return new Pings(sent, answers, answers == 0 ? 0 : nanos / 1e6 / answers);
  }

  /** The share that is lost, in percent. */
  int lost() {
    return 100 * (sent - answers) / sent;
  }

  /**
   * By ICMP; null where that is not allowed.
   *
   * @throws IOException when there is no way, with a word or two that say so
   */
  static @Nullable Pings byIcmp(InetSocketAddress address, Plan plan)
      throws IOException, InterruptedException {
    var task = new FutureTask<@Nullable Pings>(() -> ask(address, plan));
    var thread = new Thread(null, task, "ping", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("ping failed", e.getCause());
    } finally {
      thread.interrupt();
    }
  }

  private static @Nullable Pings ask(InetSocketAddress address, Plan plan) throws IOException {
    boolean isIpv4 = address.getAddress() instanceof Inet4Address;
    long cookie = RANDOM.nextLong();
    var asked = new long[plan.count()];
    int answers = 0;
    long nanos = 0;
    try (var socket = IcmpSocket.open(address.getAddress())) {
      if (socket == null) {
        return null;
      }
      long begin = System.nanoTime();
      int sent = 0;
      while (answers < plan.count() && !Thread.currentThread().isInterrupted()) {
        long now = System.nanoTime();
        boolean isLast = sent == plan.count();
        long next = begin + plan.interval() * (isLast ? sent - 1 : sent) - now;
        long left = isLast ? next + plan.patience() : next;
        if (left <= 0 && isLast) {
          break;
        }
        if (left <= 0) {
          asked[sent] = System.nanoTime();
          socket.send(Echo.request(isIpv4, sent++, cookie));
          continue;
        }
        var message = socket.receive(Math.min(left, SLICE));
        long came = System.nanoTime();
        int number = message == null ? -1 : Echo.answered(message, isIpv4, cookie);
        if (number >= 0 && number < sent && asked[number] != 0) {
          answers++;
          nanos += came - asked[number];
          asked[number] = 0; // Others are duplicates.
        }
      }
    }
    return of(plan.count(), answers, nanos);
  }

  /**
   * By connections of TCP: who refuses one answers, too.
   *
   * @throws IOException when there is no way, with the words of the system
   */
  static Pings byTcp(InetSocketAddress address, Plan plan, Machine machine)
      throws IOException, InterruptedException {
    int answers = 0;
    long nanos = 0;
    for (int i = 0; i < plan.count(); i++) {
      boolean isLast = i == plan.count() - 1;
      long most = Math.min(isLast ? plan.patience() : plan.interval(), machine.left().toNanos());
      long begin = System.nanoTime();
      boolean isThere = connects(address, Duration.ofNanos(most));
      long took = System.nanoTime() - begin;
      if (isThere) {
        answers++;
        nanos += took;
      }
      if (!isLast && took < plan.interval()) {
        Thread.sleep(Duration.ofNanos(plan.interval() - took));
      }
    }
    return of(plan.count(), answers, nanos);
  }

  private static boolean connects(InetSocketAddress address, Duration most)
      throws IOException, InterruptedException {
    try {
      ClientSocket.connect(address, most).close();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (ConnectException e) {
      if (Reach.isRefused(e)) {
        return true;
      }
      throw e;
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw e;
    }
  }
}
