package io.happo.agent.checks;

/** What a check finds, by the words and exit statuses of Nagios plugins. */
public enum Status {
  OK(0, 0),
  WARNING(1, 2),
  CRITICAL(2, 3),
  UNKNOWN(3, 1);

  private final int code;
  private final int rank;

  Status(int code, int rank) {
    this.code = code;
    this.rank = rank;
  }

  /** The exit status. */
  public int code() {
    return code;
  }

  /** The one that counts of two, as monitoring-plugins take it: CRITICAL, WARNING, UNKNOWN, OK. */
  public Status or(Status other) {
    return rank >= other.rank ? this : other;
  }
}
