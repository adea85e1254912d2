package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.OBJECT;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.ADMIN;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Period;
import io.happo.core.plan.Problem;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.alert.Silence;
import io.happo.hub.alert.Standing;
import io.happo.hub.alert.Subject;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.net.Response;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What was told and what was not, and what people say about that. */
final class AlertRoutes {
  private static final long LONGEST_SECONDS = Duration.ofDays(366).toSeconds();
  private static final int MAX_TEXT = 1_000;

  /** Silences and downtimes that ended so long ago are still listed. */
  private static final Duration LISTED = Duration.ofDays(7);

  private static final List<Field> NOTE =
      List.of(
          Field.must("number", WHOLE, "Of the note."),
          Field.must("time", TIME, "When."),
          Field.must("rule", TEXT, "Name of the rule."),
          Field.must("agent", TEXT, "Name of the agent."),
          Field.must("check", TEXT, "Name of the check; @agent: the agent itself."),
          Field.must("kind", TEXT, "problem, recovery, flapping-start, flapping-end …"),
          Field.must("status", TEXT, "What the check said for certain."),
          Field.must("told", FLAG, "Whether somebody was told."),
          Field.must("gate", TEXT, "What kept it back; empty when it was told."),
          Field.must("why", TEXT, "Why not; by which channels when it was told."));

  private static final List<Field> SILENCE =
      List.of(
          Field.must("number", WHOLE, "Its number."),
          Field.must("kind", TEXT, "silence or downtime."),
          Field.must("holds", FLAG, "Whether it holds now."),
          Field.must("target", OBJECT, "Which agents: tags, facts, agents, as in a plan."),
          Field.must("checks", TEXTS, "Which checks; none: all, and the agents themselves."),
          Field.must("begin", TIME, "When it begins."),
          Field.of("end", TIME, "When it ends; missing: not by itself."),
          Field.must("untilWell", FLAG, "Whether it ends when all it is about is well."),
          Field.must("flexibleSeconds", WHOLE, "Begins with a trouble, and lasts so long; 0: no."),
          Field.must("times", TEXT, "At which times of the week."),
          Field.must("timezone", TEXT, "By whose clocks."),
          Field.must("author", TEXT, "Who made it."),
          Field.must("reason", TEXT, "Why."));

  private final Rooms rooms;

  AlertRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/notes", VIEWER, "What was told, what was not, and why", this::notes)
            .asking(
                Field.of("agent", TEXT, "Only of this agent; with check."),
                Field.of("check", TEXT, "Only of this check."),
                Field.of("before", WHOLE, "Only those of a lower number."),
                Field.of("limit", WHOLE, "At most so many; 50 unless given."))
            .giving(Field.list("notes", "The newest first.", NOTE)),
        Route.of("GET", "/v1/alerts", VIEWER, "What is open between rules and checks", this::alerts)
            .giving(
                Field.must("off", FLAG, "Whether nobody is told anything."),
                Field.list(
                    "alerts",
                    "By rule.",
                    List.of(
                        Field.must("rule", TEXT, "Name of the rule."),
                        Field.must("agent", TEXT, "Name of the agent."),
                        Field.must("check", TEXT, "Name of the check."),
                        Field.must("status", TEXT, "What the check says."),
                        Field.must("since", TIME, "Since when."),
                        Field.must("told", FLAG, "Whether somebody was told of it."),
                        Field.must("gate", TEXT, "Why nothing more is told now."),
                        Field.must("why", TEXT, "The same for people.")))),
        Route.of("PUT", "/v1/alerts/off", ADMIN, "Tell nobody anything, or do again", this::turn)
            .taking(Field.must("off", FLAG, "true: nobody is told anything.")),
        Route.of(
                "POST",
                "/v1/agents/:agent/checks/:check/acknowledge",
                OPERATOR,
                "Say that somebody knows of a trouble",
                this::acknowledge)
            .taking(
                Field.of("comment", TEXT, "What is done about it."),
                Field.of(
                    "sticky", FLAG, "Until it is well; else until its status changes as well.")),
        Route.of(
            "DELETE",
            "/v1/agents/:agent/checks/:check/acknowledge",
            OPERATOR,
            "Take that back",
            this::unacknowledge),
        Route.of("GET", "/v1/silences", VIEWER, "Silences and downtimes", this::silences)
            .giving(Field.list("silences", "The newest first.", SILENCE)),
        Route.of("POST", "/v1/silences", OPERATOR, "Silence, or plan a downtime", this::silence)
            .taking(
                Field.of("kind", TEXT, "silence (unless given) or downtime."),
                Field.of("target", OBJECT, "As above; all agents unless given."),
                Field.of("checks", TEXTS, "As above."),
                Field.of("begin", TIME, "Now unless given."),
                Field.of("seconds", WHOLE, "How long; needed unless untilWell or times is given."),
                Field.of("untilWell", FLAG, "As above."),
                Field.of("flexibleSeconds", WHOLE, "As above."),
                Field.of("times", TEXT, "Such as 'sun 02:00-04:00'."),
                Field.of("timezone", TEXT, "Needed with times."),
                Field.of("reason", TEXT, "Why."))
            .giving(Field.must("number", WHOLE, "Its number.")),
        Route.of("DELETE", "/v1/silences/:number", OPERATOR, "End one", this::end));
  }

  private Response notes(Call call) throws ApiException, NoSuchAgentException {
    var check = OptionalLong.empty();
    if (call.query("agent").isPresent() || call.query("check").isPresent()) {
      check =
          OptionalLong.of(
              check(call.query("agent").orElse(""), call.query("check").orElse("")).number());
    }
    long most = call.query("before", Long.MAX_VALUE);
    var notes = rooms.alertBook().notes(check, most, call.query("limit", 50, 1, 1_000));
    return Replies.ok(
        json -> {
          json.key("notes").beginArray();
          notes.forEach(note -> write(json, note));
          json.endArray();
        });
  }

  private void write(JsonWriter json, AlertBook.Note note) {
    boolean told = note.gate().equals(Standing.TOLD);
    json.beginObject()
        .member("number", note.number())
        .member("time", note.time())
        .member("rule", note.rule())
        .member("agent", name(note.subject()))
        .member("check", note.subject().check())
        .member("kind", note.kind())
        .member("status", CheckRoutes.word(note.status()))
        .key("told")
        .value(told)
        .member("gate", told ? "" : note.gate())
        .member("why", note.why())
        .endObject();
  }

  private String name(Subject subject) {
    return rooms.fleet().byNumberOrHub(subject.agent()).map(member -> member.name()).orElse("");
  }

  private Response alerts(Call call) {
    var troubles = rooms.alertBook().troubles();
    var open = rooms.alertBook().open(OptionalLong.empty());
    var byNumber =
        troubles.stream().collect(Collectors.toMap(AlertBook.Trouble::number, one -> one));
    return Replies.ok(
        json -> {
          json.key("off").value(rooms.notifier().isOff()).key("alerts").beginArray();
          for (var one : open) {
            var trouble = byNumber.get(one.check());
            if (trouble != null) {
              json.beginObject()
                  .member("rule", one.rule())
                  .member("agent", name(trouble.subject()))
                  .member("check", trouble.subject().check())
                  .member("status", CheckRoutes.word(trouble.state().status()))
                  .member("since", trouble.state().since())
                  .key("told")
                  .value(one.told().status() != 0)
                  .member("gate", one.standing().gate())
                  .member("why", one.standing().why())
                  .endObject();
            }
          }
          json.endArray();
        });
  }

  private Response turn(Call call) {
    boolean off = call.isTrue("off");
    rooms.does(call.caller(), off ? "alerts.off" : "alerts.on", "", Map.of());
    rooms.notifier().turnOff(off);
    rooms.intake().lookAgain();
    return Replies.done();
  }

  private Checks.Current check(String agent, String name)
      throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().findOrHub(agent);
    return rooms
        .checks()
        .find(member.number(), name)
        .orElseThrow(
            () ->
                new ApiException(
                    404, member.name() + " has brought no result of a check '" + name + "'"));
  }

  private Response acknowledge(Call call) throws ApiException, NoSuchAgentException {
    var check = check(call.path("agent"), call.path("check"));
    int status = check.state().hardStatus();
    if (status == 0) {
      throw new ApiException(
          409,
          check.state().status() == 0
              ? "it is well: there is nothing to know of"
              : "it is not certain yet that something is wrong: it is tried again");
    }
    var comment = text(call, "comment");
    rooms
        .silences()
        .acknowledge(
            check.number(),
            new Acknowledgement(
                status,
                call.isTrue("sticky"),
                call.caller().name(),
                comment,
                rooms.clock().millis()));
    rooms.intake().lookAgain();
    rooms.did(
        call.caller(),
        "check.acknowledge",
        call.path("agent") + " " + check.name(),
        Map.of("comment", comment));
    return Replies.done();
  }

  private Response unacknowledge(Call call) throws ApiException, NoSuchAgentException {
    var check = check(call.path("agent"), call.path("check"));
    if (!rooms.silences().unacknowledge(check.number())) {
      throw new ApiException(404, "nobody has said that they know of it");
    }
    rooms.intake().lookAgain();
    rooms.did(call.caller(), "check.unacknowledge", call.path("agent") + " " + check.name());
    return Replies.done();
  }

  private static String text(Call call, String name) throws ApiException {
    var text = call.text(name);
    if (text.length() > MAX_TEXT) {
      throw new ApiException(
          400, name + " has " + text.length() + " characters; at most " + MAX_TEXT + " are kept");
    }
    return text;
  }

  private Response silences(Call call) {
    long now = rooms.clock().millis();
    var all = rooms.silences().since(now - LISTED.toMillis());
    return Replies.ok(
        json -> {
          json.key("silences").beginArray();
          all.forEach(silence -> write(json, silence, now));
          json.endArray();
        });
  }

  private static void write(JsonWriter json, Silence silence, long now) {
    json.beginObject()
        .member("number", silence.number())
        .member("kind", silence.downtime() ? "downtime" : "silence")
        .key("holds")
        .value(silence.holds(now))
        .key("target");
    silence.target().write(json);
    json.key("checks").beginArray();
    silence.checks().forEach(json::value);
    json.endArray().member("begin", silence.begin());
    if (silence.end() != Long.MAX_VALUE) {
      json.member("end", silence.end());
    }
    json.key("untilWell")
        .value(silence.untilWell())
        .member("flexibleSeconds", silence.flexibleMillis() / 1000)
        .member("times", silence.times().text())
        .member("timezone", silence.times().zone().getId())
        .member("author", silence.author())
        .member("reason", silence.reason())
        .endObject();
  }

  private Response silence(Call call) throws ApiException {
    var kind = call.text("kind");
    if (!List.of("", "silence", "downtime").contains(kind)) {
      throw new ApiException(400, "kind is '" + kind + "', expected silence or downtime");
    }
    long now = rooms.clock().millis();
    long begin = call.number("begin", now, 0, Long.MAX_VALUE / 2);
    long seconds = call.number("seconds", 0, 1, LONGEST_SECONDS);
    boolean untilWell = call.isTrue("untilWell");
    boolean downtime = kind.equals("downtime");
    var times = times(call);
    if (seconds == 0 && !untilWell && times.spans().isEmpty()) {
      throw new ApiException(
          400, "seconds is missing: how long it lasts (or give untilWell, or times)");
    }
    if (downtime && untilWell) {
      throw new ApiException(400, "untilWell belongs to a silence; a downtime has an end");
    }
    if (begin + seconds * 1000 <= now && seconds > 0) {
      throw new ApiException(400, "it would have ended already: look at begin and seconds");
    }
    var made =
        rooms
            .silences()
            .add(
                new Silence(
                    0,
                    downtime,
                    target(call),
                    checks(call),
                    begin,
                    seconds == 0 ? Long.MAX_VALUE : begin + seconds * 1000,
                    untilWell,
                    call.number("flexibleSeconds", 0, 1, LONGEST_SECONDS) * 1000,
                    0,
                    times,
                    call.caller().name(),
                    text(call, "reason")),
                now);
    rooms.intake().lookAgain();
    rooms.did(
        call.caller(),
        downtime ? "downtime.add" : "silence.add",
        String.valueOf(made.number()),
        Map.of("reason", made.reason()));
    return Replies.ok(json -> json.member("number", made.number()));
  }

  private static Period times(Call call) throws ApiException {
    var text = call.text("times");
    if (text.isEmpty()) {
      return Period.ALWAYS;
    }
    try {
      return Period.parse(text, ZoneId.of(call.text("timezone")));
    } catch (DateTimeException e) {
      throw new ApiException(
          400,
          "timezone is '" + call.text("timezone") + "', expected one such as Europe/Berlin or UTC");
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "times: " + e.getMessage());
    }
  }

  private static Target target(Call call) throws ApiException {
    try {
      return call.body().find("target").orElse(null) instanceof JsonObject object
          ? Target.read(object)
          : Target.ALL;
    } catch (BadPlanException e) {
      throw new ApiException(
          400,
          "the target is not as it should be",
          e.problems().stream().map(Problem::toString).toList());
    }
  }

  private static List<String> checks(Call call) throws ApiException {
    try {
      return call.body().texts("checks");
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  private Response end(Call call) throws ApiException {
    var word = call.path("number");
    boolean ended =
        word.matches("[0-9]{1,18}")
            && rooms.silences().end(Long.parseLong(word), rooms.clock().millis());
    if (!ended) {
      throw new ApiException(404, "there is no silence " + word + " that has not ended");
    }
    rooms.intake().lookAgain();
    rooms.did(call.caller(), "silence.end", word);
    return Replies.done();
  }
}
