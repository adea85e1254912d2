package io.happo.hub.alert;

import io.happo.core.plan.AlertRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Says what a rule does about a check, by how that is and not by what has just happened to it:
 * asked again at any time it says the same, and nothing is lost that was not seen.
 */
public final class Judge {
  private Judge() {}

  /**
   * Decides.
   *
   * @param told by this rule of this check before
   * @param now unix milliseconds
   */
  public static Decision decide(
      AlertRule rule, CheckState state, Told told, Around around, long now) {
    Decision last = null;
    for (var kind : due(state, told, around)) {
      var asked = new Case(kind, rule, state, told, around, now);
      var decision = decide(asked);
      if (decision instanceof Decision.Tell) {
        return decision;
      }
      last = decision;
    }
    return last == null ? new Decision.Drop(Gate.NO_PROBLEM, "") : last;
  }

  /** What there is to be told, what matters more last. */
  private static List<Kind> due(CheckState state, Told told, Around around) {
    var due = new ArrayList<Kind>();
    if (state.flapping() && !told.flapping()) {
      due.add(Kind.FLAPPING_START);
    } else if (!state.flapping() && told.flapping()) {
      due.add(Kind.FLAPPING_END);
    }
    boolean over = state.hardStatus() == 0;
    if (over && (state.status() == 0 || told.status() != 0)) {
      due.add(Kind.RECOVERY);
    } else {
      if (around.acknowledgement() != null && !told.acknowledged()) {
        due.add(Kind.ACKNOWLEDGEMENT);
      }
      due.add(Kind.PROBLEM);
    }
    return due;
  }

  private static Decision decide(Case asked) {
    for (var gate : Gate.values()) {
      var held = gate.ask(asked);
      if (held.isPresent()) {
        boolean over =
            asked.kind() == Kind.RECOVERY
                && (gate == Gate.NO_PROBLEM || gate == Gate.STATE)
                && !asked.told().flapping()
                && !asked.state().flapping();
        return over
            ? new Decision.Drop(gate, held.get().why())
            : new Decision.Hold(asked.kind(), gate, held.get().why(), held.get().until());
      }
    }
    return tell(asked);
  }

  private static Decision.Tell tell(Case asked) {
    var told = asked.told();
    long now = asked.now();
    int reached = asked.reached();
    return switch (asked.kind()) {
      case PROBLEM -> {
        // A step that is reached while the trouble stays the same is news for its people alone.
        boolean further = told.status() == asked.state().hardStatus() && reached > told.steps();
        var channels = channels(asked.rule(), further ? told.steps() : 0, reached);
        yield new Decision.Tell(
            Kind.PROBLEM,
            channels,
            told.problem(asked.state().hardStatus(), now, reached, channels));
      }
      case RECOVERY -> new Decision.Tell(Kind.RECOVERY, told.channels(), told.recovery(now));
      case FLAPPING_START -> {
        var channels = channels(asked.rule(), 0, Math.max(told.steps(), 1));
        yield new Decision.Tell(Kind.FLAPPING_START, channels, told.flapping(true, now, channels));
      }
      case FLAPPING_END ->
          new Decision.Tell(
              Kind.FLAPPING_END, told.channels(), told.flapping(false, now, List.of()));
      case ACKNOWLEDGEMENT ->
          new Decision.Tell(Kind.ACKNOWLEDGEMENT, told.channels(), told.acknowledgement(now));
    };
  }

  /** Of some steps of a rule, which may have become fewer. */
  private static List<String> channels(AlertRule rule, int from, int to) {
    var channels = new LinkedHashSet<String>();
    int last = Math.min(to, rule.steps().size());
    for (var step : rule.steps().subList(Math.min(from, last), last)) {
      channels.addAll(step.channels());
    }
    return List.copyOf(channels);
  }

  /** Whether a hard status is a trouble for a rule. */
  static boolean isTrouble(AlertRule.About about, int hardStatus) {
    return switch (about) {
      case AlertRule.About.Checks checks ->
          checks.states().stream().anyMatch(state -> state.status() == hardStatus);
      case AlertRule.About.Agents agents ->
          hardStatus == AlertRule.State.CRITICAL.status()
              || (!agents.away() && hardStatus == AlertRule.State.WARNING.status());
      case AlertRule.About.Metric _ -> hardStatus != 0;
    };
  }
}
