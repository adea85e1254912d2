package io.happo.program.schedule;

import io.happo.core.plan.Check;
import io.happo.core.plan.Cron;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/** Checks for tests. */
final class Checks {
  private static final Work WORK = Work.Plugin.of("check_x");

  private Checks() {}

  static Check every(String name, String interval) {
    return every(name, interval, "30s", 1);
  }

  static Check every(String name, String interval, String retry, int attempts) {
    return check(name, WORK, new Schedule.Every(duration(interval)), retry, attempts);
  }

  static Check inventory(String name, String interval) {
    return new Check(
        name,
        WORK,
        new Schedule.Every(duration(interval)),
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        1,
        new TreeMap<>(),
        true);
  }

  static Check cron(String name, String expression) {
    var times = new Schedule.AtTimes(Cron.parse(expression), Optional.empty());
    return check(name, WORK, times, "30s", 1);
  }

  private static Check check(
      String name, Work work, Schedule schedule, String retry, int attempts) {
    return new Check(
        name, work, schedule, Duration.ofSeconds(10), duration(retry), attempts, new TreeMap<>());
  }

  private static Duration duration(String text) {
    return Duration.parse((text.endsWith("d") ? "P" : "PT") + text);
  }
}
