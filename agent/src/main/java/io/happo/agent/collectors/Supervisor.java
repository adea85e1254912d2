package io.happo.agent.collectors;

import io.happo.agent.collectors.CollectorStatus.State;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Service;
import io.happo.core.link.Item;
import io.happo.core.plan.Collector;
import io.happo.core.plan.Sizes;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one collector running, by a thread of its own, which the program does not outlive: a
 * platform thread, as {@link Exec#start} needs. A new configuration is written and checked beside
 * the one in use, which goes on until then, and for as long as the new one is refused. What it says
 * to the outside may be asked by any thread.
 */
final class Supervisor {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.collectors");

  /** Time between TERM and KILL. */
  static final Duration KILL_AFTER = Duration.ofSeconds(5);

  /** A configuration that was refused is tried again, as it may be the machine that has changed. */
  private static final Duration VALIDATE_AGAIN = Duration.ofMinutes(5);

  private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();
  private static final long FAILED_NANOS = Duration.ofMinutes(1).toNanos();

  private final String name;
  private final CollectorSettings settings;
  private final ConfigFiles files;
  private final CountDownLatch ready;
  private final @Nullable Supervisor before;
  private final LogTail log = new LogTail();
  private final Thread thread;
  private volatile Collector wanted;
  private volatile boolean closed;
  private volatile long excess; // Bytes that are more than it may take.

  // Of the thread alone.
  private @Nullable Used used;
  private @Nullable Collector refusedOf;
  private @Nullable Service service;
  private Restarts restarts = new Restarts();
  private long tryAt;

  // Written by the thread, under the lock.
  private State state = State.BEGINNING;
  private long pid;
  private long startedAt;
  private long startAt;
  private int starts;
  private long restartedAt;
  private boolean hasRestarted;
  private long resident;
  private boolean inCrashLoop;
  private String lastEnd = "";
  private String lastSaid = "";
  private String refused = "";

  /** The configuration that it runs with, and the folder of its files. */
  private record Used(Collector collector, Path folder) {
    /** Whether another one makes no difference to the program. */
    boolean runsLike(Collector other) {
      return collector.command().equals(other.command())
          && collector.validate().equals(other.validate())
          && collector.files().equals(other.files())
          && collector.environment().equals(other.environment());
    }
  }

  /**
   * One that is still to be started.
   *
   * @param ready is waited for before anything is done
   * @param before one of the same name that is ending, and is waited for too
   */
  Supervisor(
      Collector wanted,
      CollectorSettings settings,
      CountDownLatch ready,
      @Nullable Supervisor before) {
    this.name = wanted.name();
    this.wanted = wanted;
    this.settings = settings;
    this.files = new ConfigFiles(settings.folder().resolve(name));
    this.ready = ready;
    this.before = before;
    thread =
        Thread.ofPlatform()
            .name("collector-" + name)
            .daemon()
            .stackSize(256 << 10)
            .unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** From now on it is to be this. */
  void use(Collector now) {
    wanted = now;
    LockSupport.unpark(thread);
  }

  /** Has it ended; see {@link #join}. A check of its configuration that runs is cut short. */
  void close() {
    closed = true;
    thread.interrupt();
  }

  /** Waits until nothing of it is left. */
  void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes its files; once it has been waited for. */
  void removeFiles() {
    files.remove();
  }

  /** Its process; 0 when it does not run. */
  synchronized long pid() {
    return pid;
  }

  /** Takes note of what it takes of memory, which may be too much. */
  void resident(long ofPid, long bytes) {
    synchronized (this) {
      if (pid != ofPid) {
        return;
      }
      resident = bytes;
      long most = wanted.memoryBytes();
      excess = most > 0 && bytes > most ? bytes : 0;
    }
    LockSupport.unpark(thread);
  }

  /**
   * How it is.
   *
   * @param troubles with its values
   * @param lines of its log, at most
   */
  CollectorStatus status(List<String> troubles, int lines) {
    long now = System.nanoTime();
    synchronized (this) {
      return new CollectorStatus(
          state,
          pid,
          pid == 0 ? 0 : now - startedAt,
          starts,
          hasRestarted ? now - restartedAt : Long.MAX_VALUE,
          resident,
          wanted.memoryBytes(),
          inCrashLoop,
          lastEnd,
          lastSaid,
          startAt - now,
          refused,
          troubles,
          log.last(lines));
    }
  }

  private void run() {
    try {
      ready.await();
      if (before != null) {
        before.join();
      }
      while (!closed) {
        LockSupport.parkNanos(this, stepOrFail());
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      endService();
    }
  }

  private long stepOrFail() {
    try {
      return step();
    } catch (RuntimeException | Error e) {
      // Nobody else looks after it; and it must not seem to be well.
      LOG.log(Level.ERROR, "the collector " + name + " is looked at again in a minute", e);
      set(
          () -> {
            state = pid == 0 ? State.WAITING : state;
            lastEnd = "a fault of the agent: " + e;
            lastSaid = "";
            startAt = System.nanoTime() + FAILED_NANOS;
          });
      return FAILED_NANOS;
    }
  }

  /** Does what is due, and says how long nothing will be. */
  private long step() {
    var target = wanted;
    long now = System.nanoTime();
    var using = used;
    boolean isOther = using == null || !using.runsLike(target);
    if (isOther && (!target.equals(refusedOf) || now - tryAt >= 0)) {
      takeOver(target);
    } else if (!isOther) {
      refusedOf = null;
      set(() -> refused = "");
    }
    if (service != null && !service.isAlive()) {
      ended(service);
    } else if (service != null && excess > 0) {
      endForMemory();
    }
    if (used != null && service == null && System.nanoTime() - startAt >= 0) {
      launch(used);
    }
    long wait = used != null && service == null ? startAt - System.nanoTime() : IDLE_NANOS;
    return Math.max(1, refusedOf == null ? wait : Math.min(wait, tryAt - System.nanoTime()));
  }

  private synchronized void set(Runnable change) {
    change.run();
  }

  /** Makes a configuration the one in use, if it is good. */
  private void takeOver(Collector target) {
    Wrong wrong;
    Path folder = null;
    try {
      folder = files.write(target);
      wrong = ConfigCheck.wrong(settings.exec(), target, folder, environment(target, folder));
    } catch (IOException e) {
      wrong = Wrong.missing(e);
    }
    if (closed) {
      return;
    }
    if (!wrong.equals(Wrong.NOTHING) || folder == null) {
      refuse(target, wrong);
      return;
    }
    if (service != null) {
      log.note("ended, as its configuration is another one now");
    }
    endService();
    files.keepOnly(folder);
    used = new Used(target, folder);
    refusedOf = null;
    restarts = new Restarts();
    set(
        () -> {
          refused = "";
          state = State.BEGINNING;
          inCrashLoop = false;
          starts = 0;
          hasRestarted = false;
          lastEnd = ""; // So what comes is no restart that somebody has to be warned of.
          startAt = System.nanoTime();
        });
  }

  private void refuse(Collector target, Wrong wrong) {
    boolean isNew = !target.equals(refusedOf);
    refusedOf = target;
    tryAt = System.nanoTime() + VALIDATE_AGAIN.toNanos();
    var using = used;
    if (using != null) {
      files.keepOnly(using.folder());
    } else {
      files.remove();
    }
    var kind =
        wrong.isRefused()
            ? "its configuration is refused: "
            : using == null ? "" : "its newer configuration is not used: ";
    set(
        () -> {
          refused = kind + wrong.why() + wrong.said();
          state = service == null && used == null ? State.REFUSED : state;
        });
    if (isNew) {
      tell(
          Level.WARNING,
          "config-refused",
          (wrong.isRefused()
                  ? "the configuration of the collector " + name + " is refused"
                  : "the collector " + name + " cannot be started as it is to be now")
              + (using == null ? "" : ", it goes on as before")
              + ": "
              + wrong.why(),
          wrong.said(),
          Map.of());
    }
  }

  private Map<String, String> environment(Collector target, Path folder) {
    var environment = new HashMap<>(settings.environment());
    environment.putAll(ConfigFiles.in(folder, target.environment()));
    environment.put(Service.MARK, settings.mark() + name + "/");
    return environment;
  }

  private void launch(Used using) {
    var collector = using.collector();
    try {
      var begun =
          settings
              .exec()
              .start(
                  ConfigCheck.command(
                      collector.command(), using.folder(), environment(collector, using.folder())),
                  KILL_AFTER,
                  log::take);
      service = begun;
      set(
          () -> {
            state = State.RUNNING;
            pid = begun.pid();
            excess = 0;
            startedAt = System.nanoTime();
            resident = 0;
            if (!lastEnd.isEmpty()) {
              starts++;
              hasRestarted = true;
              restartedAt = startedAt;
            }
          });
      log.note("started, pid " + begun.pid());
      tell(
          Level.INFO,
          "started",
          "the collector " + name + " has been started",
          Map.of("pid", Long.toString(begun.pid())));
    } catch (IOException e) {
      var why = "cannot be started: " + e.getMessage();
      tell(Level.WARNING, "ended", "the collector " + name + " " + why, Map.of());
      again(0, why, "");
    }
  }

  /** It has ended by itself. */
  private void ended(Service was) {
    long ran = System.nanoTime() - startedAt;
    boolean hasLeft = was.end();
    log.end();
    service = null;
    var last = log.lastOfProgram();
    var how =
        was.ending()
            + (hasLeft && was.isSuccess()
                ? ", leaving processes behind, which were ended: have it stay in the foreground"
                : "");
    log.note("ended: " + how);
    tell(
        Level.WARNING,
        "ended",
        "the collector " + name + " has ended: " + how,
        last.isEmpty() ? "" : "; it said: " + last,
        Map.of("ending", was.ending(), "last", last));
    again(ran, how, last);
  }

  private void endForMemory() {
    long bytes = excess;
    long most = wanted.memoryBytes();
    excess = 0;
    if (most == 0 || bytes <= most) {
      return; // It may take more by now.
    }
    long ran = System.nanoTime() - startedAt;
    var how = "it took " + (bytes >> 20) + " MiB of memory, more than its " + Sizes.text(most);
    log.note("is ended: " + how);
    endService();
    tell(
        Level.WARNING,
        "over-memory",
        "the collector " + name + " is ended and started again: " + how,
        Map.of("bytes", Long.toString(bytes), "limit", Long.toString(most)));
    again(ran, how, "");
  }

  private void again(long ran, String how, String said) {
    boolean wasLoop = restarts.isCrashLoop();
    long pause = restarts.ended(ran, System.nanoTime());
    boolean isLoop = restarts.isCrashLoop();
    set(
        () -> {
          state = isLoop ? State.CRASH_LOOP : State.WAITING;
          inCrashLoop = isLoop;
          pid = 0;
          resident = 0;
          lastEnd = how;
          lastSaid = said;
          startAt = System.nanoTime() + pause;
        });
    if (isLoop && !wasLoop) {
      tell(
          Level.ERROR,
          "crash-loop",
          "the collector "
              + name
              + " ends again and again; it is tried each "
              + Restarts.words(pause)
              + " now. The last time: "
              + how,
          Map.of());
    }
  }

  private void endService() {
    var was = service;
    if (was != null) {
      was.end();
      log.end();
      service = null;
      set(() -> pid = 0);
    }
  }

  private void tell(Level level, String what, String text, Map<String, String> details) {
    tell(level, what, text, "", details);
  }

  /** For the log, where to find what it does not hold. */
  private String whereSaid(String what, String said) {
    return what.equals("config-refused") && said.startsWith(":")
        ? "; its check on the hub, or check_collector " + name + ", shows what it said"
        : "";
  }

  /**
   * Tells the log and the hub.
   *
   * @param said what the program wrote, which is for the hub alone
   */
  private void tell(
      Level level, String what, String text, String said, Map<String, String> details) {
    LOG.log(level, "event=collector-{0} {1}{2}", what, text, whereSaid(what, said));
    var all = new TreeMap<>(details);
    all.put("collector", name);
    settings
        .events()
        .accept(new Item.Event("collector-" + what, settings.clock().millis(), text + said, all));
  }
}
