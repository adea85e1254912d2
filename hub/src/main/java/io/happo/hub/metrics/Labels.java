package io.happo.hub.metrics;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What people know a series by. Each may be empty: it has none, or of several series those have
 * different ones.
 *
 * @param agent name of the agent that brought it
 * @param agentId its fingerprint
 * @param check that measures it
 * @param host that it was measured for
 * @param name of the metric, without tags
 * @param unit as printed
 * @param tags of the metric
 */
public record Labels(
    String agent,
    String agentId,
    String check,
    String host,
    String name,
    String unit,
    SortedMap<String, String> tags) {
  public Labels {
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /** What both have. */
  public Labels common(Labels other) {
    if (equals(other)) {
      return this;
    }
    var both = new TreeMap<>(tags);
    both.entrySet().retainAll(other.tags.entrySet());
    return new Labels(
        common(agent, other.agent),
        common(agentId, other.agentId),
        common(check, other.check),
        common(host, other.host),
        common(name, other.name),
        common(unit, other.unit),
        both);
  }

  /** The same of a number of series, which has no unit. */
  public Labels withoutUnit() {
    return new Labels(agent, agentId, check, host, name, "", tags);
  }

  private static String common(String one, String other) {
    return one.equals(other) ? one : "";
  }
}
