package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.core.link.LinkMessage;
import io.happo.hub.alert.Reported;
import io.happo.hub.alert.Subject;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Checks;
import io.happo.net.Response;
import java.util.List;
import java.util.OptionalLong;

/** What checks say now and have said, and what happened. */
final class CheckRoutes {
  private static final List<String> STATUSES = List.of("ok", "warning", "critical", "unknown");

  private static final List<Field> CHECK =
      List.of(
          Field.must("agent", TEXT, "Name of the agent."),
          Field.must("agentId", TEXT, "Its fingerprint."),
          Field.must("check", TEXT, "Name of the check."),
          Field.must("status", TEXT, "ok, warning, critical or unknown."),
          Field.must("soft", FLAG, "Whether it is not sure yet: it is being tried again."),
          Field.must("stale", FLAG, "Whether the agent is not there to run it."),
          Field.must("since", TIME, "Since when it says that."),
          Field.must("time", TIME, "When it ran last."),
          Field.must("durationMillis", WHOLE, "How long."),
          Field.must("attempt", WHOLE, "How often in a row it was no ok."),
          Field.must("exit", WHOLE, "Exit status; -1: none."),
          Field.must("output", TEXT, "What it wrote."),
          Field.of(
              "lateAt",
              TIME,
              "Of one that somebody reports, when it is unknown unless it is reported again."));

  private final Rooms rooms;

  CheckRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/checks", VIEWER, "What checks say now", this::all)
            .asking(
                Field.of("agent", TEXT, "Only those of this agent."),
                Field.of(
                    "status", TEXT, "ok, warning, critical, unknown, or problem for all but ok."),
                Paging.AFTER,
                Paging.LIMIT)
            .giving(
                Field.list("checks", "In the order in which they first came.", CHECK), Paging.NEXT),
        Route.of(
                "GET",
                "/v1/agents/:agent/checks/:check/history",
                VIEWER,
                "What a check has said",
                this::history)
            .asking(
                Field.of("from", TIME, "Not before this."),
                Field.of("to", TIME, "Before this."),
                Field.of("limit", WHOLE, "At most so many, the newest; 50 unless given."))
            .giving(
                Field.list(
                    "results",
                    "In the order of time.",
                    List.of(
                        Field.must("time", TIME, "When it ran."),
                        Field.must("status", TEXT, "ok, warning, critical or unknown."),
                        Field.must("exit", WHOLE, "Exit status; -1: none."),
                        Field.must("durationMillis", WHOLE, "How long."),
                        Field.must("output", TEXT, "What it wrote."),
                        Field.must("epoch", WHOLE, "Of the agent's queue."),
                        Field.must("sequence", WHOLE, "In that queue."),
                        Field.must("plan", TEXT, "Hash of the plan.")))),
        Route.of(
                "GET",
                "/v1/agents/:agent/events",
                VIEWER,
                "What happened at an agent",
                this::events)
            .asking(
                Field.of("before", TIME, "Before this."),
                Field.of("limit", WHOLE, "At most so many, the newest; 50 unless given."))
            .giving(
                Field.list(
                    "events",
                    "The newest first.",
                    List.of(
                        Field.must("time", TIME, "When."),
                        Field.must("event", TEXT, "What kind."),
                        Field.must("text", TEXT, "What."),
                        Field.must("details", MAP, "More.")))));
  }

  static String word(int status) {
    return STATUSES.get(status);
  }

  /** The status of a word. */
  static int status(String word) throws ApiException {
    int status = STATUSES.indexOf(word);
    if (status < 0) {
      throw new ApiException(
          400, "status is '" + word + "', expected one of " + String.join(", ", STATUSES));
    }
    return status;
  }

  private Response all(Call call) throws ApiException, NoSuchAgentException {
    var which = which(call.query("status").orElse(""));
    var paging = Paging.of(call);
    var asked = call.query("agent");
    var agent =
        asked.isPresent()
            ? OptionalLong.of(rooms.fleet().find(asked.get()).number())
            : OptionalLong.empty();
    var found = rooms.checks().some(which, agent, paging.after(), paging.limit() + 1);
    return Replies.ok(
        json ->
            paging.write(
                json,
                "checks",
                found,
                Checks.Current::number,
                check ->
                    rooms
                        .fleet()
                        .byNumberOrHub(check.agent())
                        .ifPresent(member -> write(json, member, check))));
  }

  private static Checks.Which which(String status) throws ApiException {
    return switch (status) {
      case "" -> Checks.Which.ALL;
      case "ok" -> Checks.Which.OK;
      case "warning" -> Checks.Which.WARNING;
      case "critical" -> Checks.Which.CRITICAL;
      case "unknown" -> Checks.Which.UNKNOWN;
      case "problem" -> Checks.Which.PROBLEM;
      default ->
          throw new ApiException(
              400,
              "status is '" + status + "', expected ok, warning, critical, unknown or problem");
    };
  }

  private static void write(JsonWriter json, Member member, Checks.Current check) {
    var state = check.state();
    json.beginObject()
        .member("agent", member.name())
        .member("agentId", member.id())
        .member("check", check.name())
        .member("status", word(state.status()))
        .key("soft")
        .value(state.soft())
        .key("stale")
        .value(!member.isConnected() && !Subject.isHubs(check.name()) && check.lateAt().isEmpty())
        .member("since", state.since())
        .member("time", state.time())
        .member("durationMillis", check.durationMillis())
        .member("attempt", state.attempt())
        .member("exit", check.exit())
        .member("output", check.output());
    if (check.lateAt().orElse(Reported.NEVER) != Reported.NEVER) {
      json.member("lateAt", check.lateAt().getAsLong());
    }
    json.endObject();
  }

  private Response history(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().findOrHub(call.path("agent"));
    var check = find(rooms, member, call.path("check"));
    long from = time(call, "from", Long.MIN_VALUE);
    long to = time(call, "to", Long.MAX_VALUE);
    var rows =
        rooms.results().ofCheck(check.number(), from, to, call.query("limit", 50, 1, 10_000));
    return Replies.ok(
        json -> {
          json.key("results").beginArray();
          for (var row : rows) {
            json.beginObject()
                .member("time", row.time())
                .member("status", word(row.status()))
                .member("exit", row.exit())
                .member("durationMillis", row.durationMillis())
                .member("output", row.output())
                .member("epoch", row.epoch())
                .member("sequence", row.sequence())
                .member("plan", row.plan())
                .endObject();
          }
          json.endArray();
        });
  }

  /** A check that an agent has brought results of. */
  static Checks.Current find(Rooms rooms, Member member, String name) throws ApiException {
    return rooms
        .checks()
        .find(member.number(), name)
        .orElseThrow(
            () ->
                new ApiException(
                    404,
                    member.name()
                        + " has brought no result of a check '"
                        + name
                        + "': when its plan has that, the first comes once it is due (what a"
                        + " run now says is no history)"
                        + Nearest.suggestion(name, names(rooms, member))));
  }

  private static List<String> names(Rooms rooms, Member member) {
    return rooms
        .checks()
        .some(Checks.Which.ALL, OptionalLong.of(member.number()), 0, Paging.MOST)
        .stream()
        .map(Checks.Current::name)
        .toList();
  }

  static long time(Call call, String name, long fallback) throws ApiException {
    var text = call.query(name);
    try {
      return text.isEmpty() ? fallback : Long.parseLong(text.get());
    } catch (NumberFormatException e) {
      throw new ApiException(
          400, name + " is '" + text.get() + "', expected a unix time in milliseconds");
    }
  }

  private Response events(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    long before = time(call, "before", Long.MAX_VALUE);
    var rows = rooms.events().ofAgent(member.number(), before, call.query("limit", 50, 1, 10_000));
    return Replies.ok(
        json -> {
          json.key("events").beginArray();
          for (var row : rows) {
            json.beginObject()
                .member("time", row.time())
                .member("event", row.name())
                .member("text", row.text())
                .key("details");
            LinkMessage.write(json, row.details());
            json.endObject();
          }
          json.endArray();
        });
  }
}
