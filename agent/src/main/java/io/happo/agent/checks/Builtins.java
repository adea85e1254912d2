package io.happo.agent.checks;

import io.happo.agent.exec.Inside;
import io.happo.core.Nearest;
import io.happo.program.cli.Command;
import io.happo.program.cli.Help;
import io.happo.program.cli.Program;
import io.happo.program.cli.Version;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks that are part of the agent: reads what they are given, answers for help and the
 * version, holds their time. Each run has a thread of its own, so that the caller goes on at the
 * deadline even where the system does not let a check go (a dead NFS server). A run that is still
 * held then is not joined by a second one of the same words, which would be held as well.
 */
public final class Builtins implements Inside {
  /** Runs at once; more wait. Those that hang take a place until they end. */
  private static final int MOST = 256;

  private static final String PREFIX = "check_";

  private static final System.Logger LOG = System.getLogger(Builtins.class.getName());

  private final Catalogue catalogue;
  private final Machine machine;
  private final Semaphore places = new Semaphore(MOST);

  /** Runs that were not over at their deadline, by their words. */
  private final ConcurrentHashMap<List<String>, Run> held = new ConcurrentHashMap<>();

  /** Which checks there are. */
  public interface Catalogue {
    /** Their names, in the order of lists. */
    List<String> names();

    /** The one of that name; null when there is none. */
    @Nullable BuiltinCheck find(String name);
  }

  public Builtins(Catalogue catalogue, Machine machine) {
    this.catalogue = catalogue;
    this.machine = machine;
  }

  @Override
  public boolean has(String name) {
    return catalogue.find(name) != null;
  }

  @Override
  public boolean isOpenToAll(String name, List<String> arguments) {
    var check = catalogue.find(name);
    return check != null && check.isOpenToAll(arguments);
  }

  @Override
  public @Nullable Answer run(String name, List<String> arguments, Duration deadline) {
    var check = find(name);
    if (check == null) {
      return answer(
          Status.UNKNOWN,
          "UNKNOWN - this agent ("
              + Version.number()
              + ") has no built-in check '"
              + OneLine.of(name)
              + "'; 'happo-agent check --list' names those it has"
              + near(name));
    }
    var table = check.table();
    try {
      var given = Given.parse(table, arguments);
      if (given.asksForHelp()) {
        return answer(Status.UNKNOWN, help(table));
      }
      if (given.has("version")) {
        return answer(Status.UNKNOWN, table.name() + " v" + Version.number() + " (happo-agent)");
      }
      var timeout = Timeout.of(given.text("timeout"));
      boolean isShorter = timeout.time().compareTo(deadline) < 0;
      var words = new ArrayList<>(arguments);
      words.addFirst(name);
      var found = attend(check, given, words, isShorter ? timeout.time() : deadline);
      return found == null && isShorter
          ? answer(timeout.state(), timeout.words(check.whatTimesOut()))
          : found;
    } catch (UsageException e) {
      return usage(table.name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /**
   * The end of a message that there is no such check: the nearest one, in the form that was used.
   */
  public String near(String name) {
    var names = new ArrayList<>(catalogue.names());
    if (!name.startsWith(PREFIX)) {
      names.replaceAll(one -> one.startsWith(PREFIX) ? one.substring(PREFIX.length()) : one);
    }
    return Nearest.suggestion(name, names);
  }

  /** The check of that name; {@code check_} may be left out before it. Null when there is none. */
  public @Nullable BuiltinCheck find(String name) {
    var exact = catalogue.find(name);
    return exact == null ? catalogue.find(PREFIX + name) : exact;
  }

  /** Lets it look, on a thread of its own; null when it has not ended in time. */
  private @Nullable Answer attend(
      BuiltinCheck check, Given given, List<String> words, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    if (held.containsKey(words) || !places.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
      return null;
    }
    var seen = machine.within(Duration.ofNanos(end - System.nanoTime()));
    var run = new Run(check, given, words, seen);
    var name = words.getFirst();
    var thread =
        check.mayHoldItsThread(given)
            ? Thread.ofPlatform().daemon().name(name).unstarted(run)
            : Thread.ofVirtual().name(name).unstarted(run);
    try {
      thread.start();
    } catch (OutOfMemoryError e) { // The system gives this unit no more threads.
      places.release();
      return answer(Status.UNKNOWN, "UNKNOWN - there is no thread left for this check: " + e);
    }
    try {
      thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    } finally {
      thread.interrupt();
      run.hold();
    }
    return run.answer;
  }

  private final class Run implements Runnable {
    private final BuiltinCheck check;
    private final Given given;
    private final List<String> words;
    private final Machine seen;
    private volatile @Nullable Answer answer;
    private volatile boolean isOver;

    Run(BuiltinCheck check, Given given, List<String> words, Machine seen) {
      this.check = check;
      this.given = given;
      this.words = words;
      this.seen = seen;
    }

    /** Nobody waits for it any more: if it is not over, it is one that is held. */
    void hold() {
      if (!isOver && held.putIfAbsent(words, this) == null && isOver) {
        held.remove(words, this); // It has ended between.
      }
    }

    @Override
    public void run() {
      try {
        answer = look(check, given, seen);
      } catch (InterruptedException e) {
        // Nobody waits any more.
      } finally {
        isOver = true;
        held.remove(words, this);
        places.release();
      }
    }
  }

  private static Answer look(BuiltinCheck check, Given given, Machine machine)
      throws InterruptedException {
    try {
      var finding = check.run(given, machine);
      return answer(finding.status(), finding.output());
    } catch (UsageException e) {
      return usage(check.table().name(), e);
    } catch (CheckException e) {
      return answer(e.status(), String.valueOf(e.getMessage()));
    } catch (InvalidPathException e) {
      // No byte 0 is in a name, and where the locale is C, nothing but ASCII for Java.
      return answer(
          Status.UNKNOWN,
          "UNKNOWN - '"
              + OneLine.of(e.getInput())
              + "' cannot be the name of a file here: "
              + OneLine.of(e.getReason()));
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      LOG.log(Level.ERROR, "the built-in check " + check.table().name() + " failed", e);
      return answer(Status.UNKNOWN, "UNKNOWN - a fault of the check itself: " + OneLine.of("" + e));
    }
  }

  /** The help of a check, without a line break at its end. */
  public static String help(Command table) {
    return Help.of(program(table), table).stripTrailing();
  }

  /** A check by itself, as the program that it is on the command line. */
  public static Program program(Command table) {
    return new Program(
        "happo-agent check", table.summary(), List.of(), List.of(table), 3, false, false);
  }

  private static Answer usage(String name, UsageException e) {
    return answer(
        Status.UNKNOWN,
        name
            + ": "
            + OneLine.of("" + e.getMessage())
            + "\nSee 'happo-agent check "
            + name
            + " --help'.");
  }

  private static Answer answer(Status status, String output) {
    return new Answer(status.code(), output + "\n");
  }
}
