package io.happo.core.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A program that agents keep running, as people wrote it for many of them. Arguments, files,
 * variables and addresses may hold tokens.
 *
 * @param target which agents run it
 * @param except which of these do not
 */
public record FleetCollector(Collector collector, Target target, Optional<Target> except) {
  /** The built-in check that tells how one is. */
  private static final String CHECK = "check_collector";

  private static final Duration CHECK_EVERY = Duration.ofMinutes(1);

  public String name() {
    return collector.name();
  }

  /** Whether an agent runs it. */
  public boolean matches(AgentView agent) {
    return target.matches(agent) && !(except.isPresent() && except.get().matches(agent));
  }

  /**
   * The check that tells how it is: of the agents that run it. What the agent says is believed at
   * once, as it has waited already.
   */
  FleetCheck check() {
    return new FleetCheck(
        collector.check(),
        new Work.Builtin(CHECK, List.of(name())),
        new TreeMap<>(),
        new Schedule.Every(CHECK_EVERY),
        Check.DEFAULT_TIMEOUT,
        Check.DEFAULT_RETRY,
        1,
        new TreeMap<>(),
        target,
        except,
        List.of(),
        false);
  }
}
