package io.happo.core.plan;

import java.util.ArrayList;
import java.util.Optional;

/**
 * What a check depends on; both texts may hold tokens.
 *
 * @param agent name or id; empty: the agent that runs the check
 * @param check its name; empty: the agent itself
 */
public record Dependency(String agent, String check) {
  /**
   * Reads one: {@code CHECK}, {@code AGENT/CHECK}, or {@code AGENT/} for the agent itself.
   *
   * @throws IllegalArgumentException with what to write instead
   */
  static Dependency parse(String text) {
    int slash = text.lastIndexOf('/');
    var dependency =
        new Dependency(text.substring(0, Math.max(slash, 0)), text.substring(slash + 1));
    boolean good =
        dependency.check().isEmpty()
            ? slash > 0
            : slash != 0
                && (Tokens.hasAny(dependency.check()) || Rules.name(dependency.check()).isEmpty());
    if (!good) {
      throw new IllegalArgumentException(
          Rules.shown(text)
              + " is nothing to depend on: write CHECK for one of the same agent, AGENT/CHECK for"
              + " one of another, or AGENT/ for that agent itself");
    }
    return dependency;
  }

  /** For one agent: with its values in place; empty when it lacks one of them. */
  public Optional<Dependency> resolve(AgentView of) {
    var problems = new ArrayList<String>();
    var resolved =
        new Dependency(
            Tokens.expand(agent, of, problems::add), Tokens.expand(check, of, problems::add));
    return problems.isEmpty() ? Optional.of(resolved) : Optional.empty();
  }

  /** As it is written. */
  @Override
  public String toString() {
    return agent.isEmpty() ? check : agent + "/" + check;
  }
}
