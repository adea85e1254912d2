package io.happo.core.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A check as people wrote it for many agents. Arguments, options and variables may hold tokens;
 * else it is as a {@link Check}.
 *
 * @param work on agents whose system has no variant
 * @param variants what is run instead, by the agent's fact {@code os}
 * @param target which agents run it
 * @param except which of these do not
 */
public record FleetCheck(
    String name,
    Work work,
    SortedMap<String, Work> variants,
    Schedule schedule,
    Duration timeout,
    Duration retry,
    int maxAttempts,
    SortedMap<String, String> environment,
    Target target,
    Optional<Target> except) {
  static final List<String> SYSTEMS = List.of("linux", "windows", "darwin");

  public FleetCheck {
    variants = Rules.copy(variants);
    environment = Rules.copy(environment);
  }

  /** Whether an agent runs it. */
  public boolean matches(AgentView agent) {
    return target.matches(agent) && !(except.isPresent() && except.get().matches(agent));
  }

  /** What an agent runs for it. */
  public Work work(AgentView agent) {
    var variant = variants.get(agent.facts().getOrDefault("os", ""));
    return variant == null ? work : variant;
  }
}
