package io.happo.hub.alert;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What holds around a check now and may keep a notice of it back.
 *
 * @param off whether nobody is told anything
 * @param heldUntil while many agents vanish at once, or the hub has just started: until then
 * @param away why the check's agent is not there; empty when it is, or is what this is about
 * @param quiet whether nobody is ever told of this check
 * @param acknowledgement the one that holds
 * @param failed what the check depends on and is not well
 * @param pause the silence or downtime that holds
 * @param pausedMillis how much of the time since its last hard change was downtime
 */
public record Around(
    boolean off,
    long heldUntil,
    String away,
    boolean quiet,
    @Nullable Acknowledgement acknowledgement,
    String failed,
    Optional<Pause> pause,
    long pausedMillis) {
  /** Nothing. */
  public static final Around NOTHING =
      new Around(false, 0, "", false, null, "", Optional.empty(), 0);

  /**
   * A silence or a downtime that holds.
   *
   * @param what it is, by whom and why, for people
   * @param until unix milliseconds; the greatest: until something happens
   */
  public record Pause(String what, long until) {}
}
