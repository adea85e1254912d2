package io.happo.program.schedule;

import java.time.ZoneId;

/**
 * What the agent's settings say of its schedule.
 *
 * @param agentId spreads checks over the fleet
 * @param maxRunning checks that run at once, 1 to 1,024
 * @param zone of cron expressions that name none
 */
public record SchedulerSettings(String agentId, int maxRunning, ZoneId zone) {
  public static final int DEFAULT_MAX_RUNNING = 16;

  public SchedulerSettings {
    if (maxRunning < 1 || maxRunning > 1_024) {
      throw new IllegalArgumentException("Checks at once: 1 to 1024, not " + maxRunning);
    }
  }
}
