package io.happo.agent;

import io.happo.agent.exec.ServiceManager;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon tells the service manager that started it (sd_notify(3)): that it is ready, reads
 * its settings anew or stops, how it stands, and, where the manager keeps a watchdog, that it is
 * alive. The watchdog hears of it only from the daemon's main thread, and only while each of the
 * daemon's parts makes progress: one that hangs is so started again. Without a manager it does
 * nothing. {@link #reloading} and {@link #ready} from any thread, the rest from the main one.
 */
final class Supervision {
  private static final System.Logger LOG = System.getLogger("io.happo.agent");
  private static final String STATUS = "STATUS=";

  /** Variables that are meant for the daemon, and would mislead what it starts. */
  static final List<String> VARIABLES =
      List.of(ServiceManager.ADDRESS, "WATCHDOG_USEC", "WATCHDOG_PID");

  private static final long NANOS_PER_MICRO = 1_000;

  private final @Nullable ServiceManager manager;
  private final long beatNanos; // Half of the time that the watchdog waits; 0: there is none.
  private long beaten = System.nanoTime();
  private String stuck = "";
  private String status = "";
  private @Nullable Thread probe;
  private volatile boolean complained;

  private Supervision(@Nullable ServiceManager manager, long beatNanos) {
    this.manager = manager;
    this.beatNanos = beatNanos;
  }

  /** As the environment of the process says. */
  static Supervision of(Map<String, String> environment) {
    var address = environment.getOrDefault(ServiceManager.ADDRESS, "");
    var manager = address.isEmpty() ? Optional.<ServiceManager>empty() : ServiceManager.at(address);
    return manager.isEmpty()
        ? new Supervision(null, 0)
        : new Supervision(manager.get(), beatNanos(environment));
  }

  private static long beatNanos(Map<String, String> environment) {
    var pid = environment.getOrDefault("WATCHDOG_PID", "");
    if (!pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return 0; // It watches another process.
    }
    try {
      var micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return Math.max(0, micros) * NANOS_PER_MICRO / 2;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** How long the main thread may wait between two calls of {@link #look}, at most as usual. */
  Duration pause(Duration usual) {
    return beatNanos != 0 && beatNanos < usual.toNanos() ? Duration.ofNanos(beatNanos) : usual;
  }

  /** The doors are open, or the settings were read anew. */
  void ready() {
    tell("READY=1\n");
  }

  /** The settings are about to be read anew; {@link #ready} follows. */
  void reloading() {
    // Of the same clock: on Linux the JVM takes nanoTime of CLOCK_MONOTONIC.
    tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / NANOS_PER_MICRO + "\n");
  }

  /** It was told to stop; from here on the manager's time for that counts, and no watchdog. */
  void stopping() {
    tell("STOPPING=1\n" + STATUS + "stopping: requests that have begun may end\n");
  }

  /** Whether anybody is to be told. */
  boolean isWanted() {
    return manager != null;
  }

  /**
   * Tells what there is to tell.
   *
   * @param part what makes no progress; empty: all does
   * @param how one line for people
   */
  void look(String part, String how) {
    var still = part.isEmpty() && beatNanos != 0 && areThreadsStuck() ? "virtual threads" : part;
    if (!still.equals(stuck)) {
      stuck = still;
      if (still.isEmpty()) {
        LOG.log(Level.WARNING, "all parts of the agent make progress again");
      } else {
        LOG.log(
            Level.ERROR, "no progress of: {0}; the watchdog is not told that all is well", still);
      }
    }
    var line = still.isEmpty() ? how : "no progress of: " + still;
    if (!line.equals(status)) {
      status = line;
      tell(STATUS + line.replace('\n', ' ') + "\n");
    }
    long now = System.nanoTime();
    if (beatNanos != 0 && still.isEmpty() && now - beaten >= beatNanos - slack()) {
      beaten = now;
      tell("WATCHDOG=1\n");
    }
  }

  /** Looks come in steps: one that comes just before half of the time is the last before it. */
  private long slack() {
    return beatNanos / 4;
  }

  /** Whether a virtual thread that began at the last look has not even come to its end. */
  private boolean areThreadsStuck() {
    var last = probe;
    if (last != null && last.isAlive()) {
      return true;
    }
    probe = Thread.ofVirtual().name("happo-alive").start(() -> {});
    return false;
  }

  private void tell(String message) {
    if (manager == null) {
      return;
    }
    try {
      manager.tell(message);
      complained = false;
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        LOG.log(Level.WARNING, "the service manager cannot be told: {0}", e.getMessage());
      }
    }
  }
}
