package io.happo.hub.export;

import io.happo.core.MetricName;
import io.happo.core.plan.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Which values an output sends on.
 *
 * @param metrics patterns, one of which the name suits, for perfdata the label; without its tags
 *     unless the pattern has a {@code ;}; empty: any
 * @param checks patterns, one of which the name of the check suits that measured it; empty: any,
 *     and what no check measured
 */
record Choice(List<String> metrics, List<String> checks) {
  Choice {
    metrics = List.copyOf(metrics);
    checks = List.copyOf(checks);
  }

  static Choice of(Map<String, String> settings) {
    return new Choice(
        list(settings.getOrDefault("metrics", "")), list(settings.getOrDefault("checks", "")));
  }

  /** The parts between commas. */
  static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  boolean suits(Series series) {
    return (metrics.isEmpty() || metrics.stream().anyMatch(metric -> isNamed(metric, series)))
        && (checks.isEmpty() || (series.isPerfdata() && Target.suits(checks, series.check())));
  }

  private static boolean isNamed(String pattern, Series series) {
    return Target.suits(List.of(pattern), MetricName.seenBy(pattern, series.name()));
  }
}
