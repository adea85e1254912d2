package io.happo.agent.checks;

/** The words a check was given are not what it takes; the message says which and why. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
