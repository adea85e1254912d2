package io.happo.hub.web;

/** An address names something that is not there: the message says what. */
final class NoSuchPageException extends Exception {
  NoSuchPageException(String message) {
    super(message);
  }
}
