package io.happo.core.plan;

import io.happo.core.MetricName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;

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
     * A value that is measured.
     *
     * @param checks whose performance data has it, as in {@link Checks}; none: of any check, and
     *     metrics that are no check's
     * @param group how many become one value; empty: each is watched by itself
     */
    record Metric(List<String> checks, MetricPattern name, Limit limit, Optional<Group> group)
        implements About {
      public Metric {
        checks = List.copyOf(checks);
      }

      /** Whether it is about a value of a check. */
      public boolean matches(String check, String label) {
        return (checks.isEmpty() || Target.suits(checks, check)) && name.matches(label);
      }

      /** Whether it is about a metric that is no check's. */
      public boolean matches(MetricName metric) {
        return checks.isEmpty() && name.matches(metric);
      }

      /** Whether what was found by another one is as good here. */
      public boolean watchesAs(Metric other) {
        return checks.equals(other.checks)
            && name.equals(other.name)
            && group.equals(other.group)
            && (limit instanceof Limit.Absent) == (other.limit instanceof Limit.Absent);
      }
    }
  }

  /**
   * How values of several agents become one.
   *
   * @param by one for each value of these: a tag of the agent or of the metric, or {@code agent},
   *     {@code host}, {@code metric}; none: one of all
   */
  public record Group(Aggregate aggregate, List<String> by) {
    static final int MAX_BY = 5;

    public Group {
      by = List.copyOf(by);
    }
  }

  /** How many values become one. */
  public enum Aggregate {
    AVG,
    SUM,
    MIN,
    MAX,
    /** How many there are. */
    COUNT;

    /** Of some values, at least one unless they are counted. */
    public double of(double[] values) {
      var all = DoubleStream.of(values);
      return switch (this) {
        case AVG -> all.average().orElse(Double.NaN);
        case SUM -> all.sum();
        case MIN -> all.min().orElse(Double.NaN);
        case MAX -> all.max().orElse(Double.NaN);
        case COUNT -> values.length;
      };
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT);
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
