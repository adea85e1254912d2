package io.happo.net;

/** A peer's message breaks the rules or a limit. */
final class MalformedMessageException extends Exception {
  private final int status;
  private final boolean told;

  private MalformedMessageException(int status, String message, boolean told) {
    super(message);
    this.status = status;
    this.told = told;
  }

  /**
   * Says what is wrong, to this side only.
   *
   * @param status how a server answers it
   */
  MalformedMessageException(int status, String message) {
    this(status, message, false);
  }

  /** A bad request whose peer is told what is wrong, in the words of the original. */
  static MalformedMessageException told(String message) {
    return new MalformedMessageException(400, message, true);
  }

  int status() {
    return status;
  }

  /** The status line's text for the peer. */
  String answer() {
    var reason = status + " " + Reasons.of(status);
    return told ? reason + ": " + getMessage() : reason;
  }
}
