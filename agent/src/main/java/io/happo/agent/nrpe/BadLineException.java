package io.happo.agent.nrpe;

/**
 * A line at which NRPE stops reading its file: in the main file it does not start, in an included
 * one it goes on without the rest of that file.
 */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1;

  BadLineException(String message) {
    super(message);
  }
}
