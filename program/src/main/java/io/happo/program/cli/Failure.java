package io.happo.program.cli;

/** Why a client cannot do what it was asked to, in words for the person who asked. */
public final class Failure extends Exception {
  public Failure(String message) {
    super(message);
  }
}
