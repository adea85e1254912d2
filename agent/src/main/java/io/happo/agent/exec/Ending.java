package io.happo.agent.exec;

/**
 * When which signal is due to a session; pure, times are {@link System#nanoTime}.
 *
 * <pre>
 * members  time                                    step
 * none     not yet asked to end, or twice in a row GONE
 * none     asked to end, for the first time        WAIT (one pass may miss a process that forks)
 * some     before the deadline                     WAIT
 * some     from the deadline on                    TERM
 * some     killAfter after the first TERM          KILL
 * some     5 s after that                          LOST
 * </pre>
 */
final class Ending {
  /** What is to be done. */
  enum Step {
    WAIT,
    TERM,
    KILL,
    GONE,
    LOST
  }

  /** How long KILL is tried: a process that outlives it hangs in the kernel, or is not ours. */
  static final long KILL_NANOS = 5_000_000_000L;

  private final long killAfterNanos;
  private boolean termSent;
  private long killAt;
  private boolean missing;

  Ending(long killAfterNanos) {
    this.killAfterNanos = killAfterNanos;
  }

  /**
   * The next step.
   *
   * @param members whether the session was seen to have living processes
   * @param deadline when it is asked to end
   */
  Step next(boolean members, long deadline, long now) {
    boolean late = now - deadline >= 0;
    if (!members) {
      boolean gone = missing || (!late && !termSent);
      missing = true;
      return gone ? Step.GONE : Step.WAIT;
    }
    missing = false;
    if (!termSent) {
      if (!late) {
        return Step.WAIT;
      }
      termSent = true;
      killAt = now + killAfterNanos;
    }
    if (now - killAt < 0) {
      return Step.TERM;
    }
    return now - killAt < KILL_NANOS ? Step.KILL : Step.LOST;
  }

  /** How long until KILL is due; {@link Long#MAX_VALUE} when that is not known or past. */
  long untilKill(long now) {
    return termSent && killAt - now > 0 ? killAt - now : Long.MAX_VALUE;
  }
}
