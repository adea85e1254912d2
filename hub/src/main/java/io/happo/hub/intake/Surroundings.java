package io.happo.hub.intake;

import io.happo.core.plan.AlertRule;
import io.happo.hub.alert.Health;
import io.happo.hub.alert.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What intake asks of the fleet, its plan and its channels; on the writer's thread, so that nothing
 * of it may wait.
 */
public interface Surroundings extends World, Intake.Rules {
  /** Who is told; the same list until something of it changes. */
  List<AlertRule> rules();

  /** Whether nobody is to be told anything. */
  boolean isOff();

  /** Tells how each agent is that has joined. */
  void eachAgent(AgentVisitor visitor);

  /**
   * Which version of the plan an agent runs, as far as it is connected and has applied what it is
   * to run; empty when not: then nobody can say what is missing.
   */
  OptionalLong runs(long agent);

  /** How long after a result of a check the next one is there at the latest, by the plan. */
  Optional<Duration> nextWithin(String check);

  /** Whether the plan has an agent run a check. */
  boolean isToRun(long agent, String check);

  /** The name and the fingerprint of an agent, or of the hub. */
  Named named(long agent);

  /** Something is to be sent: not later than now. */
  void messagesWait();

  /** Is told of each agent. */
  @FunctionalInterface
  interface AgentVisitor {
    void visit(long agent, Health.Seen seen);
  }

  /** What people call an agent, and which it is. */
  record Named(String name, String id) {}
}
