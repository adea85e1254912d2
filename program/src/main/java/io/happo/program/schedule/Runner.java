package io.happo.program.schedule;

import io.happo.core.plan.Check;
import java.util.Optional;

/** What runs a check. Any thread. */
@FunctionalInterface
public interface Runner {
  /**
   * Runs it, and waits for its end. An interrupt ends it as its timeout does, and the thread stays
   * interrupted.
   *
   * @return empty when nothing can be said: there is no result then
   */
  Optional<Ran> run(Check check);
}
