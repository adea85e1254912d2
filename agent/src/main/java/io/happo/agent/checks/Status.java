package io.happo.agent.checks;

/** What a check finds, by the words and exit statuses of Nagios plugins. */
public enum Status {
  OK,
  WARNING,
  CRITICAL,
  UNKNOWN;

  /** The exit status. */
  public int code() {
    return ordinal();
  }

  /** The one that counts of two, as monitoring-plugins take it: CRITICAL, WARNING, UNKNOWN, OK. */
  public Status or(Status other) {
    return rank() >= other.rank() ? this : other;
  }

  private int rank() {
    return switch (this) {
      case OK -> 0;
      case UNKNOWN -> 1;
      case WARNING -> 2;
      case CRITICAL -> 3;
    };
  }
}
