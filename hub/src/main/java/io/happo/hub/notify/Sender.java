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
    private final int mostTries;

    /**
     * @param lasting whether another try would end the same way
     */
    NotSentException(String message, boolean lasting, Throwable cause) {
      super(message, cause);
      this.mostTries = lasting ? 1 : Integer.MAX_VALUE;
    }

    NotSentException(String message, boolean lasting) {
      this(message, lasting ? 1 : Integer.MAX_VALUE);
    }

    /**
     * @param mostTries after so many it is most likely that another one would end the same way
     */
    NotSentException(String message, int mostTries) {
      super(message);
      this.mostTries = mostTries;
    }

    /** After so many tries it is given up. */
    int mostTries() {
      return mostTries;
    }
  }
}
