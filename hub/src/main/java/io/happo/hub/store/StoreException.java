package io.happo.hub.store;

/** The store did not do what was asked, and nothing of it is half done. */
public final class StoreException extends RuntimeException {
  /** What can be done about it. */
  public enum Reason {
    /** No room is left: the same works once there is. */
    FULL,
    /** The engine does not answer, or has too much to do: the same works later. */
    UNAVAILABLE,
    /** Somebody else changed the same: read it again. */
    CONFLICT,
    /** The files are damaged: restore a backup. */
    DAMAGED,
    /** This will never work: what was asked is wrong. */
    FAULT
  }

  private final Reason reason;

  public StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public StoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
