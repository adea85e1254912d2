package io.happo.core.plan;

import java.util.List;

/**
 * The plan of one agent, and why checks that were meant for it are not in it.
 *
 * @param document the plan as it is sent
 * @param problems their places begin with the name of the check; one without a place means that the
 *     plan is too large to be sent
 */
public record Resolution(PlanDocument document, List<Problem> problems) {
  public Resolution {
    problems = List.copyOf(problems);
  }

  public Plan plan() {
    return document.plan();
  }
}
