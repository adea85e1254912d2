package io.happo.hub.dashboards;

import io.happo.core.plan.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A dashboard that is none, with everything that is wrong with it. */
public final class BadDashboardException extends Exception {
  private final transient List<Problem> problems;

  BadDashboardException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** At least one, in the order of the document. */
  public List<Problem> problems() {
    return problems;
  }
}
