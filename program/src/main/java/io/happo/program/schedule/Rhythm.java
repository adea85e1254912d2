package io.happo.program.schedule;

import io.happo.core.plan.Check;
import io.happo.core.plan.Schedule;
import java.time.ZoneId;

/**
 * When one check is due by its schedule. Time is passed in; after a look that came late, or a clock
 * that jumped, {@link Timetable} says so.
 */
abstract sealed class Rhythm permits IntervalRhythm, CronRhythm {
  /**
   * The rhythm of a check.
   *
   * @param zone of times that name none
   * @param sinceStart nanoseconds since its last start; negative when it has not been started
   */
  static Rhythm of(Check check, String agentId, ZoneId zone, long sinceStart, Now now) {
    return switch (check.schedule()) {
      case Schedule.Every every ->
          new IntervalRhythm(every.interval(), Phase.hash(agentId, check.name()), sinceStart, now);
      case Schedule.AtTimes times -> new CronRhythm(times.cron(), times.zone().orElse(zone), now);
    };
  }

  /** Nanoseconds until it is due; none or less when it is. */
  abstract long untilDue(Now now);

  /**
   * Goes on to the first time that is later than now.
   *
   * @return how many times it went past
   */
  abstract long pass(Now now);

  /** Time has gone by that the monotonic clock did not count. */
  abstract void slept(long millis);

  /**
   * Makes what is overdue due once more, a little later.
   *
   * @return how many other times were missed
   */
  abstract long catchUp(long delayNanos, Now now);

  /** The clock was put back. */
  abstract void setBack(Now now);
}
