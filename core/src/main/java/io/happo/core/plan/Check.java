package io.happo.core.plan;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One check of an agent, or something to be listed.
 *
 * @param name unique in the plan: {@code [A-Za-z0-9][A-Za-z0-9._-]{0,127}}
 * @param timeout until what runs is ended, 1 s to 1 h
 * @param retry until the next run while a trouble is not yet believed, 1 s to 1 day
 * @param maxAttempts troubles in a row until it is believed, 1 to 100
 * @param environment variables added to those of the agent, or instead of them
 * @param inventory whether what it writes is kept to be looked at and compared, and is no state
 */
public record Check(
    String name,
    Work work,
    Schedule schedule,
    Duration timeout,
    Duration retry,
    int maxAttempts,
    SortedMap<String, String> environment,
    boolean inventory) {
  public static final int DEFAULT_ATTEMPTS = 3;
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  public static final Duration DEFAULT_RETRY = Duration.ofSeconds(30);

  static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  static final Duration MAX_RETRY = Duration.ofDays(1);
  static final int MAX_ATTEMPTS = 100;

  public Check {
    Rules.require(Rules.name(name));
    Rules.require(Rules.duration(timeout, MAX_TIMEOUT));
    Rules.require(Rules.duration(retry, MAX_RETRY));
    Rules.require(Rules.attempts(maxAttempts));
    Rules.require(Rules.environment(environment));
    environment = Rules.copy(environment);
  }

  /** One that is a check. */
  public Check(
      String name,
      Work work,
      Schedule schedule,
      Duration timeout,
      Duration retry,
      int maxAttempts,
      SortedMap<String, String> environment) {
    this(name, work, schedule, timeout, retry, maxAttempts, environment, false);
  }

  /** Why something cannot be the name of a check; empty when it can. */
  public static Optional<String> wrongName(String name) {
    return Rules.name(name);
  }
}
