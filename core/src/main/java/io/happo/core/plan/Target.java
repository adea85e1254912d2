package io.happo.core.plan;

import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Which agents are meant: those that suit all of it. A value may be one of several, and {@code *}
 * in it stands for any characters.
 *
 * @param tags what each tag must be
 * @param facts what each fact must be
 * @param agents names or ids, one of which it must have; empty: any
 */
public record Target(
    SortedMap<String, List<String>> tags,
    SortedMap<String, List<String>> facts,
    List<String> agents) {
  /** Every agent. */
  public static final Target ALL =
      new Target(Rules.copy(Map.of()), Rules.copy(Map.of()), List.of());

  public Target {
    tags = Rules.copy(tags);
    facts = Rules.copy(facts);
    agents = List.copyOf(agents);
  }

  /**
   * Reads one from JSON, as plans have it after {@code for}; nothing in it: every agent.
   *
   * @throws BadPlanException with all problems
   */
  public static Target read(JsonObject json) throws BadPlanException {
    var problems = new ArrayList<Problem>();
    var members = new Members(json, "", Members.Manner.WRITTEN_BY_PEOPLE, problems);
    var target = FleetReader.target(members);
    members.refuseOthers();
    if (!problems.isEmpty()) {
      throw new BadPlanException(problems);
    }
    return target;
  }

  /** As {@link #read} reads it. */
  public void write(JsonWriter json) {
    json.beginObject();
    write(json, "tags", tags);
    write(json, "facts", facts);
    if (!agents.isEmpty()) {
      write(json.key("agents"), agents);
    }
    json.endObject();
  }

  private static void write(JsonWriter json, String key, Map<String, List<String>> values) {
    if (!values.isEmpty()) {
      json.key(key).beginObject();
      values.forEach((name, texts) -> write(json.key(name), texts));
      json.endObject();
    }
  }

  private static void write(JsonWriter json, List<String> texts) {
    json.beginArray();
    texts.forEach(json::value);
    json.endArray();
  }

  /** Whether an agent is among them. */
  public boolean matches(AgentView agent) {
    return suit(tags, agent.tags())
        && suit(facts, agent.facts())
        && (agents.isEmpty() || suits(agents, agent.name()) || suits(agents, agent.id()));
  }

  private static boolean suit(Map<String, List<String>> wanted, Map<String, String> values) {
    for (var one : wanted.entrySet()) {
      var value = values.get(one.getKey());
      if (value == null || !suits(one.getValue(), value)) {
        return false;
      }
    }
    return true;
  }

  /** Whether one of some patterns suits. */
  public static boolean suits(List<String> patterns, String value) {
    for (var pattern : patterns) {
      if (suits(pattern, value)) {
        return true;
      }
    }
    return false;
  }

  /** Goes back only to the last star: no pattern takes longer than both lengths multiplied. */
  private static boolean suits(String pattern, String value) {
    int p = 0;
    int v = 0;
    int star = -1;
    int mark = 0;
    while (v < value.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = v;
      } else if (p < pattern.length() && pattern.charAt(p) == value.charAt(v)) {
        p++;
        v++;
      } else if (star >= 0) {
        p = star + 1;
        v = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
