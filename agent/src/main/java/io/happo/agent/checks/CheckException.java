package io.happo.agent.checks;

/** A check cannot go on, and this is what it found: its message is the whole output. */
public final class CheckException extends Exception {
  private static final long serialVersionUID = 1;

  private final Status status;

  public CheckException(Status status, String output) {
    super(output);
    this.status = status;
  }

  public Status status() {
    return status;
  }

  /** {@code UNKNOWN - } and why. */
  public static CheckException unknown(String why) {
    return new CheckException(Status.UNKNOWN, "UNKNOWN - " + why);
  }
}
