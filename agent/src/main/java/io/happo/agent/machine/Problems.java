package io.happo.agent.machine;

import io.happo.agent.checks.OneLine;
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

  /** All of them in a line; or something else when there are none. */
  String orElse(String fine) {
    return count == 0
        ? fine
        : count > MOST ? text + "; and " + (count - MOST) + " more" : text.toString();
  }
}
