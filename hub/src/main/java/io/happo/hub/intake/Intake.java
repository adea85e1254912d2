package io.happo.hub.intake;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.Reported;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.StoreException.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what agents deliver and stores every item exactly once, whatever is delivered again: an
 * item is known by its agent, the epoch of its queue and its sequence there. Batches of many agents
 * are written as one transaction; while one is committed, the next gathers.
 *
 * <p>Any thread may deliver, and waits while too much waits already. While the store does not take
 * anything nothing is acknowledged; the writer tries again until it does.
 */
public final class Intake implements AutoCloseable {
  /** What the plan says about a check; asked on the writer's thread, and must not wait. */
  public interface Rules {
    CheckSettings of(long agent, String check);
  }

  private static final System.Logger LOG = System.getLogger("happo.intake");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** How often it is looked whether somebody is to be told of what nobody brings. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(30);

  private static final int LONGEST_EPOCH = 100;

  /** Sequences beyond this are no agent's. */
  private static final long LAST_SEQUENCE = 1L << 60;

  private final Waiting waiting;
  private final Recorder recorder;
  private final @Nullable Watch watch;
  private final Runnable told;
  private final InstantSource clock;
  private final Thread writer;

  /** The queue of what is reported, at each agent: another one with each start. */
  private final String epoch = "api-" + UUID.randomUUID();

  private final Map<Long, Long> reports = new ConcurrentHashMap<>(); // The last sequence of each.
  private final CountDownLatch closing = new CountDownLatch(1);

  private volatile String problem = "";
  private volatile long problemSince;
  private final AtomicLong storedItems = new AtomicLong();
  private final AtomicLong knownItems = new AtomicLong();
  private final AtomicLong refusedBatches = new AtomicLong();
  private final AtomicLong groups = new AtomicLong();

  /** Stores, and tells nobody anything. */
  public Intake(Store store, Rules rules, IntakeLimits limits, InstantSource clock) {
    this(store, rules, limits, clock, System::nanoTime, null, () -> {});
  }

  /** Stores, and has those told whom it concerns. */
  public Intake(Store store, Surroundings world, IntakeLimits limits, InstantSource clock) {
    this(store, world, limits, clock, System::nanoTime);
  }

  /**
   * @param nanos as {@link System#nanoTime}
   */
  Intake(
      Store store,
      Surroundings world,
      IntakeLimits limits,
      InstantSource clock,
      LongSupplier nanos) {
    this(store, world, limits, clock, nanos, new Watch(store, world, nanos), world::messagesWait);
  }

  private Intake(
      Store store,
      Rules rules,
      IntakeLimits limits,
      InstantSource clock,
      LongSupplier nanos,
      @Nullable Watch watch,
      Runnable told) {
    this.waiting = new Waiting(limits);
    this.watch = watch;
    this.told = told;
    this.recorder = new Recorder(store, rules, limits, watch, nanos);
    this.clock = clock;
    this.writer = Thread.ofPlatform().daemon().name("intake-writer").unstarted(this::run);
  }

  /** Begins to write. */
  public void start() {
    writer.start();
  }

  /**
   * Takes a batch, once there is room for it.
   *
   * @param agent number of an agent that has proved to be it
   * @return completed on the writer's thread, which must not be kept waiting, once all of the batch
   *     is on the disk; with a {@link StoreException} when this is closed before or there is no
   *     room for too long, or when no store would take it (FAULT)
   * @throws IllegalArgumentException when no queue has such an epoch or sequence
   */
  public CompletableFuture<Void> submit(long agent, ToHub.Results batch)
      throws InterruptedException {
    check(batch);
    return put(Submission.of(agent, batch, OptionalLong.empty(), clock.millis()));
  }

  /**
   * Takes what somebody reports of an agent's check that the agent does not run, once there is room
   * for it. It is certain at once.
   *
   * @param agent number of an agent that has joined
   * @param check its name
   * @param status 0 to 3
   * @param within how soon the next report is to come; empty: whenever it does
   * @return as {@link #submit}
   */
  public CompletableFuture<Void> report(
      long agent, String check, int status, String output, Optional<Duration> within)
      throws InterruptedException {
    long now = clock.millis();
    var item = new Item.CheckResult(check, now, 0, status, status, output, "");
    return report(agent, item, within.map(time -> now + time.toMillis()).orElse(Reported.NEVER));
  }

  /**
   * Takes what was measured and did not come from an agent itself, once there is room for it.
   *
   * @param agent number of the agent that it is about; 0: none
   * @return as {@link #submit}
   */
  public CompletableFuture<Void> measured(long agent, MetricBatch batch)
      throws InterruptedException {
    return report(agent, new Item.Metrics(batch), Reported.NEVER);
  }

  private CompletableFuture<Void> report(long agent, Item item, long lateAt)
      throws InterruptedException {
    long sequence = reports.merge(agent, 1L, Long::sum);
    return put(
        Submission.of(
            agent,
            new ToHub.Results(epoch, sequence, List.of(item)),
            OptionalLong.of(lateAt),
            clock.millis()));
  }

  private CompletableFuture<Void> put(Submission submission) throws InterruptedException {
    if (!waiting.put(submission)) {
      submission.stored().completeExceptionally(waiting.isClosed() ? closed() : noRoom());
    }
    return submission.stored();
  }

  private static void check(ToHub.Results batch) {
    var epoch = batch.epoch();
    if (epoch.isEmpty()
        || epoch.length() > LONGEST_EPOCH
        || epoch.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "the epoch of a queue has 1 to " + LONGEST_EPOCH + " characters of ASCII");
    }
    if (batch.first() > LAST_SEQUENCE) {
      throw new IllegalArgumentException("no sequence of a queue: " + batch.first());
    }
  }

  private static StoreException closed() {
    return new StoreException(Reason.UNAVAILABLE, "the hub stops: nothing more is stored");
  }

  private static StoreException noRoom() {
    return new StoreException(
        Reason.UNAVAILABLE, "too much waits to be stored: it is to be brought again later");
  }

  public IntakeHealth health() {
    var why = problem;
    return new IntakeHealth(
        why,
        why.isEmpty() ? 0 : problemSince,
        waiting.items(),
        waiting.bytes(),
        storedItems.get(),
        knownItems.get(),
        refusedBatches.get(),
        groups.get());
  }

  /** Silences, acknowledgements, rules or the like are others than before. */
  public void lookAgain() {
    if (watch != null) {
      watch.lookAgain();
      waiting.wake();
    }
  }

  private void run() {
    try {
      while (!waiting.isOver()) {
        var group = waiting.take(TICK);
        if (group.isEmpty()) {
          tick();
        } else {
          store(group);
        }
        recorder.settleWhenDue(clock.millis());
        while (waiting.items() == 0 && recorder.settleMore()) {
          // While nobody waits.
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it but the end of the program: what waits is not acknowledged.
      Thread.currentThread().interrupt();
    }
  }

  /** What has come to pass without anything that agents brought; what fails is tried again. */
  private void tick() {
    try {
      if (recorder.tick(clock.millis())) {
        told.run();
      }
      good();
    } catch (StoreException e) {
      bad(e);
    } catch (RuntimeException e) {
      bad(new StoreException(Reason.FAULT, "alerts cannot be looked at: " + e, e));
    }
  }

  /** Stores a group, however long that takes; in parts, when there is something wrong with it. */
  private void store(List<Submission> group) throws InterruptedException {
    var pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        var outcome = recorder.write(group, clock.millis());
        storedItems.addAndGet(outcome.stored());
        knownItems.addAndGet(outcome.known());
        groups.incrementAndGet();
        good();
        waiting.released(group);
        group.forEach(submission -> submission.stored().complete(null));
        if (outcome.tells()) {
          told.run();
        }
        return;
      } catch (StoreException e) {
        boolean conflict = e.reason() == Reason.CONFLICT;
        if (e.reason() == Reason.FAULT || (conflict && attempt > 1 && group.size() > 1)) {
          storeParts(group, e);
          return;
        }
        if (!conflict || attempt > 1) {
          bad(e);
          if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            fail(group, closed());
            return;
          }
          pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
      } catch (RuntimeException e) {
        storeParts(group, new StoreException(Reason.FAULT, "cannot be stored: " + e, e));
        return;
      }
    }
  }

  /** One bad batch must not keep out those of others. */
  private void storeParts(List<Submission> group, StoreException why) throws InterruptedException {
    if (group.size() > 1) {
      store(group.subList(0, group.size() / 2));
      store(group.subList(group.size() / 2, group.size()));
      return;
    }
    refusedBatches.incrementAndGet();
    var batch = group.getFirst();
    LOG.log(
        System.Logger.Level.ERROR,
        "batch refused agent="
            + batch.agent()
            + " epoch="
            + batch.batch().epoch()
            + " first="
            + batch.batch().first()
            + " why="
            + why.getMessage());
    fail(group, why);
  }

  private void fail(List<Submission> group, StoreException why) {
    waiting.released(group);
    group.forEach(submission -> submission.stored().completeExceptionally(why));
  }

  private void good() {
    if (!problem.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "store takes results again");
      problem = "";
    }
  }

  private void bad(StoreException e) {
    if (problem.isEmpty()) {
      problemSince = clock.millis();
      LOG.log(
          System.Logger.Level.WARNING,
          "store takes no results, trying again why=" + e.getMessage());
    }
    problem = String.valueOf(e.getMessage());
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Takes nothing more, writes what waits if the store takes it, and ends. */
  @Override
  public void close() {
    waiting.close();
    closing.countDown();
    try {
      if (!writer.join(CLOSE_DEADLINE)) {
        LOG.log(System.Logger.Level.WARNING, "intake is still writing, and is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
