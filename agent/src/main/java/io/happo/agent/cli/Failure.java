package io.happo.agent.cli;

/** Why a client cannot do what it was asked to, in words for the person who asked. */
final class Failure extends Exception {
  Failure(String message) {
    super(message);
  }
}
