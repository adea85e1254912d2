package io.happo.hub.alert;

import org.jspecify.annotations.Nullable;

/**
 * What a check's results have come to: Nagios' soft and hard states. A problem begins soft and is
 * hard once it was seen {@link CheckSettings#maxAttempts} times in a row; a hard problem that
 * changes is hard at once; OK is always hard.
 *
 * @param time of the newest result
 * @param orderedAt when that counts as having run, see {@link Observation}
 * @param epoch number of the queue that the newest result came from
 * @param sequence in that queue
 * @param status of the newest result, 0 to 3
 * @param since time of the first result with this status in a row
 * @param attempt how many results in a row were not OK, no more than the most; 1 when it is OK
 * @param hardStatus what may be told
 * @param hardSince time of the result that made it so
 * @param occurrences results in a row with this status
 * @param peak most occurrences of a status since this problem began; of the last problem when it is
 *     OK, 0 when there was none
 * @param hardStates the last hard states, as {@link Flapping} keeps them
 * @param flapping whether it goes up and down too often for each time to be told
 */
public record CheckState(
    long time,
    long orderedAt,
    long epoch,
    long sequence,
    int status,
    long since,
    int attempt,
    int hardStatus,
    long hardSince,
    int occurrences,
    int peak,
    long hardStates,
    boolean flapping) {
  private static final int OK = 0;

  /** How much it flaps, in percent. */
  public double flapPercent() {
    return Flapping.NAGIOS.percent(hardStates);
  }

  /** Whether it says that all is well, and is believed. */
  boolean isWell() {
    return status == OK && hardStatus == OK;
  }

  /** Whether it is well, and has been for so long that nothing is left to tell. */
  public boolean isCalm() {
    return isWell() && !flapping;
  }

  /** Whether this is not to be told yet. */
  public boolean soft() {
    return status != hardStatus;
  }

  /**
   * The state after one more result. A result that ran before the newest known one changes nothing.
   * Of two from the same queue the sequence says which ran later, whatever the agent's clock did.
   *
   * @param state before it; none when it is the first
   */
  public static CheckState next(
      @Nullable CheckState state, Observation seen, CheckSettings settings) {
    if (state == null) {
      // As Nagios: what was never seen was OK.
      state =
          new CheckState(
              seen.time(),
              Long.MIN_VALUE,
              0,
              -1,
              OK,
              seen.time(),
              1,
              OK,
              seen.time(),
              0,
              0,
              0,
              false);
    }
    return state.precedes(seen) ? state.after(seen, settings) : state;
  }

  private boolean precedes(Observation seen) {
    return seen.epoch() == epoch ? seen.sequence() > sequence : seen.orderedAt() > orderedAt;
  }

  private CheckState after(Observation seen, CheckSettings settings) {
    boolean problem = seen.status() != OK;
    boolean changed = seen.status() != status;
    // The agent has seen also what has not come here yet, or never will.
    int seenHere = status == OK ? 1 : attempt + 1;
    int newAttempt =
        problem ? Math.min(Math.max(seenHere, seen.attempt()), settings.maxAttempts()) : 1;
    boolean hard = !problem || hardStatus != OK || newAttempt >= settings.maxAttempts();
    int newHardStatus = hard ? seen.status() : hardStatus;
    int newOccurrences = changed ? 1 : occurrences + 1;
    int newPeak = !problem ? peak : status == OK ? 1 : Math.max(peak, newOccurrences);
    // Only hard states and OK count, as in Nagios: what is tried again is not sure.
    long newStates = hard ? Flapping.NAGIOS.with(hardStates, newHardStatus) : hardStates;
    return new CheckState(
        seen.time(),
        seen.orderedAt(),
        seen.epoch(),
        seen.sequence(),
        seen.status(),
        changed ? seen.orderedAt() : since,
        newAttempt,
        newHardStatus,
        newHardStatus == hardStatus ? hardSince : seen.orderedAt(),
        newOccurrences,
        newPeak,
        newStates,
        hard ? Flapping.NAGIOS.isFlapping(flapping, newStates) : flapping);
  }
}
