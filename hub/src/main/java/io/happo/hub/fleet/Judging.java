package io.happo.hub.fleet;

import io.happo.core.plan.AlertRule;
import io.happo.core.plan.Dependency;
import io.happo.core.plan.FleetCheck;
import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the hub itself does by a version of the plan: how it judges checks, and who is told. */
record Judging(
    Map<String, FleetCheck> checks, Map<String, Duration> nextWithin, List<AlertRule> alerts) {
  static final Judging NOTHING = new Judging(Map.of(), Map.of(), List.of());

  private static final int DEFAULT_ATTEMPTS = 3;

  /** From an agent to what the hub knows. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(15);

  /** So many times of a cron expression, and those of so long, say how far apart they are. */
  private static final int GAPS = 60;

  private static final Duration GAPS_WITHIN = Duration.ofDays(8);
  private static final int MOST_GAPS = 6_000;

  Judging {
    checks = Map.copyOf(checks);
    nextWithin = Map.copyOf(nextWithin);
    alerts = List.copyOf(alerts);
  }

  static Judging of(FleetPlan plan, Instant now) {
    var checks = new HashMap<String, FleetCheck>();
    var within = new HashMap<String, Duration>();
    for (var check : plan.checks()) {
      checks.put(check.name(), check);
      within.put(check.name(), nextWithin(check, now));
    }
    return new Judging(checks, within, plan.alerts());
  }

  /** Its longest interval, as long as it may take, and some for the way. */
  private static Duration nextWithin(FleetCheck check, Instant now) {
    var interval =
        switch (check.schedule()) {
          case Schedule.Every every -> every.interval();
          case Schedule.AtTimes times -> {
            // By whose clocks does not matter for how far apart they are, but for an hour.
            var longest = Duration.ofHours(1);
            var last = times.cron().next(now, ZoneOffset.UTC);
            var end = last.plus(GAPS_WITHIN);
            for (int i = 0; i < MOST_GAPS && (i < GAPS || last.isBefore(end)); i++) {
              var next = times.cron().next(last, ZoneOffset.UTC);
              var gap = Duration.between(last, next).plusHours(1);
              longest = gap.compareTo(longest) > 0 ? gap : longest;
              last = next;
            }
            yield longest;
          }
        };
    return interval.plus(check.timeout()).plus(ON_THE_WAY);
  }

  private Optional<FleetCheck> check(String name) {
    return Optional.ofNullable(checks.get(name));
  }

  int maxAttempts(String name) {
    return check(name).map(FleetCheck::maxAttempts).orElse(DEFAULT_ATTEMPTS);
  }

  List<Dependency> depends(String name) {
    return check(name).map(FleetCheck::depends).orElse(List.of());
  }

  boolean isQuiet(String name) {
    return check(name).map(FleetCheck::quiet).orElse(false);
  }

  Optional<Duration> nextWithin(String name) {
    return Optional.ofNullable(nextWithin.get(name));
  }

  boolean isToRun(Member member, String name) {
    return check(name).map(check -> check.matches(member.view())).orElse(false);
  }
}
