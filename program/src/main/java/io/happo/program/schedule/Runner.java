package io.happo.program.schedule;

import io.happo.core.plan.Check;

/** What runs a check. Any thread. */
@FunctionalInterface
public interface Runner {
  /**
   * Runs it, and waits for its end. An interrupt ends it as its timeout does, and the thread stays
   * interrupted.
   */
  Ran run(Check check);
}
