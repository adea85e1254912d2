package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.ADMIN;

import io.happo.core.JsonWriter;
import io.happo.core.link.LinkMessage;
import io.happo.hub.export.OutputKind;
import io.happo.hub.export.Outputs;
import io.happo.net.Response;
import java.util.List;
import java.util.Map;

/** Where what was measured is sent on to. What is secret goes in, and never comes out. */
final class OutputRoutes {
  private final Rooms rooms;

  OutputRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/outputs", ADMIN, "The outputs, and how they fare", this::all)
            .giving(
                Field.list(
                    "outputs",
                    "By name.",
                    List.of(
                        Field.must("name", TEXT, "Its name."),
                        Field.must("kind", TEXT, "remote-write, otlp or graphite."),
                        Field.must("settings", MAP, "Those that are not secret."),
                        Field.must("changedBy", TEXT, "Who set it."),
                        Field.must("changedAt", TIME, "When."),
                        Field.must(
                            "waitingEntries",
                            WHOLE,
                            "Entries of the log that the other side has not: what an agent brought"
                                + " at once is one."),
                        Field.must(
                            "waitingMillis",
                            WHOLE,
                            "For how long the first of these has waited; 0 when none does."),
                        Field.of(
                            "takenAt", TIME, "When it took something last, since the hub started."),
                        Field.must(
                            "problem",
                            TEXT,
                            "Why it takes nothing now, and what to do; empty when it does."),
                        Field.of("problemSince", TIME, "Since when."),
                        Field.must("sentValues", WHOLE, "Since the hub started."),
                        Field.must(
                            "refusedValues",
                            WHOLE,
                            "That it will never take, and were dropped, since the hub started."),
                        Field.must(
                            "lostEntries",
                            WHOLE,
                            "Of the log, which were gone before it took them, since the hub"
                                + " started."),
                        Field.must(
                            "dropped", TEXT, "Why the last of these were; empty when none.")))),
        Route.of("PUT", "/v1/outputs/:name", ADMIN, "Add an output, or change one", this::set)
            .taking(
                Field.must("kind", TEXT, "As above."),
                Field.must(
                    "settings",
                    MAP,
                    "By name; a secret that is missing stays as it was, an empty one is cleared."
                        + " Which there are for each kind stands in the documents.")),
        Route.of("DELETE", "/v1/outputs/:name", ADMIN, "Remove an output", this::remove),
        Route.of("POST", "/v1/outputs/:name/test", ADMIN, "Send one value", this::trial)
            .giving(
                Field.must("delivered", FLAG, "Whether it was taken."),
                Field.must("problem", TEXT, "Why not.")));
  }

  private Outputs outputs() {
    return rooms.export().outputs();
  }

  private Response all(Call call) {
    var all = outputs().all();
    return Replies.ok(
        json -> {
          json.key("outputs").beginArray();
          all.forEach(output -> write(json, output));
          json.endArray();
        });
  }

  private static void write(JsonWriter json, Outputs.Status output) {
    json.beginObject().member("name", output.name()).member("kind", output.kind()).key("settings");
    LinkMessage.write(json, output.settings());
    json.member("changedBy", output.changedBy())
        .member("changedAt", output.changedAt())
        .member("waitingEntries", output.lagEntries())
        .member("waitingMillis", output.lagMillis());
    output.takenAt().ifPresent(time -> json.member("takenAt", time));
    json.member("problem", output.problem());
    output.problemSince().ifPresent(time -> json.member("problemSince", time));
    json.member("sentValues", output.sent())
        .member("refusedValues", output.refused())
        .member("lostEntries", output.lostEntries())
        .member("dropped", output.dropped())
        .endObject();
  }

  private Response set(Call call) throws ApiException {
    var name = call.pathName("name");
    var kind = call.oneOf("kind", OutputKind.values(), OutputKind::word);
    var problems = outputs().set(name, kind, call.texts("settings"), call.caller().name());
    if (!problems.isEmpty()) {
      throw new ApiException(422, "the settings are not as they should be", problems);
    }
    rooms.did(call.caller(), "output.set", name, Map.of("kind", kind.word()));
    return Replies.done();
  }

  private Response remove(Call call) throws ApiException {
    var name = call.path("name");
    if (!outputs().remove(name)) {
      throw new ApiException(404, "there is no output '" + name + "'");
    }
    rooms.did(call.caller(), "output.remove", name);
    return Replies.done();
  }

  private Response trial(Call call) throws ApiException, InterruptedException {
    var name = call.path("name");
    if (outputs().all().stream().noneMatch(output -> output.name().equals(name))) {
      throw new ApiException(404, "there is no output '" + name + "'");
    }
    rooms.does(call.caller(), "output.test", name, Map.of());
    var problem = outputs().trial(name);
    return Replies.ok(
        json ->
            json.key("delivered").value(problem.isEmpty()).member("problem", problem.orElse("")));
  }
}
