package io.happo.agent.exec;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands that are part of the agent, run in its own process. Any thread. */
public interface Inside {
  /**
   * What one gave.
   *
   * @param status 0 to 3
   * @param stdout as a plugin writes it
   */
  record Answer(int status, String stdout) {}

  /** Whether there is one of that name, such as {@code check_load}. */
  boolean has(String name);

  /** Whether any user of the machine could find out what it tells when given these. */
  boolean isOpenToAll(String name, List<String> arguments);

  /**
   * Runs one and waits for it, at most until the deadline; an interrupt counts as the deadline.
   *
   * @return null when it was not done at the deadline
   */
  @Nullable Answer run(String name, List<String> arguments, Duration deadline);
}
