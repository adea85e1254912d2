package io.happo.hub.alert;

import java.util.List;

/** What {@link Alerts} wants to be written and done, in order. */
public sealed interface Effect {
  /**
   * Somebody is told.
   *
   * @param channels by which
   * @param subjects of what, with how it is; several when many came at once
   * @param incident what all notices of these belong to, from the trouble to its end
   */
  record Tell(String rule, Kind kind, List<String> channels, List<Thing> subjects, String incident)
      implements Effect {
    /**
     * One of those.
     *
     * @param incident what notices of it alone belong to
     */
    public record Thing(Subject subject, CheckState state, String incident) {}

    public Tell {
      channels = List.copyOf(channels);
      subjects = List.copyOf(subjects);
    }
  }

  /**
   * How it stands between a rule and what it is about.
   *
   * @param told so far
   * @param held why nothing more is told now; none when it has just been
   */
  record Keep(String rule, Subject subject, Told told, Standing held) implements Effect {}

  /** Nothing is open any more between a rule and what it is about. */
  record Remove(String rule, Subject subject) implements Effect {}

  /**
   * What people find in the history of a check.
   *
   * @param gate why it was not told; {@link Standing#TOLD} when it was
   * @param status hard status at that time
   */
  record Note(String rule, Subject subject, Kind kind, int status, String gate, String why)
      implements Effect {}

  /** An acknowledgement does not hold any more. */
  record Unacknowledge(Subject subject) implements Effect {}

  /** A flexible downtime begins now. */
  record Begin(long silence) implements Effect {}

  /** A silence ends now: what it silenced is well. */
  record End(long silence) implements Effect {}
}
