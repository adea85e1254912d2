package io.happo.core.plan;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who is told about which troubles, and when.
 *
 * @param about what may be in trouble
 * @param target of which agents
 * @param except of which of these not
 * @param steps who is told how long after a trouble has become certain; by that time, at least one
 * @param repeat how often who was told is told again while it lasts; zero: never
 * @param when at which times people may be told; what is due at others is told when that begins
 * @param also what is told besides troubles
 */
public record AlertRule(
    String name,
    About about,
    Target target,
    Optional<Target> except,
    List<Step> steps,
    Duration repeat,
    Period when,
    Set<Also> also) {
  /** Longest time that a trouble may last before somebody is told, and between two tellings. */
  static final Duration MAX_TIME = Duration.ofDays(31);

  static final int MAX_STEPS = 10;
  static final int MAX_CHANNELS = 20;

  /** Of one plan. */
  static final int MAX_RULES = 500;

  /** What may be in trouble. */
  public sealed interface About {
    /**
     * Checks.
     *
     * @param names {@code *} in one stands for any characters; none: all checks
     * @param states which of their states are troubles
     */
    record Checks(List<String> names, Set<State> states) implements About {
      public Checks {
        names = List.copyOf(names);
        states = Set.copyOf(states);
      }

      /** Whether it is about a check of this name. */
      public boolean matches(String check) {
        return names.isEmpty() || Target.suits(names, check);
      }
    }

    /**
     * The agents themselves.
     *
     * @param away only where one is not there; else also where it is there and has trouble itself,
     *     such as a broken resolver
     */
    record Agents(boolean away) implements About {}

    /**
     * A value that checks measure.
     *
     * @param names of the checks, as in {@link Checks}
     * @param label its name in the performance data; {@code *} stands for any characters
     * @param limit beyond which it is a trouble
     */
    record Metric(List<String> names, String label, boolean above, double limit) implements About {
      public Metric {
        names = List.copyOf(names);
      }

      /** Whether it is about a value of this check and name. */
      public boolean matches(String check, String name) {
        return (names.isEmpty() || Target.suits(names, check))
            && Target.suits(List.of(label), name);
      }

      /** Whether a value is a trouble; none that could not be told is. */
      public boolean isTrouble(double value) {
        return above ? value > limit : value < limit;
      }
    }
  }

  /** A state of a check that is not OK; the number is the plugin's exit status. */
  public enum State {
    WARNING(1),
    CRITICAL(2),
    UNKNOWN(3);

    private final int status;

    State(int status) {
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  /** What is told besides troubles. */
  public enum Also {
    RECOVERY,
    FLAPPING,
    ACKNOWLEDGEMENT
  }

  /**
   * Some who are told at the same time.
   *
   * @param after how long after the trouble became certain
   * @param channels their names
   */
  public record Step(Duration after, List<String> channels) {
    public Step {
      channels = List.copyOf(channels);
    }
  }

  public AlertRule {
    steps = List.copyOf(steps);
    also = Set.copyOf(also);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("nobody is told");
    }
  }

  /** Whether it is about this agent, or its checks. */
  public boolean matches(AgentView agent) {
    return target.matches(agent) && !(except.isPresent() && except.get().matches(agent));
  }

  /** All that are told at one of its steps. */
  public Set<String> channels() {
    var all = new HashSet<String>();
    steps.forEach(step -> all.addAll(step.channels()));
    return all;
  }
}
