package io.happo.core.plan;

import java.util.List;

/** A plan that is none, with everything that is wrong with it. */
public final class BadPlanException extends Exception {
  private final transient List<Problem> problems;

  BadPlanException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** At least one, in the order of the document. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    var message = new StringBuilder();
    for (var problem : problems) {
      message.append(message.isEmpty() ? "" : "\n").append(problem);
    }
    return message.toString();
  }
}
