package io.happo.agent.exec;

import java.time.Duration;
import java.util.Map;

/**
 * The limits of everything that is run.
 *
 * @param maxProcesses commands that run at once, 1 to 4096; more wait for their turn in order
 * @param maxOutputBytes bytes kept of each stream, 1 KiB to 2 MiB; the rest is counted and dropped
 * @param killAfter time between the polite signal (TERM) and KILL, at most 1 minute
 * @param environment the whole environment of every child; nothing of the agent's own is added
 * @param restraint how far every child is held back
 */
public record ExecSettings(
    int maxProcesses,
    int maxOutputBytes,
    Duration killAfter,
    Map<String, String> environment,
    Restraint restraint) {
  public static final int DEFAULT_MAX_PROCESSES = 256;
  public static final int DEFAULT_MAX_OUTPUT_BYTES = 1 << 20;
  public static final Duration DEFAULT_KILL_AFTER = Duration.ofSeconds(3);

  public ExecSettings {
    if (maxProcesses < 1 || maxProcesses > 4096) {
      throw new IllegalArgumentException("Processes at once: 1 to 4096, not " + maxProcesses);
    }
    if (maxOutputBytes < 1 << 10 || maxOutputBytes > 2 << 20) {
      throw new IllegalArgumentException("Output: 1 KiB to 2 MiB, not " + maxOutputBytes);
    }
    if (killAfter.isNegative() || killAfter.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("Time before a kill: 0 s to 1 minute, not " + killAfter);
    }
    environment = Map.copyOf(environment);
    environment.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.indexOf('=') >= 0 || (name + value).indexOf(0) >= 0) {
            throw new IllegalArgumentException(
                "The variable '" + name + "' cannot be in an environment; leave it out");
          }
        });
  }

  /** With the usual restraint. */
  public ExecSettings(
      int maxProcesses, int maxOutputBytes, Duration killAfter, Map<String, String> environment) {
    this(maxProcesses, maxOutputBytes, killAfter, environment, Restraint.USUAL);
  }

  /** The usual limits: 256 at once, 1 MiB a stream, 3 s. */
  public static ExecSettings withDefaults(Map<String, String> environment) {
    return new ExecSettings(
        DEFAULT_MAX_PROCESSES, DEFAULT_MAX_OUTPUT_BYTES, DEFAULT_KILL_AFTER, environment);
  }
}
