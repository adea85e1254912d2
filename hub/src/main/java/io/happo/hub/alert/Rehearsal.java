package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.Dependency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a rule would have told of a check whose results were these. Silences, dependencies and the
 * absence of the agent at that time are not looked at.
 */
public final class Rehearsal {
  /**
   * Something that it would have told.
   *
   * @param time unix milliseconds
   * @param status hard status at that time
   * @param channels by which
   */
  public record Telling(long time, Kind kind, int status, List<String> channels) {
    public Telling {
      channels = List.copyOf(channels);
    }
  }

  private final List<Telling> tellings = new ArrayList<>();
  private final Alerts alerts;
  private final int most;

  private Rehearsal(AlertRule rule, AgentView agent, int most) {
    this.alerts = new Alerts(new Nothing(agent));
    this.most = most;
    alerts.use(List.of(rule));
  }

  /**
   * Plays it.
   *
   * @param seen the results, in the order of time
   * @param until when it ends
   * @param most tellings that are wanted
   */
  public static List<Telling> of(
      AlertRule rule,
      AgentView agent,
      Subject subject,
      List<Observation> seen,
      CheckSettings settings,
      long until,
      int most) {
    var rehearsal = new Rehearsal(rule, agent, most);
    CheckState state = null;
    for (var one : seen) {
      rehearsal.passTo(one.time());
      state = CheckState.next(state, one, settings);
      rehearsal.alerts.see(subject, state);
      rehearsal.evaluate(one.time());
    }
    rehearsal.passTo(until);
    return rehearsal.tellings;
  }

  /** What is due between two results. */
  private void passTo(long time) {
    for (long due = alerts.due();
        due > Long.MIN_VALUE && due < time && tellings.size() < most;
        due = alerts.due()) {
      evaluate(due);
    }
  }

  private void evaluate(long time) {
    for (var effect : alerts.evaluate(time)) {
      if (effect instanceof Effect.Tell tell && tellings.size() < most) {
        var state = tell.subjects().getFirst().state();
        tellings.add(new Telling(time, tell.kind(), state.hardStatus(), tell.channels()));
      }
    }
  }

  /** A world in which nothing keeps anything back. */
  private record Nothing(AgentView agent) implements World {
    @Override
    public Optional<AgentView> agent(long number) {
      return Optional.of(agent);
    }

    @Override
    public OptionalLong number(String nameOrId) {
      return OptionalLong.empty();
    }

    @Override
    public String away(long agent) {
      return "";
    }

    @Override
    public long connectedSince(long agent) {
      return 0;
    }

    @Override
    public List<Dependency> depends(String check) {
      return List.of();
    }

    @Override
    public boolean isQuiet(String check) {
      return false;
    }

    @Override
    public long heldUntil() {
      return 0;
    }
  }
}
