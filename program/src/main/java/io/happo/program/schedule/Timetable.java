package io.happo.program.schedule;

import io.happo.core.plan.Check;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which check starts when. Time is passed in, nothing is run here; for one thread at a
 * time.
 *
 * <pre>
 * state of a check   event                             what follows
 * waiting            due by its rhythm, or a retry     in line
 * in line            a place is free, nobody longer    running; its rhythm goes on past now
 * running            due by its rhythm                 counted as missed when the run ends
 * running            ended well                        waiting; attempts begin anew
 * running            ended badly, attempts left        waiting, with a retry
 * running            ended badly, no attempts left     waiting for its rhythm alone
 * running            ended, nothing can be said        waiting, with a retry, attempts as they were
 * any                another work in the new plan      the same, attempts begin anew
 * any                another schedule in it            waiting for the new one, or still running
 * any                not in the new plan               gone, when it does not run any more
 * </pre>
 */
final class Timetable {
  /** At least as often somebody looks, so that a sleep is noticed soon. */
  static final long LOOK_NANOS = 10_000_000_000L;

  /** From this on a clock has jumped, or the machine has slept; less is drift and load. */
  static final long JUMP_NANOS = 5_000_000_000L;

  /** What is overdue after a sleep starts within this time. */
  static final long SPREAD_NANOS = 10_000_000_000L;

  /** An inventory that is new in the plan, or changed, is listed within this time. */
  private static final long FIRST_LIST_NANOS = 60_000_000_000L;

  private final String agentId;
  private final int places;
  private final ZoneId zone;
  private final Map<String, Turn> turns = new LinkedHashMap<>();
  private int running;
  private long tickets;
  private long missed;
  private long jumps;

  /** Wall clock minus monotonic clock when last looked at; lookBy counts only with it. */
  private @Nullable Long skewMillis;

  private long lookBy;

  /** What is known of one check. */
  private static final class Turn {
    private Check check;
    private Rhythm rhythm;
    private boolean running;
    private boolean removed;
    private boolean started;
    private long startedAt;

    /** Its place in line, from 1 on; 0 when it is not in line. */
    private long ticket;

    /** Bad ends in a row. */
    private int attempt;

    private boolean retrying;
    private long retryAt;

    /** When it should have been started, once that has come; and how late it was, once it is. */
    private boolean overdue;

    private long dueAt;
    private long lateNanos;

    /** What runs is of an earlier plan: it runs once more when it has ended. */
    private boolean again;

    Turn(Check check, Rhythm rhythm) {
      this.check = check;
      this.rhythm = rhythm;
    }

    boolean isWaiting() {
      return !running && ticket == 0;
    }

    long untilDue(Now now) {
      long regular = rhythm.untilDue(now);
      return retrying ? Math.min(regular, retryAt - now.nanos()) : regular;
    }

    void noteDue(Now now) {
      if (!overdue) {
        overdue = true;
        dueAt = now.nanos() + Math.min(0, untilDue(now));
      }
    }

    void beginAttemptsAnew() {
      attempt = 0;
      retrying = false;
    }
  }

  /**
   * @param places runs at once, at least 1
   * @param zone of times that name none
   */
  Timetable(String agentId, int places, ZoneId zone) {
    this.agentId = agentId;
    this.places = places;
    this.zone = zone;
  }

  /** From now on these are the checks. What is the same as before is not disturbed. */
  void use(List<Check> checks, Now now) {
    var before = new LinkedHashMap<>(turns);
    turns.clear();
    for (var check : checks) {
      var turn = before.remove(check.name());
      if (turn == null) {
        turn = new Turn(check, Rhythm.of(check, agentId, zone, -1, now));
        listSoon(turn, now);
      } else if (!turn.check.equals(check)) {
        turn.beginAttemptsAnew();
        if (!turn.check.schedule().equals(check.schedule())) {
          long sinceStart = turn.started ? Math.max(0, now.nanos() - turn.startedAt) : -1;
          turn.rhythm = Rhythm.of(check, agentId, zone, sinceStart, now);
          turn.ticket = 0;
          turn.overdue = false;
        }
        turn.check = check;
        listSoon(turn, now);
      }
      turn.removed = false;
      turns.put(check.name(), turn);
    }
    for (var turn : before.values()) {
      if (turn.running) {
        // Kept so that a check that comes back meanwhile does not run beside itself.
        turn.removed = true;
        turns.put(turn.check.name(), turn);
      }
    }
  }

  /** An inventory comes seldom: nobody is to wait half a day for one that is new. */
  private void listSoon(Turn turn, Now now) {
    if (turn.check.inventory()) {
      turn.again = turn.running;
      turn.retrying = true;
      turn.retryAt =
          now.nanos() + Math.floorMod(Phase.hash(agentId, turn.check.name()), FIRST_LIST_NANOS);
    }
  }

  /** What is to be started now, in this order; it counts as running from now on. */
  List<Check> start(Now now) {
    notice(now);
    for (var turn : turns.values()) {
      if (turn.isWaiting() && turn.untilDue(now) <= 0) {
        turn.noteDue(now);
        turn.ticket = ++tickets;
      }
    }
    var started = new ArrayList<Check>();
    for (var turn = first(); turn != null && running < places; turn = first()) {
      turn.ticket = 0;
      turn.retrying = false;
      turn.running = true;
      turn.started = true;
      turn.startedAt = now.nanos();
      turn.lateNanos = turn.overdue ? now.nanos() - turn.dueAt : 0;
      turn.overdue = false;
      missed += Math.max(0, turn.rhythm.pass(now) - 1);
      running++;
      started.add(turn.check);
    }
    return started;
  }

  /** Who has been in line longest. */
  private @Nullable Turn first() {
    Turn first = null;
    for (var turn : turns.values()) {
      if (turn.ticket > 0 && (first == null || turn.ticket < first.ticket)) {
        first = turn;
      }
    }
    return first;
  }

  /** How often in a row a check that runs will have ended badly; no more than its attempts. */
  int attempt(String name, boolean ok) {
    var turn = turns.get(name);
    return ok || turn == null ? 0 : Math.min(turn.attempt + 1, turn.check.maxAttempts());
  }

  /** How much later than it should have a check was started that runs; not by a clock's jump. */
  long lateNanos(String name) {
    var turn = turns.get(name);
    return turn == null ? 0 : turn.lateNanos;
  }

  /** A run has ended. */
  void finished(String name, boolean ok, Now now) {
    var turn = ended(name, now);
    if (turn != null) {
      turn.attempt = attempt(name, ok);
      turn.retrying = turn.attempt > 0 && turn.attempt < turn.check.maxAttempts();
      turn.retryAt = now.nanos() + turn.check.retry().toNanos();
      if (turn.again) {
        listSoon(turn, now);
      }
    }
  }

  /** A run has ended of which nothing can be said: the attempts are what they were. */
  void finishedWithoutResult(String name, Now now) {
    var turn = ended(name, now);
    if (turn != null) {
      turn.retrying = true;
      turn.retryAt = now.nanos() + turn.check.retry().toNanos();
    }
  }

  /** Null when it is gone. */
  private @Nullable Turn ended(String name, Now now) {
    var turn = turns.get(name);
    if (turn == null || !turn.running) {
      throw new IllegalStateException(name + " does not run");
    }
    running--;
    turn.running = false;
    if (turn.removed) {
      turns.remove(name);
      return null;
    }
    missed += turn.rhythm.pass(now);
    return turn;
  }

  /** Nanoseconds until {@link #start} is to be asked again; a run that ends is a reason too. */
  long untilLook(Now now) {
    if (turns.isEmpty()) {
      skewMillis = null;
      return Long.MAX_VALUE;
    }
    long wait = LOOK_NANOS;
    for (var turn : turns.values()) {
      if (turn.isWaiting()) {
        wait = Math.min(wait, turn.untilDue(now));
      }
    }
    lookBy = now.nanos() + Math.max(0, wait);
    return Math.max(0, wait);
  }

  /**
   * A wall clock that has got ahead of the monotonic one means that the machine slept, or that
   * somebody put it forward: the two look alike, and for neither is it wrong to run once what would
   * have run meanwhile, nor is that late. A look that comes late means that all of this process
   * stood still.
   */
  private void notice(Now now) {
    long skew = now.millis() - now.nanos() / Now.NANOS_PER_MILLI;
    if (skewMillis != null) {
      long jump = (skew - skewMillis) * Now.NANOS_PER_MILLI;
      boolean forward = jump > JUMP_NANOS;
      boolean back = jump < -JUMP_NANOS;
      boolean late = now.nanos() - lookBy > JUMP_NANOS;
      jumps += forward || back || late ? 1 : 0;
      for (var turn : turns.values()) {
        if (late && !forward && turn.isWaiting() && turn.untilDue(now) < 0) {
          turn.noteDue(now);
        }
        if (back) {
          turn.rhythm.setBack(now);
        }
        if (forward) {
          turn.rhythm.slept(jump / Now.NANOS_PER_MILLI);
        }
        if ((forward || late) && turn.isWaiting()) {
          long delay = Math.floorMod(Phase.hash(agentId, turn.check.name()), SPREAD_NANOS);
          missed += turn.rhythm.catchUp(delay, now);
        }
      }
    }
    skewMillis = skew;
  }

  int planned() {
    int planned = 0;
    for (var turn : turns.values()) {
      planned += turn.removed ? 0 : 1;
    }
    return planned;
  }

  int running() {
    return running;
  }

  /** Starts that were left out: the run before went on, no place was free, the machine slept. */
  long missed() {
    return missed;
  }

  /** How often a clock jumped or the machine slept. */
  long jumps() {
    return jumps;
  }
}
