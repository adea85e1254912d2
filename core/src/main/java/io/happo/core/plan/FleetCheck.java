package io.happo.core.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A check as people wrote it for many agents. Arguments and variables may hold tokens; else it is
 * as a {@link Check}.
 *
 * @param work on agents whose system has no variant
 * @param variants what is run instead, by the agent's fact {@code os}
 * @param target which agents run it
 * @param except which of these do not
 * @param depends what must be well for a trouble of this check to be told
 * @param quiet whether nobody is ever told of it
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
    Optional<Target> except,
    List<Dependency> depends,
    boolean quiet) {
  static final List<String> SYSTEMS = List.of("linux", "windows", "darwin");

  public FleetCheck {
    variants = Rules.copy(variants);
    environment = Rules.copy(environment);
    depends = List.copyOf(depends);
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
