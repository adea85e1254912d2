package io.happo.core.plan;

import java.util.Map;

/**
 * What a fleet's plan may ask of an agent.
 *
 * @param id fingerprint of its key
 * @param name what people call it
 * @param tags what it was said to be
 * @param facts what it found out about its machine; {@code os} is linux, windows or darwin
 */
public record AgentView(
    String id, String name, Map<String, String> tags, Map<String, String> facts) {
  /**
   * Fact of an agent that is asked and does not come by itself: the original, or ours without a
   * hub.
   */
  public static final String CLASSIC = "classic";

  public AgentView {
    tags = Map.copyOf(tags);
    facts = Map.copyOf(facts);
  }

  /** Whether it runs plugins for whoever asks, and nothing else. */
  boolean isClassic() {
    return facts.containsKey(CLASSIC);
  }
}
