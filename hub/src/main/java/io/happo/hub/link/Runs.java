package io.happo.hub.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.core.link.Item;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What people have agents run now: what it has said so far, and how it ended. Kept for {@link
 * #KEPT_MILLIS} after its end, or until there are {@link #MAX_RUNS} and another begins. Any thread.
 */
public final class Runs {
  private static final int MAX_RUNS = 1_000;
  private static final int ID_BYTES = 12;
  private static final int MAX_OUTPUT_CHARS = 1 << 20;
  private static final long KEPT_MILLIS = TimeUnit.MINUTES.toMillis(10);

  /** How much later than at its deadline an agent may tell the end. */
  private static final long SLACK_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final Map<String, Running> runs = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  public Runs(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A part of what a run has said.
   *
   * @param text from the position that was asked for
   * @param next the position to ask for next
   * @param end how it ended; empty while it runs
   */
  public record Progress(String text, int next, Optional<ToHub.RunEnd> end) {}

  /** One of them. */
  public static final class Running {
    private final String id;
    private final long agent;
    private final String user;
    private final long untilMillis;
    private final StringBuilder output = new StringBuilder();
    private Optional<ToHub.RunEnd> end = Optional.empty();
    private long endedMillis;

    private Running(String id, long agent, String user, long untilMillis) {
      this.id = id;
      this.agent = agent;
      this.user = user;
      this.untilMillis = untilMillis;
    }

    public String id() {
      return id;
    }

    /** Number of the agent that runs it. */
    public long agent() {
      return agent;
    }

    /** Who wanted it. */
    public String user() {
      return user;
    }

    private synchronized void add(String chunk) {
      int room = MAX_OUTPUT_CHARS - output.length();
      output.append(chunk, 0, Math.min(room, chunk.length()));
      notifyAll();
    }

    private synchronized void end(ToHub.RunEnd how, long nowMillis) {
      if (end.isEmpty()) {
        end = Optional.of(how);
        endedMillis = nowMillis;
        notifyAll();
      }
    }

    private synchronized long endedMillis() {
      return endedMillis;
    }

    private synchronized boolean isOld(long nowMillis) {
      return end.isPresent() && nowMillis - endedMillis > KEPT_MILLIS;
    }

    private synchronized boolean isUnderWay() {
      return end.isEmpty();
    }

    /** What it has said from there on; waits for that long until there is something, or its end. */
    public synchronized Progress from(int position, long waitMillis) throws InterruptedException {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
      int from = Math.clamp(position, 0, output.length());
      for (long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
          output.length() == from && end.isEmpty() && left > 0;
          left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return new Progress(output.substring(from), output.length(), end);
    }
  }

  /**
   * Begins one.
   *
   * @param deadlineSeconds the agent's; when it has not told the end a while after that, nobody
   *     waits for it any more
   * @return empty when too many run
   */
  public Optional<Running> begin(long agent, String user, int deadlineSeconds) {
    long now = clock.millis();
    runs.values().forEach(this::endWhenLate);
    runs.values().removeIf(run -> run.isOld(now));
    if (runs.size() >= MAX_RUNS && !forgetOldest()) {
      return Optional.empty();
    }
    var bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    long until = now + TimeUnit.SECONDS.toMillis(deadlineSeconds) + SLACK_MILLIS;
    var run = new Running(HexFormat.of().formatHex(bytes), agent, user, until);
    runs.put(run.id, run);
    return Optional.of(run);
  }

  /** Makes room for one; false when all that are kept run still. */
  private boolean forgetOldest() {
    return runs.values().stream()
        .filter(run -> !run.isUnderWay())
        .min(Comparator.comparingLong(Running::endedMillis))
        .filter(oldest -> runs.remove(oldest.id, oldest))
        .isPresent();
  }

  /** The size of the message by which an agent is told to run something. */
  public static int messageBytes(ToAgent.Work work, int deadlineSeconds) {
    var id = "0".repeat(2 * ID_BYTES);
    return new ToAgent.Run(id, work, deadlineSeconds).toJson().getBytes(UTF_8).length;
  }

  public Optional<Running> find(String id) {
    var run = Optional.ofNullable(runs.get(id));
    run.ifPresent(this::endWhenLate);
    return run;
  }

  private void endWhenLate(Running run) {
    if (clock.millis() > run.untilMillis) {
      fail(run, "the agent has not told how it ended");
    }
  }

  /** Those of an agent that have not ended. */
  private List<Running> of(long agent) {
    var found = new ArrayList<Running>();
    for (var run : runs.values()) {
      if (run.agent == agent && run.isUnderWay()) {
        found.add(run);
      }
    }
    return found;
  }

  void output(long agent, ToHub.RunOutput output) {
    var run = runs.get(output.id());
    if (run != null && run.agent == agent) {
      run.add(output.chunk());
    }
  }

  void ended(long agent, ToHub.RunEnd end) {
    var run = runs.get(end.id());
    if (run != null && run.agent == agent) {
      run.end(end, clock.millis());
    }
  }

  /** The agent is gone: nobody will tell how these end. */
  void lost(long agent) {
    of(agent).forEach(this::lost);
  }

  /** As {@link #lost(long)}, this one alone. */
  void lost(Running run) {
    fail(run, "the agent was lost while it ran");
  }

  private void fail(Running run, String message) {
    run.end(
        new ToHub.RunEnd(run.id, "failed", Optional.<Item.CheckResult>empty(), message),
        clock.millis());
  }
}
