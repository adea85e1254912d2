package io.happo.agent.scheduler;

import io.happo.core.plan.Check;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import java.time.Duration;
import java.util.TreeMap;

/** Checks for tests. */
public final class Checks {
  private Checks() {}

  /** Each second, at most 10 s long. */
  public static Check running(String name, Work work) {
    return new Check(
        name,
        work,
        new Schedule.Every(Duration.ofSeconds(1)),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        1,
        new TreeMap<>());
  }
}
