package io.happo.agent.exec;

import static io.happo.agent.exec.Command.Place.OUTSIDE;
import static io.happo.agent.exec.Command.Stderr.APART;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands, and leaves nothing behind. What a command starts belongs to a session of its own;
 * when the deadline comes, all of it is asked to end (TERM), and killed {@link
 * ExecSettings#killAfter} later.
 *
 * <ul>
 *   <li>The answer comes when the command has ended and nobody holds its stdout or stderr any more.
 *       A background process that holds them delays it, at most to the deadline; what is left of
 *       the session then is ended behind the caller's back.
 *   <li>At the deadline the answer comes as soon as the session is empty, at the latest killAfter
 *       later (and 250 ms, so that usually the killing is over too).
 *   <li>A process that makes a session of its own and whose parent has ended got away: it is
 *       neither seen nor ended, but nothing waits for it either.
 * </ul>
 *
 * <p>Checks that are part of the agent are commands too ({@link Insiders}): no process is started
 * for them, and they wait for nobody's turn.
 *
 * <p>For any number of threads, platform or virtual; each waits for its own command.
 */
public final class Exec implements AutoCloseable {
  /** What all outputs in use may hold together, beyond the first 16 KiB of each stream. */
  private static final int SHARED_OUTPUT_BYTES = 8 << 20;

  /** How much later than killAfter an answer may come, so that KILL can do its work. */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Whom nobody has to be told. */
  public static final Consumer<byte[]> NOBODY = _ -> {};

  private final ExecSettings settings;
  private final @Nullable Insiders insiders;
  private final boolean spawns;
  private final Semaphore turns;
  private final Semaphore outputBytes = new Semaphore(SHARED_OUTPUT_BYTES);
  private final Sessions sessions = new Sessions();
  private final Set<Session> running = ConcurrentHashMap.newKeySet();
  private final LongAdder started = new LongAdder();
  private final LongAdder exited = new LongAdder();
  private final LongAdder timedOut = new LongAdder();
  private final LongAdder notStarted = new LongAdder();
  private final LongAdder inProcess = new LongAdder();
  private volatile @Nullable Machinery machinery;
  private volatile boolean closed;

  /** One that starts every command. */
  public Exec(ExecSettings settings) {
    this(settings, null, true);
  }

  /**
   * @param insiders which commands are run in the agent's own process
   */
  public Exec(ExecSettings settings, Insiders insiders) {
    this(settings, insiders, true);
  }

  /**
   * @param spawns whether the {@link Spawner} is used where it can be, or always what stands in for
   *     it on older systems
   */
  Exec(ExecSettings settings, boolean spawns) {
    this(settings, null, spawns);
  }

  private Exec(ExecSettings settings, @Nullable Insiders insiders, boolean spawns) {
    this.settings = settings;
    this.insiders = insiders;
    this.spawns = spawns;
    this.turns = new Semaphore(settings.maxProcesses(), true);
    sessions.start();
  }

  /** What starts commands, and what listens to them. */
  private record Machinery(Launcher launcher, Poller poller) {}

  private Machinery machinery() {
    var made = machinery;
    return made == null ? makeMachinery() : made;
  }

  private synchronized Machinery makeMachinery() {
    var made = machinery;
    if (made == null) {
      var spawner = spawns && Spawner.isPossible() ? new Spawner(settings.restraint()) : null;
      var launcher = new Launcher(settings.environment(), spawner, settings.restraint());
      made = new Machinery(launcher, new Poller());
      made.poller.start();
      machinery = made;
    }
    return made;
  }

  /**
   * Runs a command, waits for its outcome and makes something of it. An interrupt counts as the
   * deadline, and the thread stays interrupted.
   *
   * @param deadline how long from now, waiting for a turn included
   * @param use gets the outcome on the calling thread, with the turn given back; until it returns,
   *     the outputs count towards what all commands may keep together
   */
  public <T> T run(Command command, Duration deadline, Function<Outcome, T> use) {
    return run(command, deadline, NOBODY, use);
  }

  /**
   * As {@link #run(Command, Duration, Function)}, and tells what the command writes to its stdout
   * while it runs, as far as it is kept.
   *
   * @param hearer is given it on the calling thread; what it costs there delays nobody else
   */
  public <T> T run(
      Command command, Duration deadline, Consumer<byte[]> hearer, Function<Outcome, T> use) {
    long begin = System.nanoTime();
    var share = new OutputShare(outputBytes);
    try {
      Outcome outcome = runSomewhere(command, begin, begin + deadline.toNanos(), share, hearer);
      (outcome instanceof Outcome.Exited
              ? exited
              : outcome instanceof Outcome.TimedOut ? timedOut : notStarted)
          .increment();
      return use.apply(outcome);
    } finally {
      share.giveBack();
    }
  }

  /**
   * Starts a program that is to run on. It takes no turn and has no deadline; what it writes is
   * heard as it comes.
   *
   * <p>To be called by a platform thread that stays for as long as the program is to: the system
   * asks the program to end (TERM) when its thread is gone, so that it does not outlive an agent
   * that was killed.
   *
   * @param command with surroundings whose environment has {@link Service#MARK}
   * @param killAfter time between TERM and KILL when it is ended
   * @param hearer is given stdout and stderr; does not wait, as it delays whatever else runs
   * @throws IOException with the reason, as of {@link Outcome.NotStarted}
   */
  public Service start(Command command, Duration killAfter, Consumer<ByteBuffer> hearer)
      throws IOException {
    if (!Libc.isLoaded()) {
      throw new IOException(Libc.MISSING);
    }
    var mark =
        command.surroundings().map(around -> around.environment().get(Service.MARK)).orElseThrow();
    var made = machinery();
    var child = Child.hearing(made.poller, hearer);
    boolean begun = false;
    try {
      made.launcher.startBound(command, child);
      started.increment();
      long never = System.nanoTime() + Long.MAX_VALUE / 2;
      var session = new Session(child, never, killAfter.toNanos(), mark);
      running.add(session);
      if (closed) {
        session.cutShort();
        sessions.end(session);
      }
      begun = true;
      return new Service(child, session, sessions, () -> running.remove(session));
    } finally {
      if (!begun) {
        child.close();
      }
    }
  }

  /**
   * The file of a program that {@link #start} would start.
   *
   * @param name its path, or its name on the PATH of the environment
   * @throws IOException with the reason why it cannot be
   */
  public static String program(String name, Map<String, String> environment) throws IOException {
    return Launcher.file(name, environment);
  }

  /**
   * Ends what services of an agent before this one have left, and waits for that.
   *
   * @param mark how the value of {@link Service#MARK} begins that they have
   * @return how many processes there were
   */
  public static int endLeft(String mark, Duration killAfter) throws InterruptedException {
    return Libc.isLoaded() ? Marked.end(mark, killAfter) : 0;
  }

  /**
   * The bytes of memory that services take with all that they have started, by their pid; a page
   * that several have counts for each. One pass over the processes of the machine.
   */
  public static Map<Long, Long> residentBytes(Collection<Long> pids) {
    var table = ProcessTable.read();
    var bytes = new HashMap<Long, Long>();
    for (long pid : pids) {
      long sum = 0;
      for (var row : table.members(pid, List.of())) {
        sum += ProcessTable.residentBytes(row.pid());
      }
      bytes.put(pid, sum);
    }
    return bytes;
  }

  /** Whether a command of that program would be run in the agent's own process now. */
  public boolean isInside(String program) {
    return insiders != null
        && insiders.words(Command.direct(List.of(program)), settings.environment()).isPresent();
  }

  /** Whether the threads that commands depend on make progress; a minute's halt is none. */
  public boolean isWorking() {
    var made = machinery;
    return sessions.isWorking() && (made == null || made.poller.isWorking());
  }

  /** What was done so far and is being done. */
  public ExecCounts counts() {
    return new ExecCounts(
        started.sum(),
        exited.sum(),
        timedOut.sum(),
        notStarted.sum(),
        inProcess.sum(),
        settings.maxProcesses() - turns.availablePermits(),
        turns.getQueueLength());
  }

  /**
   * Ends what runs, as at the deadline, and what finished commands left behind. A run after this is
   * {@link Outcome.TimedOut}, not started.
   */
  @Override
  public void close() {
    closed = true;
    for (Session session : running) {
      session.cutShort();
      sessions.end(session);
    }
    // All turns: then no run is left that could hand over a session. Those that wait see the end.
    turns.acquireUninterruptibly(settings.maxProcesses());
    turns.release(settings.maxProcesses());
    sessions.close();
    var made = machinery;
    if (made != null) {
      made.poller.close();
    }
  }

  private Outcome runSomewhere(
      Command command, long begin, long deadline, OutputShare share, Consumer<byte[]> hearer) {
    if (insiders == null) {
      return command.place() == Command.Place.INSIDE
          ? new Outcome.NotStarted("no checks are part of this program")
          : runInTurn(command, begin, deadline, share, hearer);
    }
    var words = insiders.words(command, settings.environment());
    return words.isEmpty()
        ? runInTurn(command, begin, deadline, share, hearer)
        : runInside(words.get(), insiders.inside(), begin, deadline, hearer);
  }

  /** Takes no turn: it is no process, and has its own limits. */
  private Outcome runInside(
      List<String> words, Inside inside, long begin, long deadline, Consumer<byte[]> hearer) {
    inProcess.increment();
    var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    var answer =
        closed
            ? null
            : inside.run(Insiders.name(words.getFirst()), words.subList(1, words.size()), left);
    if (answer == null) {
      return new Outcome.TimedOut(Output.NOTHING, Output.NOTHING, true, since(begin));
    }
    byte[] all = answer.stdout().getBytes(UTF_8);
    byte[] kept =
        all.length <= settings.maxOutputBytes()
            ? all
            : Arrays.copyOf(all, settings.maxOutputBytes());
    hearer.accept(kept);
    return new Outcome.Exited(
        answer.status(), new Output(kept, all.length - kept.length), Output.NOTHING, since(begin));
  }

  private Outcome runInTurn(
      Command command, long begin, long deadline, OutputShare share, Consumer<byte[]> hearer) {
    boolean turn = false;
    try {
      turn = turns.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!turn) {
      return new Outcome.TimedOut(Output.NOTHING, Output.NOTHING, false, since(begin));
    }
    try {
      return closed
          ? new Outcome.TimedOut(Output.NOTHING, Output.NOTHING, false, since(begin))
          : settings
              .restraint()
              .explained(launch(command, begin, deadline, share, hearer), command.stderr());
    } finally {
      turns.release();
    }
  }

  private Outcome launch(
      Command command, long begin, long deadline, OutputShare share, Consumer<byte[]> hearer) {
    if (!Libc.isLoaded()) {
      return new Outcome.NotStarted(Libc.MISSING);
    }
    var made = machinery();
    try (Child child =
        Child.open(made.poller, command.stderr(), settings.maxOutputBytes(), share)) {
      boolean withoutShell = made.launcher.start(command, child);
      started.increment();
      Session session = new Session(child, deadline, settings.killAfter().toNanos());
      running.add(session);
      try {
        if (closed) {
          session.cutShort();
        }
        Outcome outcome = attend(child, session, begin, hearer);
        return withoutShell && child.signal() != 0 && outcome instanceof Outcome.Exited
            ? withShellsWords(command, child, begin, deadline)
            : outcome;
      } finally {
        running.remove(session);
      }
    } catch (IOException e) {
      return new Outcome.NotStarted(String.valueOf(e.getMessage()));
    }
  }

  private Outcome attend(Child child, Session session, long begin, Consumer<byte[]> hearer) {
    boolean interrupted = false;
    if (!hearer.equals(NOBODY)) {
      child.wakeAtOutput();
    }
    while (!child.isDone() && !session.isLate()) {
      child.await(session.deadline());
      tell(child, hearer);
      if (Thread.interrupted()) {
        interrupted = true;
        session.cutShort();
      }
    }
    try {
      if (child.isAlive() || session.isCutShort()) {
        interrupted |= endNow(child, session);
        tell(child, hearer);
        return new Outcome.TimedOut(child.stdout(), child.stderr(), true, since(begin));
      }
      if (child.isSilent()) {
        sessions.watch(session);
      } else {
        sessions.end(session);
      }
      tell(child, hearer);
      return new Outcome.Exited(child.status(), child.stdout(), child.stderr(), since(begin));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void tell(Child child, Consumer<byte[]> hearer) {
    if (!hearer.equals(NOBODY)) {
      var news = child.news();
      if (news.length > 0) {
        hearer.accept(news);
      }
    }
  }

  /**
   * The outcome of a program that was killed, with what a shell that had started it would have said
   * of the signal; some do, some become the program and cannot. So the shell is asked.
   */
  private Outcome withShellsWords(Command command, Child child, long begin, long deadline) {
    if (command.stderr() != Command.Stderr.DROPPED) {
      String line = "/bin/sh -c 'ulimit -c 0; kill -" + child.signal() + " $$'";
      // With one more argument it is not taken for a line that needs no shell.
      var ask =
          new Command(
              List.of("/bin/sh", "-c", line, "/bin/sh"), APART, command.surroundings(), OUTSIDE);
      var share = new OutputShare(outputBytes);
      if (launch(ask, begin, deadline, share, NOBODY) instanceof Outcome.Exited asked) {
        String words = asked.stderr().text();
        child.add(
            (child.isDumped() ? words.replace("\n", " (core dumped)\n") : words).getBytes(UTF_8));
      }
      share.giveBack();
    }
    return new Outcome.Exited(child.status(), child.stdout(), child.stderr(), since(begin));
  }

  /**
   * Has a session ended and reads its last words.
   *
   * @return whether the thread was interrupted meanwhile
   */
  private boolean endNow(Child child, Session session) {
    boolean interrupted = false;
    session.whenGone(child::wake);
    sessions.end(session);
    long limit = System.nanoTime() + settings.killAfter().toNanos() + GRACE_NANOS;
    while (!session.isGone() && System.nanoTime() - limit < 0) {
      child.await(limit);
      interrupted |= Thread.interrupted();
    }
    child.readRest(limit);
    return interrupted;
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
