package io.happo.hub.export;

import io.happo.core.MetricName;
import java.util.Map;

/**
 * A series, with the names of all that it is of.
 *
 * @param agent name of the agent as it is now; empty when none measured it
 * @param agentId its fingerprint
 * @param agentTags those that count now
 * @param isPerfdata whether a check measures it
 * @param check name of that; empty when none does
 * @param host that it was measured for; may be empty
 * @param name label of perfdata; else with tags, as {@link MetricName} reads it
 * @param unit as printed; may be empty
 */
record Series(
    String agent,
    String agentId,
    Map<String, String> agentTags,
    boolean isPerfdata,
    String check,
    String host,
    String name,
    String unit) {
  /** A metric that no agent measured. */
  static Series ofHub(String name) {
    return new Series("", "", Map.of(), false, "", "", name, "");
  }
}
