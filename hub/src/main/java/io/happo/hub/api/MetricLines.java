package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.WHOLE;

import io.happo.core.JsonWriter;
import io.happo.core.MetricName;
import io.happo.core.link.LinkMessage;
import io.happo.hub.fleet.Member;
import io.happo.hub.metrics.Aggregate;
import io.happo.hub.metrics.Grid;
import io.happo.hub.metrics.Labels;
import io.happo.hub.metrics.Part;
import io.happo.hub.metrics.Point;
import io.happo.hub.metrics.Rates;
import io.happo.hub.metrics.Total;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesRow;
import io.happo.net.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers what was measured: each series that suits as a line, or many as one. Of all that it reads
 * it holds some 250,000 parts at a time.
 */
final class MetricLines {
  private static final int MOST_SERIES = 20_000;

  /** The most parts that are read at once, and that all groups have together. */
  private static final int MOST_PARTS = 250_000;

  /** No further line beyond this; one more has at most some 900,000. Clients take 8 MiB. */
  private static final int MAX_CHARS = 4 << 20;

  static final List<Field> FIELDS =
      LineJson.fields(
          Field.must("agent", TEXT, "Name of the agent; empty when it is nobody's."),
          Field.must("agentId", TEXT, "Its fingerprint."),
          Field.must("check", TEXT, "That measures it; empty when none does."),
          Field.must("host", TEXT, "That it was measured for; empty: the agent's own."),
          Field.must("name", TEXT, "Of the metric, without tags."),
          Field.must("tags", MAP, "Of the metric, and those of agents that it is grouped by."),
          Field.must("unit", TEXT, "As it was measured."),
          Field.must("as", TEXT, "value, or rate: what it grows by in a second."),
          Field.must("members", WHOLE, "How many series it was made of."));

  private static final Comparator<Labels> ORDER =
      Comparator.comparing(Labels::agent)
          .thenComparing(Labels::agentId)
          .thenComparing(Labels::check)
          .thenComparing(Labels::host)
          .thenComparing(Labels::name)
          .thenComparing(labels -> labels.tags().toString())
          .thenComparing(Labels::unit);

  /** A series as it is shown. */
  private record Series(SeriesRow row, Labels labels, Map<String, String> agentTags) {
    long number() {
      return row.number();
    }
  }

  /** One of a group. */
  private record Addend(Series series, Total total) {}

  private final Rooms rooms;
  private final MetricQuery query;
  private Grid grid; // Known when the series are.

  MetricLines(Rooms rooms, MetricQuery query) {
    this.rooms = rooms;
    this.query = query;
    this.grid = query.asked();
  }

  Response answer() throws ApiException {
    var found =
        rooms.samples().find(query.wanted(), one -> suits(series(one)), MOST_SERIES + 1).stream()
            .map(this::series)
            .sorted(Comparator.comparing(Series::labels, ORDER))
            .toList();
    if (found.size() > MOST_SERIES) {
      throw new ApiException(
          400,
          "more than "
              + MOST_SERIES
              + " series suit, at most so many are read: say more of metric, check, agent, host or"
              + " tag");
    }
    grid = query.grid(found.size());
    return Replies.ok(
        json -> {
          json.member("from", grid.from())
              .member("to", grid.to())
              .member("stepMillis", grid.width())
              .key("series")
              .beginArray();
          int left =
              query
                  .aggregate()
                  .map(how -> groups(json, found, how))
                  .orElseGet(() -> each(json, found));
          json.endArray().member("more", left);
        });
  }

  private Series series(Samples.Found found) {
    var member = rooms.fleet().byNumber(found.agent());
    var key = found.row().key();
    var name = MetricName.of(key.name());
    return new Series(
        found.row(),
        new Labels(
            member.map(Member::name).orElse(""),
            member.map(Member::id).orElse(""),
            found.check(),
            key.host(),
            name.name(),
            key.unit(),
            name.tags()),
        member.<Map<String, String>>map(one -> one.agent().tags()).orElse(Map.of()));
  }

  private boolean suits(Series series) {
    return query.suits(series.labels.tags(), series.agentTags);
  }

  /** Writes a line for each series; returns how many are left out. */
  private int each(JsonWriter json, List<Series> found) {
    boolean rates = found.stream().anyMatch(one -> query.isRate(one.labels.unit()));
    var reach = rates ? grid.since(Total.HOLD) : grid;
    int written = 0;
    int next = 0;
    while (next < found.size() && written < query.max()) {
      var some = some(found, next, Math.min(query.max() - written, most(reach)));
      var points = read(some, reach);
      for (var one : some) {
        if (json.length() >= MAX_CHARS) {
          return found.size() - next;
        }
        next++;
        var line =
            points.getOrDefault(one.number(), List.of()).stream()
                .filter(point -> point.time() >= grid.from())
                .toList();
        if (!line.isEmpty()) {
          write(json, one.labels, 1, one.row.thresholds(), line);
          written++;
        }
      }
    }
    return found.size() - next;
  }

  /** Writes a line for each group; returns how many are left out. */
  private int groups(JsonWriter json, List<Series> found, Aggregate how) {
    var groups = new TreeMap<List<String>, List<Series>>(MetricLines::compare);
    for (var one : found) {
      var key = query.grouping().key(one.labels, one.agentTags);
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(one);
    }
    var shown = groups.values().stream().limit(Math.min(query.max(), most(grid))).toList();
    var totals = new ArrayList<Total>();
    var addends = new ArrayList<Addend>();
    for (var group : shown) {
      var total = new Total(how, grid);
      totals.add(total);
      group.forEach(one -> addends.add(new Addend(one, total)));
    }
    add(addends);
    for (int i = 0; i < shown.size(); i++) {
      if (json.length() >= MAX_CHARS) {
        return groups.size() - i;
      }
      var line = totals.get(i).points();
      if (!line.isEmpty()) {
        write(json, shown.get(i), how, line);
      }
    }
    return groups.size() - shown.size();
  }

  private void add(List<Addend> addends) {
    var reach = grid.since(Total.HOLD);
    int next = 0;
    while (next < addends.size()) {
      var some = some(addends, next, most(reach));
      var points = read(some.stream().map(Addend::series).toList(), reach);
      some.forEach(one -> one.total.add(points.getOrDefault(one.series.number(), List.of())));
      next += some.size();
    }
  }

  /** How many lines there may be at a time. */
  private static int most(Grid grid) {
    return Math.max(1, MOST_PARTS / grid.parts());
  }

  private static <T> List<T> some(List<T> all, int from, int most) {
    return all.subList(from, Math.min(all.size(), from + most));
  }

  /** Points of series by their numbers, those before the grid as well. */
  private Map<Long, List<Point>> read(List<Series> some, Grid reach) {
    var numbers = some.stream().map(Series::number).toList();
    var parts = rooms.samples().parts(numbers, reach.from(), reach.to(), reach.width());
    var points = new HashMap<Long, List<Point>>();
    for (var one : some) {
      var ofOne = parts.getOrDefault(one.number(), List.of());
      points.put(
          one.number(),
          query.isRate(one.labels.unit())
              ? Rates.of(ofOne)
              : ofOne.stream().map(Part::point).toList());
    }
    return points;
  }

  private static int compare(List<String> one, List<String> other) {
    for (int i = 0; i < one.size(); i++) {
      int order = one.get(i).compareTo(other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private void write(JsonWriter json, List<Series> group, Aggregate how, List<Point> line) {
    var first = group.getFirst();
    var labels = query.grouping().labelled(first.labels, first.agentTags);
    var limits = first.row.thresholds();
    for (var one : group) {
      labels = labels.common(query.grouping().labelled(one.labels, one.agentTags));
      limits = limits.equals(one.row.thresholds()) ? limits : SeriesRow.Thresholds.NONE;
    }
    write(
        json,
        how == Aggregate.COUNT ? labels.withoutUnit() : labels,
        group.size(),
        how.isAmongValues() ? limits : SeriesRow.Thresholds.NONE,
        line);
  }

  private void write(
      JsonWriter json, Labels labels, int members, SeriesRow.Thresholds limits, List<Point> line) {
    boolean rate = query.isRate(labels.unit());
    json.beginObject()
        .member("agent", labels.agent())
        .member("agentId", labels.agentId())
        .member("check", labels.check())
        .member("host", labels.host())
        .member("name", labels.name())
        .key("tags");
    LinkMessage.write(json, labels.tags());
    json.member("unit", labels.unit())
        .member("as", rate ? "rate" : "value")
        .member("members", members);
    LineJson.write(json, rate ? SeriesRow.Thresholds.NONE : limits, line);
    json.endObject();
  }
}
