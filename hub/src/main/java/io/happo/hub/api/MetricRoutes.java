package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.net.Response;
import java.util.List;
import java.util.OptionalLong;

/** What is measured in the whole fleet: which metrics there are, and their values. */
final class MetricRoutes {
  private static final int MOST_NAMES = 1_000;

  private final Rooms rooms;

  MetricRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/metrics", VIEWER, "Which metrics there are", this::names)
            .asking(
                Field.of(
                    "search",
                    TEXT,
                    "What is in their name or their check's; letter case does not matter."),
                Field.of("agent", TEXT, "Only those of this agent."),
                Field.of(
                    "check", TEXT, "Only those of checks of this name; * stands for anything."),
                Field.of("max", WHOLE, "At most so many, to 1,000; 100 unless given."))
            .giving(
                Field.list(
                    "metrics",
                    "By name, check and unit.",
                    List.of(
                        Field.must("name", TEXT, "Without tags."),
                        Field.must("check", TEXT, "That measures it; empty when none does."),
                        Field.must("unit", TEXT, "As it was measured."),
                        Field.must("series", WHOLE, "Of how many agents, hosts and tags."))),
                Field.must("more", WHOLE, "How many names are left out.")),
        Route.of(
                "GET",
                "/v1/metrics/query",
                VIEWER,
                "What was measured: series, or many of them as one",
                this::values)
            .asking(
                Field.must(
                    "metric",
                    TEXT,
                    "Name; * stands for anything. With a ; in it, the name with its tags."),
                Field.of("check", TEXT, "Only of checks of this name; * stands for anything."),
                Field.of(
                    "agent",
                    TEXT,
                    "Only of agents of this name or fingerprint; * stands for anything. Given again:"
                        + " of these as well."),
                Field.of(
                    "tag",
                    TEXT,
                    "NAME:VALUE, only with this tag, of the metric or of its agent; * stands for"
                        + " anything. Given again: another name is asked for as well, of one name any"
                        + " value will do."),
                Field.of(
                    "host",
                    TEXT,
                    "Only measured for hosts of this name; * stands for anything. The hub's own"
                        + " figures have @hub."),
                Field.of("from", TIME, "From this on; a day before to unless given."),
                Field.of("to", TIME, "Before this; now unless given."),
                Field.of(
                    "points",
                    WHOLE,
                    "About so many of a series, to 11,000; 300 unless given. Parts are then of a width"
                        + " that people count in: 1, 5, 10, 15 or 30 seconds, minutes … Of an hour where"
                        + " lines of so many series are made that smaller ones would take long: a week"
                        + " of more than 250."),
                Field.of("step", WHOLE, "Instead of points: seconds of a part."),
                Field.of(
                    "aggregate",
                    TEXT,
                    "none, or what is made of all series of a group: avg, sum, min, max, count; none"
                        + " unless given. A series counts with its last value for 5 minutes, or twice"
                        + " the time between two of its values."),
                Field.of(
                    "by",
                    TEXT,
                    "agent, check, host, metric, or the name of a tag: a group for each. Given again:"
                        + " for each pair. Units are never mixed."),
                Field.of(
                    "as",
                    TEXT,
                    "value, or rate: per second, of what counts. Unless given, rate for the unit c."),
                Field.of("max", WHOLE, "At most so many series, to 1,000; 100 unless given."))
            .giving(
                Field.must("from", TIME, "When the first part begins."),
                Field.must("to", TIME, "When the last part ends."),
                Field.must("stepMillis", WHOLE, "Of a part; each begins at a multiple of it."),
                Field.list(
                    "series",
                    "Those that have a value, by agent, check, host and name, or by group. Of a group,"
                        + " each member is what all its series have, and empty where they differ.",
                    MetricLines.FIELDS),
                Field.must("more", WHOLE, "How many series or groups are left out.")));
  }

  private Response names(Call call) throws ApiException, NoSuchAgentException {
    var agent = call.query("agent");
    int max = call.query("max", 100, 1, MOST_NAMES);
    var names =
        rooms
            .samples()
            .names(
                call.query("search").orElse(""),
                call.query("check").orElse("*"),
                agent.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(rooms.fleet().find(agent.get()).number()));
    return Replies.ok(
        json -> {
          json.key("metrics").beginArray();
          for (var name : names.subList(0, Math.min(max, names.size()))) {
            json.beginObject()
                .member("name", name.name())
                .member("check", name.check())
                .member("unit", name.unit())
                .member("series", name.series())
                .endObject();
          }
          json.endArray().member("more", Math.max(0, names.size() - max));
        });
  }

  private Response values(Call call) throws ApiException, NoSuchAgentException {
    var query = MetricQuery.of(call, rooms.fleet(), rooms.clock().millis());
    return new MetricLines(rooms, query).answer();
  }
}
