package io.happo.agent.scheduler;

import java.util.Map;

/** The checks that are part of the agent. Any thread. */
public interface Builtins {
  /**
   * What one found.
   *
   * @param status 0 to 3
   * @param output as a plugin writes it
   */
  record Finding(int status, String output) {}

  /** Runs one; a name or an option that nobody knows is found to be UNKNOWN (3). */
  Finding run(String name, Map<String, String> options);
}
