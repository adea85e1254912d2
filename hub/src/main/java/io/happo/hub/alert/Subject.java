package io.happo.hub.alert;

/**
 * What is judged, and what somebody may be told of: a check of an agent, the agent itself, a value
 * that a rule watches, or what a rule makes of the values of several agents. What the hub judges by
 * itself has a name that no check can have.
 *
 * @param agent its number; {@link #HUB} for what is no agent's
 * @param check name of the check
 */
public record Subject(long agent, String check) {
  /** In place of an agent's number: the hub itself, or many agents. */
  public static final long HUB = 0;

  /** The agent itself. */
  public static final String AGENT = "@agent";

  private static final String METRIC = "@metric/";
  private static final String GROUP = "@group/";

  public static Subject agent(long agent) {
    return new Subject(agent, AGENT);
  }

  /**
   * A value that a rule watches; no name of a rule or a check holds a slash.
   *
   * @param check that measures it; empty: none does
   */
  public static Subject metric(long agent, String rule, String check, String label) {
    return new Subject(agent, METRIC + rule + "/" + check + "/" + label);
  }

  /**
   * What a rule makes of the values of several agents.
   *
   * @param label which of these; empty: all
   */
  public static Subject group(String rule, String label) {
    return new Subject(HUB, GROUP + rule + "/" + label);
  }

  /** Whether it is the hub's own, or of many agents. */
  public boolean isOfHub() {
    return agent == HUB;
  }

  /** Whether the hub makes its results, and no agent may. */
  public static boolean isHubs(String check) {
    return check.startsWith("@");
  }

  public boolean isAgent() {
    return check.equals(AGENT);
  }

  /** Whether it is a value that a rule watches, also one that is made of many. */
  public boolean isMetric() {
    return check.startsWith(METRIC) || isGroup();
  }

  public boolean isGroup() {
    return check.startsWith(GROUP);
  }

  private int ruleBegin() {
    return isGroup() ? GROUP.length() : METRIC.length();
  }

  /** Of a value: the rule that watches it. */
  public String rule() {
    return check.substring(ruleBegin(), check.indexOf('/', ruleBegin()));
  }

  /** What people call it: the check, the check and its value, the metric, the rule of many. */
  public String title() {
    if (!isMetric()) {
      return isAgent() ? "agent" : check;
    }
    return label().isEmpty()
        ? names()
        : checkName().isEmpty() && !isGroup() ? label() : names() + " " + label();
  }

  /** Of a value: its name, and where it was measured when that is not its agent. */
  public String label() {
    int begin = check.indexOf('/', ruleBegin()) + 1;
    return check.substring(isGroup() ? begin : check.indexOf('/', begin) + 1);
  }

  /** The check that people mean: of a value the one that measures it, empty when none does. */
  public String checkName() {
    if (!isMetric()) {
      return check;
    }
    int begin = check.indexOf('/', ruleBegin()) + 1;
    return isGroup() ? "" : check.substring(begin, check.indexOf('/', begin));
  }

  /** What a silence calls it: its check, else its metric, of many the rule. */
  public String names() {
    var checkName = checkName();
    return isGroup() ? rule() : checkName.isEmpty() ? label() : checkName;
  }
}
