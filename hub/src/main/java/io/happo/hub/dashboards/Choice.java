package io.happo.hub.dashboards;

import io.happo.core.JsonWriter;

/**
 * What who looks at a dashboard picks at its top; {@code {{name}}} in a graph stands for it.
 *
 * @param name also the name by which the page's address has it
 * @param tag whose values can be picked; empty: the names of the agents
 * @param all whether none in particular can be picked, which is so at first
 */
public record Choice(String name, String tag, boolean all) {
  /** Of one dashboard. */
  static final int MOST = 5;

  void write(JsonWriter json) {
    json.beginObject().member("name", name);
    if (!tag.isEmpty()) {
      json.member("tag", tag);
    }
    if (all) {
      json.key("all").value(true);
    }
    json.endObject();
  }
}
