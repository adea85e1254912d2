package io.happo.hub.export;

import java.time.Duration;
import java.util.List;

/** Where values go to. For one thread at a time. */
interface Receiver extends AutoCloseable {
  /**
   * Returns when the other side has them.
   *
   * @param points in the order in which they were stored, not empty
   * @return how many of them it did not want, and why
   * @throws NotTakenException when it has not, or that is not known
   */
  Taken send(List<Point> points) throws NotTakenException, InterruptedException;

  @Override
  void close();

  /**
   * They are there.
   *
   * @param refused how many of them are not, for good
   * @param why of these
   */
  record Taken(long refused, String why) {
    static final Taken WHOLLY = new Taken(0, "");
  }

  /** They were not taken. */
  final class NotTakenException extends Exception {
    private final boolean inParts;
    private final Duration after;

    private NotTakenException(String message, boolean inParts, Duration after) {
      super(message);
      this.inParts = inParts;
      this.after = after;
    }

    /** Something is wrong with one of them, or they are too many: others may be taken. */
    static NotTakenException inParts(String message) {
      return new NotTakenException(message, true, Duration.ZERO);
    }

    /**
     * The same may be taken later.
     *
     * @param after what the other side says when, at the soonest
     */
    static NotTakenException later(String message, Duration after) {
      return new NotTakenException(message, false, after);
    }

    boolean isInParts() {
      return inParts;
    }

    Duration after() {
      return after;
    }
  }
}
