package io.happo.hub.alert;

import java.util.List;

/** What a rule does about a check now. */
public sealed interface Decision {
  /** When something that no event brings must be looked at again. */
  long NEVER = Long.MAX_VALUE;

  /**
   * Tells somebody.
   *
   * @param channels by which, each once
   * @param told what has been told then
   */
  record Tell(Kind kind, List<String> channels, Told told) implements Decision {
    public Tell {
      channels = List.copyOf(channels);
    }
  }

  /**
   * Does not, for now.
   *
   * @param kind of what is not told
   * @param why for people, after "not told: "
   * @param until when it is to be looked at again unless something happens before
   */
  record Hold(Kind kind, Gate gate, String why, long until) implements Decision {}

  /**
   * The check is well and nobody waits for anything.
   *
   * @param gate why its end is not told
   * @param why for people
   */
  record Drop(Gate gate, String why) implements Decision {}
}
