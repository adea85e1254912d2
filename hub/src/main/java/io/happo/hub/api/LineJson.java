package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.NUMBERS;
import static io.happo.hub.api.Field.Kind.ROWS;
import static io.happo.hub.api.Field.Kind.TEXT;

import io.happo.core.AlertRange;
import io.happo.core.JsonWriter;
import io.happo.hub.metrics.Point;
import io.happo.hub.store.SeriesRow;
import java.util.ArrayList;
import java.util.List;

/** What a line of a graph is drawn from, in answers. */
final class LineJson {
  private static final List<Field> MEMBERS =
      List.of(
          Field.must("warn", TEXT, "Threshold, as the plugin prints it."),
          Field.must("crit", TEXT, "Threshold, as the plugin prints it."),
          Field.must("warnAt", NUMBERS, "The bounds that are written in warn."),
          Field.must("critAt", NUMBERS, "The bounds that are written in crit."),
          Field.must("low", TEXT, "The least possible, as the plugin prints it."),
          Field.must("high", TEXT, "The most possible, as the plugin prints it."),
          Field.must(
              "values",
              ROWS,
              "Of each of the equal parts of the time that has any: [time, least, average, most]."
                  + " The time is when the part begins."));

  private LineJson() {}

  /** Members of an object that begins with others. */
  static List<Field> fields(Field... others) {
    var all = new ArrayList<>(List.of(others));
    all.addAll(MEMBERS);
    return all;
  }

  static void write(JsonWriter json, SeriesRow.Thresholds limits, List<Point> points) {
    json.member("warn", limits.warn()).member("crit", limits.crit());
    bounds(json.key("warnAt"), limits.warn());
    bounds(json.key("critAt"), limits.crit());
    json.member("low", limits.low()).member("high", limits.high()).key("values").beginArray();
    for (var point : points) {
      json.beginArray()
          .value(point.time())
          .value(point.least())
          .value(point.average())
          .value(point.most())
          .endArray();
    }
    json.endArray();
  }

  private static void bounds(JsonWriter json, String threshold) {
    json.beginArray();
    AlertRange.bounds(threshold).forEach(json::value);
    json.endArray();
  }
}
