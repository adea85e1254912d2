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
  public AgentView {
    tags = Map.copyOf(tags);
    facts = Map.copyOf(facts);
  }
}
