package io.happo.core.plan;

import java.util.Optional;

/**
 * A plugin in Sensu's format whose values are collected each minute, as people wrote it for many
 * agents. Arguments may hold tokens.
 *
 * @param target which agents run it
 * @param except which of these do not
 */
public record FleetMetrics(Work.Plugin plugin, Target target, Optional<Target> except) {
  boolean matches(AgentView agent) {
    return target.matches(agent) && !(except.isPresent() && except.get().matches(agent));
  }
}
