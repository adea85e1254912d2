package io.happo.program.schedule;

import io.happo.core.link.Item;
import io.happo.core.plan.Check;
import io.happo.core.plan.PlanDocument;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Runs the checks of a plan at their times and hands over what came of them. One thread looks at
 * the {@link Timetable}; each run has a virtual thread of its own, until its result is kept. A
 * result that cannot be kept is counted and lost, and the checks go on.
 */
public final class Scheduler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.schedule");

  /** Event: what a machine has of something could not be listed. */
  public static final String INVENTORY_FAILED = "inventory-failed";

  private static final int MAX_REASON = 1_000;

  /** A result says so when its run began so much later than it should have. */
  static final long LATE_NANOS = 5_000_000_000L;

  /** How long {@link #close} waits: longer than a plugin takes to be killed. */
  private static final long CLOSE_MILLIS = 5_000;

  /** How long what runs then may take to end by itself, and so to have a result. */
  private static final long GRACE_MILLIS = 1_000;

  /** Many times the longest pause between two looks. */
  private static final long STUCK_NANOS = 12 * Timetable.LOOK_NANOS;

  private final Runner runner;
  private final ResultSink sink;
  private final InstantSource wall;
  private final LongSupplier nanos;

  /** Guarded by itself, with the hash; nothing is run or written under it. */
  private final Timetable table;

  private String planHash = "";

  private final Thread thread = Thread.ofVirtual().name("scheduler").unstarted(this::lookAlways);
  private final Set<Thread> runs = ConcurrentHashMap.newKeySet();
  private final LongAdder results = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicBoolean losing = new AtomicBoolean();
  private volatile long lookedNanos = System.nanoTime();
  private volatile boolean closed;

  /**
   * @param wall the time of day, which may jump
   * @param nanos monotonic time, as {@link System#nanoTime}
   */
  public Scheduler(
      SchedulerSettings settings,
      Runner runner,
      ResultSink sink,
      InstantSource wall,
      LongSupplier nanos) {
    this.runner = runner;
    this.sink = sink;
    this.wall = wall;
    this.nanos = nanos;
    this.table = new Timetable(settings.agentId(), settings.maxRunning(), settings.zone());
  }

  /** Begins to run what {@link #use} said and will say. */
  public void start() {
    thread.start();
  }

  /**
   * From now on this is the plan. Checks that are the same in it go on undisturbed; one that runs
   * and is gone from it ends by itself, and its result is kept.
   */
  public void use(PlanDocument document) {
    synchronized (table) {
      table.use(document.plan().checks(), now());
      planHash = document.hash();
    }
    LockSupport.unpark(thread);
  }

  /** Whether it looks at what is due; asked of one that was started and not closed. */
  public boolean isLooking() {
    return thread.isAlive() && System.nanoTime() - lookedNanos < STUCK_NANOS;
  }

  public SchedulerCounts counts() {
    synchronized (table) {
      return new SchedulerCounts(
          table.planned(),
          table.running(),
          results.sum(),
          lost.sum(),
          table.missed(),
          table.jumps());
    }
  }

  /**
   * Starts nothing more, gives what runs a second, and ends it then; what is cut short has no
   * result. To be closed before what runs commands is.
   */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      long begin = System.nanoTime();
      thread.join(CLOSE_MILLIS);
      var left = List.copyOf(runs);
      awaitEnds(left, begin + GRACE_MILLIS * Now.NANOS_PER_MILLI);
      left.forEach(Thread::interrupt);
      awaitEnds(left, begin + CLOSE_MILLIS * Now.NANOS_PER_MILLI);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEnds(List<Thread> runs, long untilNanos) throws InterruptedException {
    for (var run : runs) {
      run.join(Math.max(1, (untilNanos - System.nanoTime()) / Now.NANOS_PER_MILLI));
    }
  }

  private void lookAlways() {
    while (!closed) {
      long wait = Timetable.LOOK_NANOS;
      try {
        wait = look();
      } catch (RuntimeException e) {
        // Whatever it is: one that has stopped to check must not look like one that is well.
        LOG.log(Level.ERROR, "the checks could not be looked at; trying again", e);
      }
      lookedNanos = System.nanoTime();
      LockSupport.parkNanos(wait);
    }
  }

  /**
   * Starts what is due.
   *
   * @return nanoseconds until the next look
   */
  long look() {
    List<Check> due;
    String hash;
    long wait;
    boolean jumped;
    Now now;
    synchronized (table) {
      now = now();
      long jumps = table.jumps();
      due = table.start(now);
      wait = table.untilLook(now);
      hash = planHash;
      jumped = jumps != table.jumps();
    }
    if (jumped) {
      LOG.log(
          Level.WARNING,
          "the clock jumped, or the machine slept: what is overdue runs once, within {0} s",
          Timetable.SPREAD_NANOS / 1_000_000_000);
    }
    for (var check : due) {
      var run = Thread.ofVirtual().name(check.name()).unstarted(() -> run(check, hash, now));
      runs.add(run);
      run.start();
    }
    return wait;
  }

  private void run(Check check, String hash, Now begin) {
    Optional<Ran> ran = Optional.empty();
    try {
      ran = ran(check);
      if (ran.isPresent() && !Thread.currentThread().isInterrupted()) {
        long millis = (nanos.getAsLong() - begin.nanos()) / Now.NANOS_PER_MILLI;
        keep(
            check.inventory()
                ? inventory(check, begin, ran.get())
                : result(check, hash, begin, Math.max(0, millis), ran.get()));
      }
    } finally {
      synchronized (table) {
        if (ran.isPresent()) {
          table.finished(check.name(), ran.get().status() == 0, now());
        } else {
          table.finishedWithoutResult(check.name(), now());
        }
      }
      runs.remove(Thread.currentThread());
      LockSupport.unpark(thread);
    }
  }

  private Item.CheckResult result(Check check, String hash, Now begin, long millis, Ran ran) {
    int attempt;
    long late;
    synchronized (table) {
      attempt = table.attempt(check.name(), ran.status() == 0);
      late = table.lateNanos(check.name());
    }
    var told = late < LATE_NANOS ? ran : ran.late(Duration.ofNanos(late));
    return new Item.CheckResult(
        check.name(),
        begin.millis(),
        millis,
        ran.status(),
        ran.exit(),
        told.output(Item.CheckResult.MAX_OUTPUT),
        hash,
        attempt);
  }

  /** What went wrong lists nothing: a machine has not lost its packages then. */
  private static Item inventory(Check check, Now begin, Ran ran) {
    return ran.status() == 0
        ? new Item.Inventory(check.name(), begin.millis(), ran.output(Item.Inventory.MAX_TEXT))
        : new Item.Event(
            INVENTORY_FAILED,
            begin.millis(),
            check.name() + " could not be listed: " + reason(ran),
            new TreeMap<>(Map.of("inventory", check.name(), "exit", "" + ran.exit())));
  }

  private static String reason(Ran ran) {
    return ran.output(MAX_REASON)
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("it ended with " + ran.exit() + ", and said nothing");
  }

  private Optional<Ran> ran(Check check) {
    try {
      return runner.run(check);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(Level.ERROR, "check " + check.name() + " could not be run", e);
      return Optional.of(Ran.unknown("it could not be run, see the log: " + e));
    }
  }

  private void keep(Item item) {
    try {
      sink.accept(item);
      results.increment();
      if (losing.compareAndSet(true, false)) {
        LOG.log(Level.INFO, "results are kept again; {0} were lost", lost.sum());
      }
    } catch (IOException | RuntimeException e) {
      lost.increment();
      if (losing.compareAndSet(false, true)) {
        LOG.log(
            Level.ERROR,
            "results are lost until they can be kept again, first that of {0}: {1}",
            item instanceof Item.CheckResult result ? result.check() : "a list",
            e.getMessage());
      }
    }
  }

  private Now now() {
    return new Now(nanos.getAsLong(), wall.millis());
  }
}
