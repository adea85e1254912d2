package io.happo.agent.machine;

import io.happo.agent.checks.Finding;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;

/** What a check has found to be wrong, one sentence after the other. Of one thread. */
final class Problems {
  /** The most that are told; the others are counted. */
  private static final int MOST = 20;

  private final StringBuilder text = new StringBuilder();
  private Status status = Status.OK;
  private int count;

  void add(Status one, String sentence) {
    status = status.or(one);
    count++;
    if (count <= MOST) {
      text.append(count > 1 ? "; " : "").append(OneLine.of(sentence));
    }
  }

  Status status() {
    return status;
  }

  int count() {
    return count;
  }

  /**
   * The line with all of them.
   *
   * @param name what begins it
   * @param fine what is told when there are none
   */
  Finding finding(String name, String fine, PerfdataText perfdata) {
    var told =
        count == 0
            ? OneLine.of(fine)
            : count > MOST ? text + "; and " + (count - MOST) + " more" : text.toString();
    var figures = perfdata.toString();
    return new Finding(
        status, name + " " + status + " - " + told + (figures.isEmpty() ? "" : " | " + figures));
  }
}
