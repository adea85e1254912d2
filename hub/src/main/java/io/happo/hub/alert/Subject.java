package io.happo.hub.alert;

/**
 * What is judged, and what somebody may be told of: a check of an agent, the agent itself, or a
 * value that a rule watches. What the hub judges by itself has a name that no check can have.
 *
 * @param agent its number
 * @param check name of the check
 */
public record Subject(long agent, String check) {
  /** The agent itself. */
  public static final String AGENT = "@agent";

  private static final String METRIC = "@metric/";

  public static Subject agent(long agent) {
    return new Subject(agent, AGENT);
  }

  /** A value that a rule watches; no name of a rule or a check holds a slash. */
  public static Subject metric(long agent, String rule, String check, String label) {
    return new Subject(agent, METRIC + rule + "/" + check + "/" + label);
  }

  /** Whether the hub makes its results, and no agent may. */
  public static boolean isHubs(String check) {
    return check.startsWith("@");
  }

  public boolean isAgent() {
    return check.equals(AGENT);
  }

  public boolean isMetric() {
    return check.startsWith(METRIC);
  }

  /** Of a value: the rule that watches it. */
  public String rule() {
    return check.substring(METRIC.length(), check.indexOf('/', METRIC.length()));
  }

  /** What people call it: the check, or the check and its value. */
  public String title() {
    return isMetric() ? checkName() + " " + label() : isAgent() ? "agent" : check;
  }

  /** Of a value: its name. */
  public String label() {
    return check.substring(check.indexOf('/', check.indexOf('/', METRIC.length()) + 1) + 1);
  }

  /** The check that people mean: of a value the one that measures it. */
  public String checkName() {
    if (!isMetric()) {
      return check;
    }
    int begin = check.indexOf('/', METRIC.length()) + 1;
    return check.substring(begin, check.indexOf('/', begin));
  }
}
