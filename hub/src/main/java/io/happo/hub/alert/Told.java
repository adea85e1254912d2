package io.happo.hub.alert;

/**
 * What a rule has told of a check so far, since that was well.
 *
 * @param status hard status that was told last; 0: no trouble was told
 * @param at when something was told last, unix milliseconds
 * @param steps how many steps of the rule have been told
 * @param count how often its trouble was told
 * @param flapping whether it was told that it flaps, and not that it does not any more
 * @param acknowledged whether it was told that somebody knows
 * @param incident names those that were told in one message; empty: it was told alone
 */
public record Told(
    int status,
    long at,
    int steps,
    int count,
    boolean flapping,
    boolean acknowledged,
    String incident) {
  /** Nothing. */
  public static final Told NOTHING = new Told(0, 0, 0, 0, false, false, "");

  Told problem(int status, long now, int steps) {
    return new Told(
        status, now, steps, count + 1, flapping, acknowledged && this.status == status, incident);
  }

  Told recovery(long now) {
    return new Told(0, now, 0, 0, flapping, false, "");
  }

  Told flapping(boolean begins, long now) {
    return new Told(status, now, Math.max(steps, 1), count, begins, acknowledged, incident);
  }

  Told acknowledgement(long now) {
    return new Told(status, now, steps, count, flapping, true, incident);
  }

  Told with(String incident) {
    return new Told(status, at, steps, count, flapping, acknowledged, incident);
  }

  /** Whether somebody waits for word that it is over. */
  boolean isOpen() {
    return status != 0 || flapping;
  }
}
