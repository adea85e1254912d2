package io.happo.hub.notify;

import io.happo.hub.alert.Notice;

/** Hands a notice to somebody. */
interface Sender {
  /**
   * Returns when it was taken.
   *
   * @throws NotSentException when it was not, or that is not known
   */
  void send(Notice notice) throws NotSentException, InterruptedException;

  /** It was not taken. */
  final class NotSentException extends Exception {
    private final boolean lasting;

    /**
     * @param lasting whether another try would end the same way
     */
    NotSentException(String message, boolean lasting, Throwable cause) {
      super(message, cause);
      this.lasting = lasting;
    }

    NotSentException(String message, boolean lasting) {
      super(message);
      this.lasting = lasting;
    }

    boolean isLasting() {
      return lasting;
    }
  }
}
