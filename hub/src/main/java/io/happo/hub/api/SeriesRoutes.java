package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.NUMBERS;
import static io.happo.hub.api.Field.Kind.ROWS;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.AlertRange;
import io.happo.core.JsonWriter;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesRow;
import io.happo.net.Response;
import java.time.Duration;
import java.util.List;

/** What checks measured, for graphs: a bounded number of points, however long the time is. */
final class SeriesRoutes {
  private static final int MOST_SERIES = 50;
  private static final int MOST_POINTS = 2_000;
  private static final int MOST_RUNS = 2_000;

  /** No further series beyond this; one more has at most some 200,000. Clients take 8 MiB. */
  private static final int MAX_CHARS = 4 << 20;

  private static final Duration SPAN = Duration.ofDays(1);

  private final Rooms rooms;

  SeriesRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
                "GET",
                "/v1/agents/:agent/checks/:check/series",
                VIEWER,
                "What a check measured, for graphs",
                this::series)
            .asking(
                Field.of("from", TIME, "From this on; a day before to unless given."),
                Field.of("to", TIME, "Before this; now unless given."),
                Field.of(
                    "points", WHOLE, "At most so many of a series, to 2,000; 300 unless given."))
            .giving(
                Field.must("from", TIME, "From when on."),
                Field.must("to", TIME, "Before when."),
                Field.list(
                    "series",
                    "By name and unit, at most 50, and fewer when they are long.",
                    List.of(
                        Field.must("name", TEXT, "Its label."),
                        Field.must("unit", TEXT, "As the plugin prints it."),
                        Field.must("warn", TEXT, "Threshold, as the plugin prints it."),
                        Field.must("crit", TEXT, "Threshold, as the plugin prints it."),
                        Field.must("warnAt", NUMBERS, "The bounds that are written in warn."),
                        Field.must("critAt", NUMBERS, "The bounds that are written in crit."),
                        Field.must("low", TEXT, "The least possible, as the plugin prints it."),
                        Field.must("high", TEXT, "The most possible, as the plugin prints it."),
                        Field.must(
                            "values",
                            ROWS,
                            "Of each of the equal parts of the time that has any: [its begin, least,"
                                + " average, most]."))),
                Field.must("more", WHOLE, "How many series are left out."),
                Field.must(
                    "statuses",
                    ROWS,
                    "When it began to say something else: [time, status], status as in a history."
                        + " At most 2,000, the newest.")));
  }

  private Response series(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    var check = CheckRoutes.find(rooms, member, call.path("check"));
    long to = CheckRoutes.time(call, "to", rooms.clock().millis());
    long from = CheckRoutes.time(call, "from", Math.max(0, to - SPAN.toMillis()));
    if (from < 0 || from >= to) {
      throw new ApiException(
          400, "from is " + from + " and to " + to + ", expected times, and to the later one");
    }
    int points = call.query("points", 300, 1, MOST_POINTS);
    long width = Math.ceilDiv(to - from, points);
    var all = rooms.samples().series(member.number(), check.number());
    var statuses = rooms.results().runs(check.number(), from, to, MOST_RUNS);
    return Replies.ok(
        json -> {
          json.member("from", from).member("to", to).key("series").beginArray();
          int written = 0;
          while (written < Math.min(MOST_SERIES, all.size()) && json.length() < MAX_CHARS) {
            var one = all.get(written);
            write(
                json,
                one,
                rooms
                    .samples()
                    .parts(List.of(one.number()), from, to, width)
                    .getOrDefault(one.number(), List.of()));
            written++;
          }
          json.endArray().member("more", all.size() - written).key("statuses").beginArray();
          for (var status : statuses) {
            json.beginArray()
                .value(status.time())
                .value(CheckRoutes.word(status.status()))
                .endArray();
          }
          json.endArray();
        });
  }

  private static void write(JsonWriter json, SeriesRow series, List<Samples.Part> parts) {
    var thresholds = series.thresholds();
    json.beginObject()
        .member("name", series.key().name())
        .member("unit", series.key().unit())
        .member("warn", thresholds.warn())
        .member("crit", thresholds.crit())
        .key("warnAt");
    numbers(json, AlertRange.bounds(thresholds.warn()));
    json.key("critAt");
    numbers(json, AlertRange.bounds(thresholds.crit()));
    json.member("low", thresholds.low())
        .member("high", thresholds.high())
        .key("values")
        .beginArray();
    for (var part : parts) {
      json.beginArray()
          .value(part.time())
          .value(part.min())
          .value(part.average())
          .value(part.max())
          .endArray();
    }
    json.endArray().endObject();
  }

  private static void numbers(JsonWriter json, List<Double> numbers) {
    json.beginArray();
    numbers.forEach(json::value);
    json.endArray();
  }
}
