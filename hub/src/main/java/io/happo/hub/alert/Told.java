package io.happo.hub.alert;

import java.util.ArrayList;
import java.util.List;

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
 * @param channels by which it was told: these learn of its end, whatever the rule says by then
 */
public record Told(
    int status,
    long at,
    int steps,
    int count,
    boolean flapping,
    boolean acknowledged,
    String incident,
    List<String> channels) {
  /** Nothing. */
  public static final Told NOTHING = new Told(0, 0, 0, 0, false, false, "", List.of());

  public Told {
    channels = List.copyOf(channels);
  }

  Told problem(int newStatus, long now, int newSteps, List<String> by) {
    return new Told(
        newStatus,
        now,
        newSteps,
        count + 1,
        flapping,
        acknowledged && status == newStatus,
        incident,
        and(by));
  }

  Told recovery(long now) {
    return new Told(0, now, 0, 0, flapping, false, "", flapping ? channels : List.of());
  }

  Told flapping(boolean begins, long now, List<String> by) {
    return new Told(
        status, now, Math.max(steps, 1), count, begins, acknowledged, incident, and(by));
  }

  Told acknowledgement(long now) {
    return new Told(status, now, steps, count, flapping, true, incident, channels);
  }

  Told with(String newIncident) {
    return new Told(status, at, steps, count, flapping, acknowledged, newIncident, channels);
  }

  private List<String> and(List<String> by) {
    var all = new ArrayList<>(channels);
    by.stream().filter(channel -> !all.contains(channel)).forEach(all::add);
    return all;
  }

  /** Whether somebody waits for word that it is over. */
  boolean isOpen() {
    return status != 0 || flapping;
  }
}
