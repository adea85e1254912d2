package io.happo.core.plan;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** When a check runs. */
public sealed interface Schedule {
  /** The longest interval. */
  Duration MAX_INTERVAL = Duration.ofDays(1);

  /**
   * Once in each interval, at an offset of the check's own.
   *
   * @param interval whole seconds, 1 s to 1 day
   */
  record Every(Duration interval) implements Schedule {
    public Every {
      Rules.require(Rules.duration(interval, MAX_INTERVAL));
    }
  }

  /**
   * At times of the day or the calendar.
   *
   * @param zone whose time it is; the agent's own when absent
   */
  record AtTimes(Cron cron, Optional<ZoneId> zone) implements Schedule {}
}
