package io.happo.agent.exec;

import java.util.concurrent.Semaphore;

/**
 * What one run has taken of the bytes that all runs may keep together. For one thread at a time.
 */
final class OutputShare {
  private final Semaphore left;
  private int taken;

  /**
   * Has taken nothing yet.
   *
   * @param left a permit for each byte that may still be kept
   */
  OutputShare(Semaphore left) {
    this.left = left;
  }

  /** Takes that many bytes, or none when they are not left. */
  boolean take(int bytes) {
    boolean enough = left.tryAcquire(bytes);
    taken += enough ? bytes : 0;
    return enough;
  }

  /** Gives back all that was taken. */
  void giveBack() {
    left.release(taken);
    taken = 0;
  }
}
