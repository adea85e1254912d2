package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Dependency;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the alerts ask of the fleet and its plan; nothing of it waits. */
public interface World {
  /** What an agent is, or the hub; empty when it is none any more. */
  Optional<AgentView> agent(long number);

  /** The agent of a name or id. */
  OptionalLong number(String nameOrId);

  /** Why an agent is not there, such as "is away"; empty when it is. */
  String away(long agent);

  /** Since when an agent is there, unix milliseconds; 0 when it is not, or that is not known. */
  long connectedSince(long agent);

  /** What the plan says that a check depends on. */
  List<Dependency> depends(String check);

  /** Whether the plan says that nobody is told of a check. */
  boolean isQuiet(String check);

  /** Until when troubles are held, since they may be the hub's own; 0: they are not. */
  long heldUntil();
}
