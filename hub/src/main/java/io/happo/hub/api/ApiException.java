package io.happo.hub.api;

import java.util.List;

/** A request that is answered with an error: what happened, and what to do next. */
final class ApiException extends Exception {
  private final int status;
  private final List<String> problems;

  ApiException(int status, String message) {
    this(status, message, List.of());
  }

  /**
   * @param problems all that is wrong, each with its place
   */
  ApiException(int status, String message, List<String> problems) {
    super(message);
    this.status = status;
    this.problems = List.copyOf(problems);
  }

  int status() {
    return status;
  }

  List<String> problems() {
    return problems;
  }

  /** So many, in words. */
  static String problems(int count) {
    return count == 1 ? "1 problem" : count + " problems";
  }
}
