package io.happo.hub.intake;

/**
 * How intake is.
 *
 * @param problem why the store takes nothing at present; empty when it does
 * @param problemSince unix milliseconds; 0 when there is none
 * @param waitingItems that are not stored yet
 * @param waitingBytes of these
 * @param storedItems since the start
 * @param knownItems that came again and were passed over, since the start
 * @param refusedBatches that no store would take, since the start
 * @param groups transactions since the start
 */
public record IntakeHealth(
    String problem,
    long problemSince,
    int waitingItems,
    long waitingBytes,
    long storedItems,
    long knownItems,
    long refusedBatches,
    long groups) {
  public boolean good() {
    return problem.isEmpty();
  }
}
