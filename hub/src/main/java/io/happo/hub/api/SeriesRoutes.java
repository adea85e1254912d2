package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.ROWS;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.metrics.Part;
import io.happo.net.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What checks measured, for graphs: a bounded number of points, however long the time is. */
final class SeriesRoutes {
  private static final int MOST_SERIES = 50;
  private static final int MOST_POINTS = 2_000;
  private static final int MOST_RUNS = 2_000;

  /** No further series beyond this; one more has at most some 200,000. Clients take 8 MiB. */
  private static final int MAX_CHARS = 4 << 20;

  private static final String MARKS =
      "Times in which other values, or none, are to be expected, in the order of time: at most 500.";

  private static final Duration SPAN = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofDays(800); // Downtimes that recur are many.

  private final Rooms rooms;
  private final Marks marks;

  SeriesRoutes(Rooms rooms) {
    this.rooms = rooms;
    this.marks = new Marks(rooms);
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
                    LineJson.fields(
                        Field.must("name", TEXT, "Its label."),
                        Field.must("unit", TEXT, "As the plugin prints it."))),
                Field.must("more", WHOLE, "How many series are left out."),
                Field.must(
                    "statuses",
                    ROWS,
                    "When it began to say something else: [time, status], status as in a history."
                        + " At most 2,000, the newest."),
                Field.list("marks", MARKS, Marks.FIELDS)),
        Route.of(
                "GET",
                "/v1/agents/:agent/marks",
                VIEWER,
                "When an agent was away, and its downtimes",
                this::marks)
            .asking(
                Field.of("from", TIME, "From this on; a day before to unless given."),
                Field.of("to", TIME, "Before this; now unless given."))
            .giving(
                Field.must("from", TIME, "From when on."),
                Field.must("to", TIME, "Before when."),
                Field.list("marks", MARKS, Marks.FIELDS)));
  }

  /** The time that is asked for. */
  private record Asked(long from, long to) {
    static Asked of(Call call, long now) throws ApiException {
      long to = CheckRoutes.time(call, "to", now);
      long from = CheckRoutes.time(call, "from", Math.max(0, to - SPAN.toMillis()));
      if (from < 0 || from >= to) {
        throw new ApiException(
            400, "from is " + from + " and to " + to + ", expected times, and to the later one");
      }
      if (to - from > LONGEST.toMillis()) {
        throw new ApiException(
            400, "from and to are more than " + LONGEST.toDays() + " days apart");
      }
      return new Asked(from, to);
    }
  }

  private Response marks(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    var asked = Asked.of(call, rooms.clock().millis());
    var found = marks.of(member, Optional.empty(), asked.from, asked.to);
    return Replies.ok(
        json -> Marks.write(json.member("from", asked.from).member("to", asked.to), found));
  }

  private Response series(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().findOrHub(call.path("agent"));
    var check = CheckRoutes.find(rooms, member, call.path("check"));
    var asked = Asked.of(call, rooms.clock().millis());
    long from = asked.from;
    long to = asked.to;
    int points = call.query("points", 300, 1, MOST_POINTS);
    long width = Math.ceilDiv(to - from, points);
    var all = rooms.samples().series(member.number(), check.number());
    var statuses = rooms.results().runs(check.number(), from, to, MOST_RUNS);
    var found = marks.of(member, Optional.of(check), from, to);
    return Replies.ok(
        json -> {
          json.member("from", from).member("to", to).key("series").beginArray();
          int written = 0;
          while (written < Math.min(MOST_SERIES, all.size()) && json.length() < MAX_CHARS) {
            var one = all.get(written);
            var number = List.of(one.number());
            var parts = rooms.samples().parts(number, from, to, width);
            json.beginObject().member("name", one.key().name()).member("unit", one.key().unit());
            LineJson.write(
                json,
                one.thresholds(),
                parts.getOrDefault(one.number(), List.of()).stream().map(Part::point).toList());
            json.endObject();
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
          Marks.write(json, found);
        });
  }
}
