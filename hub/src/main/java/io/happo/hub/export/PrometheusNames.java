package io.happo.hub.export;

import io.happo.core.MetricName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a series is called where Prometheus reads it: its labels, with {@code __name__}. No two
 * series have the same, as none of them have the same agent, check, host, name and unit:
 *
 * <ul>
 *   <li>Perfdata is {@code happo_perfdata} with {@code agent}, {@code agent_id}, {@code check},
 *       {@code label} and {@code unit}.
 *   <li>What else is measured has its own name, with {@code _} in place of what Prometheus does not
 *       take, and {@code agent}, {@code agent_id}, {@code host}, {@code unit}, the name as it came
 *       as {@code path}, and its tags. A tag that is called like another label becomes {@code
 *       tag_…}. Where a tag is not called as it came, {@code path} has the tags too.
 *   <li>What is empty is left out.
 * </ul>
 */
final class PrometheusNames {
  static final String NAME = "__name__";
  static final String PERFDATA = "happo_perfdata";

  /** What the fleet's page says of its own. */
  private static final Set<String> OWN =
      Set.of(
          PERFDATA,
          FleetPage.AGENT_UP,
          FleetPage.AGENT_INFO,
          FleetPage.CHECK_STATUS,
          FleetPage.CHECK_TIME,
          FleetPage.LEFT_OUT);

  private static final Set<String> LABELS =
      Set.of("agent", "agent_id", "check", "host", "label", "path", "unit");

  private static final String AGENT_TAG = "agent_tag_";

  private final Map<String, String> fixed;
  private final List<String> agentTags;

  /**
   * @param fixed labels of every series
   * @param agentTags tags of agents that their series have as {@code agent_tag_…}
   */
  PrometheusNames(Map<String, String> fixed, List<String> agentTags) {
    this.fixed = Map.copyOf(fixed);
    this.agentTags = List.copyOf(agentTags);
  }

  /** Whether a label of that name may be added to every series. */
  static boolean mayBeFixed(String name) {
    return name.equals(label(name))
        && !LABELS.contains(name)
        && !name.startsWith("__")
        && !name.startsWith(AGENT_TAG);
  }

  /** All labels, sorted by name. */
  SortedMap<String, String> labels(Series series) {
    var labels = new TreeMap<>(fixed);
    put(labels, "agent", series.agent());
    put(labels, "agent_id", series.agentId());
    for (var tag : agentTags) {
      put(labels, AGENT_TAG + label(tag), series.agentTags().getOrDefault(tag, ""));
    }
    put(labels, "unit", series.unit());
    put(labels, "host", series.host());
    if (series.isPerfdata()) {
      labels.put(NAME, PERFDATA);
      put(labels, "check", series.check());
      put(labels, "label", series.name());
    } else {
      var name = MetricName.of(series.name());
      labels.put(NAME, name(name.name()));
      put(labels, "path", tags(labels, name.tags()) ? name.name() : name.toString());
    }
    return labels;
  }

  /** Whether each has become a label of its name. */
  private boolean tags(SortedMap<String, String> labels, SortedMap<String, String> tags) {
    boolean asTheyCame = true;
    for (var tag : tags.entrySet()) {
      var label = label(tag.getKey());
      while (labels.containsKey(label) || !mayBeFixed(label)) {
        label = "tag_" + (label.startsWith("__") ? label.replaceFirst("^_+", "") : label);
      }
      asTheyCame &= label.equals(tag.getKey());
      put(labels, label, tag.getValue());
    }
    return asTheyCame;
  }

  /** Labels of one agent, as its series have them. */
  static SortedMap<String, String> ofAgent(String name, String id) {
    var labels = new TreeMap<String, String>();
    put(labels, "agent", name);
    put(labels, "agent_id", id);
    return labels;
  }

  private static void put(SortedMap<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }

  /** A metric's name of what somebody calls it. */
  static String name(String text) {
    var name = clean(text, true);
    return OWN.contains(name) ? name + "_" : name;
  }

  /** A label's name of what somebody calls it. */
  static String label(String text) {
    return clean(text, false);
  }

  private static String clean(String text, boolean colons) {
    var clean = new StringBuilder(text.length() + 1);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      if (i == 0 && digit) {
        clean.append('_');
      }
      clean.append(letter || digit || (colons && c == ':') ? c : '_');
    }
    return clean.isEmpty() ? "_" : clean.toString();
  }
}
