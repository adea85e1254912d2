package io.happo.hub.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which series are made one line: those that are alike in all of this, and have the same unit.
 *
 * @param by {@code agent}, {@code check}, {@code host}, {@code metric}, or the name of a tag of the
 *     metric or of its agent; the metric's counts where both have it
 */
public record Grouping(List<String> by) {
  public Grouping {
    by = List.copyOf(by);
  }

  /**
   * What the lines of one group have in common.
   *
   * @param agentTags tags of the series' agent
   */
  public List<String> key(Labels labels, Map<String, String> agentTags) {
    var key = new ArrayList<String>();
    for (var word : by) {
      key.add(value(word, labels, agentTags));
      if (word.equals("agent")) {
        key.add(labels.agentId());
      }
    }
    key.add(labels.unit());
    return key;
  }

  /** The same, with the tags by which it is grouped among its own. */
  public Labels labelled(Labels labels, Map<String, String> agentTags) {
    var tags = new TreeMap<>(labels.tags());
    for (var word : by) {
      if (own(word, labels).isEmpty() && agentTags.containsKey(word)) {
        tags.putIfAbsent(word, agentTags.get(word));
      }
    }
    return new Labels(
        labels.agent(),
        labels.agentId(),
        labels.check(),
        labels.host(),
        labels.name(),
        labels.unit(),
        tags);
  }

  private static String value(String word, Labels labels, Map<String, String> agentTags) {
    var own = own(word, labels);
    return own.isEmpty() ? labels.tags().getOrDefault(word, agentTags.getOrDefault(word, "")) : own;
  }

  /** Empty where the word is the name of a tag. */
  private static String own(String word, Labels labels) {
    return switch (word) {
      case "agent" -> labels.agent();
      case "check" -> labels.check();
      case "host" -> labels.host();
      case "metric" -> labels.name();
      default -> "";
    };
  }
}
