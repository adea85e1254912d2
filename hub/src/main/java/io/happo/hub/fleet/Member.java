package io.happo.hub.fleet;

import io.happo.core.plan.AgentView;
import io.happo.hub.store.Agents;
import java.util.List;

/**
 * One agent as it is now. What it is changes under {@link Fleet}; each reader sees one moment of
 * it.
 */
public final class Member {
  private volatile Agents.Agent agent;
  private volatile Presence presence;
  private volatile boolean duplicate;
  private volatile List<String> planProblems = List.of();

  Member(Agents.Agent agent, Presence presence) {
    this.agent = agent;
    this.presence = presence;
  }

  /** As the store has it. */
  public Agents.Agent agent() {
    return agent;
  }

  public long number() {
    return agent.number();
  }

  public String id() {
    return agent.id();
  }

  public String name() {
    return agent.name();
  }

  public Presence presence() {
    return presence;
  }

  /** Why checks that were meant for it are not in its plan. */
  public List<String> planProblems() {
    return planProblems;
  }

  public boolean isConnected() {
    return presence.kind() == Presence.Kind.CONNECTED;
  }

  /** Whether another machine has come with the same key while this one was connected. */
  public boolean isDuplicate() {
    return duplicate;
  }

  /** What a plan may ask of it. */
  public AgentView view() {
    var now = agent;
    return new AgentView(now.id(), now.name(), now.tags(), now.facts());
  }

  void become(Agents.Agent other) {
    agent = other;
  }

  void setDuplicate(boolean now) {
    duplicate = now;
  }

  void become(Presence other) {
    presence = other;
  }

  void become(List<String> problems) {
    planProblems = List.copyOf(problems);
  }
}
