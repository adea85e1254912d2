package io.happo.hub.dashboards;

import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.plan.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Graphs that are looked at together.
 *
 * @param name a part of addresses and the name of its file
 * @param span the time that it shows at first, until now
 * @param refresh how often it asks again at first; zero: never by itself
 * @param choose what is picked at its top
 */
public record Dashboard(
    String name,
    String title,
    Duration span,
    Duration refresh,
    List<Choice> choose,
    List<Graph> graphs) {
  static final Duration USUAL_SPAN = Duration.ofDays(1);
  static final Duration USUAL_REFRESH = Duration.ofMinutes(1);

  public Dashboard {
    choose = List.copyOf(choose);
    graphs = List.copyOf(graphs);
  }

  /**
   * Reads one.
   *
   * @param name that it has, if it does not say so itself; no other one is taken. Empty: it must
   *     say so
   * @throws BadDashboardException with all problems
   */
  public static Dashboard read(JsonObject json, String name) throws BadDashboardException {
    return new DashboardReader(json).read(name);
  }

  /** As {@link #read} reads it: the same dashboard gives the same text. */
  public void write(JsonWriter json) {
    json.beginObject()
        .member("name", name)
        .member("title", title)
        .member("span", Durations.text(span))
        .member("refresh", refresh.isZero() ? "off" : Durations.text(refresh));
    if (!choose.isEmpty()) {
      json.key("choose").beginArray();
      choose.forEach(choice -> choice.write(json));
      json.endArray();
    }
    json.key("graphs").beginArray();
    graphs.forEach(graph -> graph.write(json));
    json.endArray().endObject();
  }

  public String toJson() {
    var json = new JsonWriter();
    write(json);
    return json.toString();
  }

  /** What is other than before, a line each, for people. */
  public List<String> changes(Dashboard before) {
    var changes = new ArrayList<String>();
    changed(changes, "title", before.title, title);
    changed(changes, "span", Durations.text(before.span), Durations.text(span));
    changed(changes, "refresh", Durations.text(before.refresh), Durations.text(refresh));
    if (!before.choose.equals(choose)) {
      changes.add("what is chosen: changed");
    }
    var old = byTitle(before.graphs);
    var now = byTitle(graphs);
    old.keySet().stream()
        .filter(title -> !now.containsKey(title))
        .forEach(title -> changes.add("graph " + title + ": removed"));
    now.forEach(
        (title, graph) -> {
          if (!old.containsKey(title)) {
            changes.add("graph " + title + ": added");
          } else if (!graph.equals(old.get(title))) {
            changes.add("graph " + title + ": changed");
          }
        });
    if (changes.isEmpty() && !before.graphs.equals(graphs)) {
      changes.add("graphs: in another order");
    }
    return changes;
  }

  private static void changed(List<String> changes, String what, String before, String after) {
    if (!before.equals(after)) {
      changes.add(what + ": " + before + " -> " + after);
    }
  }

  /** Those of one title together. */
  private static Map<String, List<Graph>> byTitle(List<Graph> graphs) {
    var byTitle = new LinkedHashMap<String, List<Graph>>();
    graphs.forEach(
        graph -> byTitle.computeIfAbsent(graph.title(), _ -> new ArrayList<>()).add(graph));
    return byTitle;
  }
}
