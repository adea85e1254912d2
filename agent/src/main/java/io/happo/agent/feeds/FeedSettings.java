package io.happo.agent.feeds;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * What the feeds were told at their start.
 *
 * @param statsdPort UDP; 0 lets the system choose one; empty: no StatsD
 * @param statsdFlush how often the values of StatsD are made, whole seconds
 * @param graphitePort TCP and UDP; likewise
 * @param maxNames of metrics that are known at once, for each feed
 */
public record FeedSettings(
    OptionalInt statsdPort, Duration statsdFlush, OptionalInt graphitePort, int maxNames) {
  /** Whether there is anything to do. */
  public boolean wantsAny() {
    return statsdPort.isPresent() || graphitePort.isPresent();
  }
}
