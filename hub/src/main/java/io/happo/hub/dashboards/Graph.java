package io.happo.hub.dashboards;

import io.happo.core.JsonWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One graph: what is asked of {@code GET /v1/metrics/query}, and how the answer is drawn. Texts may
 * hold {@code {{choice}}}.
 *
 * @param metrics globs of names, each of which is asked for itself
 * @param check glob of names; empty: any, and what no check measured
 * @param host glob of names; empty: any
 * @param agents names or globs, one of which must suit; empty: any
 * @param tags values or globs of tags of agents or metrics, one of which each must have
 * @param by what is taken together apart from others, as the query has it; empty: all together
 * @param as empty: as the unit has it
 * @param unit instead of the one that was measured; empty: that
 * @param min where the axis begins at the least
 * @param most series that are shown; the others are counted
 * @param wide over the whole width
 * @param stacked the series above each other
 */
public record Graph(
    String title,
    Kind kind,
    List<String> metrics,
    String check,
    String host,
    List<String> agents,
    SortedMap<String, List<String>> tags,
    Aggregate aggregate,
    List<String> by,
    Optional<As> as,
    String unit,
    OptionalDouble min,
    OptionalDouble max,
    int most,
    boolean wide,
    boolean stacked) {
  /** Of one dashboard. */
  static final int MOST = 60;

  static final int MOST_METRICS = 5;
  static final int MOST_SERIES = 50;
  static final int USUAL_SERIES = 20;

  /** How an answer is drawn. */
  public enum Kind {
    LINE,
    /** The newest value of each series, large. */
    NUMBER,
    /** The newest, least and most of each series, the highest first. */
    TABLE
  }

  /** What is made of the series at one time. */
  public enum Aggregate {
    NONE,
    AVG,
    SUM,
    MIN,
    MAX,
    COUNT
  }

  /** What is made of the values of one series. */
  public enum As {
    VALUE,
    /** How much a counter rises in a second. */
    RATE
  }

  public Graph {
    metrics = List.copyOf(metrics);
    agents = List.copyOf(agents);
    by = List.copyOf(by);
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /** As documents have it. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** As {@link DashboardReader} reads it; what is as usual is left out. */
  void write(JsonWriter json) {
    json.beginObject();
    text(json, "title", title);
    text(json, "kind", kind == Kind.LINE ? "" : word(kind));
    textOrTexts(json, "metric", metrics);
    text(json, "check", check);
    text(json, "host", host);
    if (!agents.isEmpty() || !tags.isEmpty()) {
      json.key("for").beginObject();
      if (!tags.isEmpty()) {
        json.key("tags").beginObject();
        tags.forEach((tag, values) -> texts(json.key(tag), values));
        json.endObject();
      }
      if (!agents.isEmpty()) {
        texts(json.key("agents"), agents);
      }
      json.endObject();
    }
    text(json, "aggregate", aggregate == Aggregate.NONE ? "" : word(aggregate));
    textOrTexts(json, "by", by);
    as.ifPresent(one -> json.member("as", word(one)));
    text(json, "unit", unit);
    min.ifPresent(value -> json.key("min").value(value));
    max.ifPresent(value -> json.key("max").value(value));
    if (most != USUAL_SERIES) {
      json.member("most", most);
    }
    if (wide) {
      json.key("wide").value(true);
    }
    if (stacked) {
      json.key("stacked").value(true);
    }
    json.endObject();
  }

  private static void text(JsonWriter json, String key, String value) {
    if (!value.isEmpty()) {
      json.member(key, value);
    }
  }

  private static void textOrTexts(JsonWriter json, String key, List<String> texts) {
    if (texts.size() == 1) {
      json.member(key, texts.getFirst());
    } else if (!texts.isEmpty()) {
      texts(json.key(key), texts);
    }
  }

  private static void texts(JsonWriter json, List<String> texts) {
    json.beginArray();
    texts.forEach(json::value);
    json.endArray();
  }
}
