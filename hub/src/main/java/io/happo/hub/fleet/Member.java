package io.happo.hub.fleet;

import io.happo.core.plan.AgentView;
import io.happo.hub.store.Agents;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One agent as it is now. What it is changes under {@link Fleet}; each reader sees one moment of
 * it.
 */
public final class Member {
  private volatile Agents.Agent agent;
  private volatile Presence presence;
  private volatile @Nullable Duplicate duplicate;
  private volatile List<String> planProblems = List.of();
  private volatile Wanted wanted = new Wanted(-1, "");

  /**
   * What it is to run.
   *
   * @param version of the fleet's plan that this was made of
   * @param hash of its own plan; empty when that cannot be sent
   */
  private record Wanted(long version, String hash) {}

  /**
   * Another machine that comes with the same key.
   *
   * @param since when it first came, while this one was connected; unix milliseconds
   * @param seenAt when it came last
   */
  public record Duplicate(long since, long seenAt) {}

  Member(Agents.Agent agent, Presence presence) {
    this.agent = agent;
    this.presence = presence;
  }

  /** Whether it does not connect to this hub, which asks it. */
  public boolean isClassic() {
    return agent.facts().containsKey(AgentView.CLASSIC);
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
    return duplicate != null;
  }

  /** That machine. */
  public Optional<Duplicate> duplicate() {
    return Optional.ofNullable(duplicate);
  }

  /** What a plan may ask of it. */
  public AgentView view() {
    var now = agent;
    return new AgentView(now.id(), now.name(), now.tags(), now.facts());
  }

  void become(Agents.Agent other) {
    agent = other;
  }

  void setDuplicate(@Nullable Duplicate other) {
    duplicate = other;
  }

  void become(Presence other) {
    presence = other;
  }

  /** What it is to run has been made, and what of it had to be left out. */
  void wants(long version, String hash, List<String> problems) {
    planProblems = List.copyOf(problems);
    wanted = new Wanted(version, hash);
  }

  /** Whether it runs what is made for it of that version, or cannot be given it. */
  boolean hasApplied(long version) {
    var now = wanted;
    return now.version() == version && (now.hash().isEmpty() || runs(now.hash()));
  }

  /** Whether this is what it said last that it runs. */
  public boolean runs(String hash) {
    var now = agent;
    return hash.equals(now.planReported()) && now.planProblems().isEmpty();
  }

  /** Whether what it is to run was made of that version. */
  boolean wants(long version) {
    return wanted.version() == version;
  }

  /** Whether that is a plan that was made for it of that version. */
  boolean wants(long version, String hash) {
    return wanted.equals(new Wanted(version, hash));
  }
}
