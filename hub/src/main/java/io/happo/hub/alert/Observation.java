package io.happo.hub.alert;

/**
 * One result, as far as the state of its check depends on it.
 *
 * @param time when the check ran by its agent's clock, unix milliseconds
 * @param receivedAt when the hub got it, by its own
 * @param epoch number of the agent's queue that it came from
 * @param sequence in that queue
 * @param status 0 to 3
 * @param attempt how often in a row it was not OK, as far as its agent knows; 0 when it does not
 */
public record Observation(
    long time, long receivedAt, long epoch, long sequence, int status, int attempt) {
  /** One whose agent does not know how often it has seen that. */
  public Observation(long time, long receivedAt, long epoch, long sequence, int status) {
    this(time, receivedAt, epoch, sequence, status, 0);
  }

  /**
   * When it counts as having run: a clock that is ahead must not keep everything out that comes
   * after it was set right.
   */
  long orderedAt() {
    return Math.min(time, receivedAt);
  }
}
