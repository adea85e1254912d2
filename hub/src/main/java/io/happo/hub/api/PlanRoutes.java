package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.OBJECT;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.link.LinkMessage;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.yaml.BadYamlException;
import io.happo.hub.yaml.YamlText;
import io.happo.net.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The plan: its versions, what a new one would change, and how far the newest has come. */
final class PlanRoutes {
  private static final List<String> FORMS = List.of("json", "yaml");

  private final Rooms rooms;
  private final PlanApplying applying;

  PlanRoutes(Rooms rooms) {
    this.rooms = rooms;
    this.applying = new PlanApplying(rooms);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/plan", VIEWER, "The plan's files", this::show)
            .asking(
                Field.of("version", WHOLE, "This version; the newest unless given."),
                Field.of(
                    "form", TEXT, "json, or yaml: each document as a text; json unless given."))
            .giving(
                Field.must("version", WHOLE, "Its number; 0 when there is none."),
                Field.must("files", OBJECT, "The documents by the names of their files."),
                Field.must("rollout", TEXT, "rolling, halted or complete."),
                Field.must("share", WHOLE, "Percent of the agents that get it first.")),
        Route.of("PUT", "/v1/plan", OPERATOR, "Make files the plan", this::apply)
            .taking(
                Field.must(
                    "files",
                    OBJECT,
                    "The documents by the names of their files; one that is a string is read as"
                        + " YAML."),
                PlanApplying.BASE,
                PlanApplying.COMMENT,
                PlanApplying.DRY_RUN,
                PlanApplying.SHARE)
            .giving(PlanApplying.CHANGES),
        Route.of("GET", "/v1/plan/versions", VIEWER, "The versions of the plan", this::versions)
            .asking(Field.of("limit", WHOLE, "At most so many, the newest; 50 unless given."))
            .giving(
                Field.list(
                    "versions",
                    "The newest first.",
                    List.of(
                        Field.must("version", WHOLE, "Number."),
                        Field.must("author", TEXT, "Who made it."),
                        Field.must("createdAt", TIME, "When."),
                        Field.must("comment", TEXT, "Why.")))),
        Route.of(
                "POST",
                "/v1/plan/rollback",
                OPERATOR,
                "Make an earlier version the plan again",
                this::rollBack)
            .taking(Field.must("version", WHOLE, "Which one."), Field.of("comment", TEXT, "Why."))
            .giving(PlanApplying.CHANGES),
        Route.of("GET", "/v1/agents/:agent/plan", VIEWER, "What an agent is to run", this::ofAgent)
            .giving(
                Field.must("hash", TEXT, "Of the document."),
                Field.must("document", TEXT, "As the agent gets it, JSON."),
                Field.must("leftOut", TEXTS, "Checks meant for it that are not in it, and why.")));
  }

  private Response show(Call call) throws ApiException {
    int asked = call.query("version", 0, 0, Integer.MAX_VALUE);
    var form = call.query("form").orElse("json");
    if (!FORMS.contains(form)) {
      throw new ApiException(400, "form is '" + form + "', expected json or yaml");
    }
    var rollout = rooms.plans().rollout();
    // Files and number of one version: a change may be made from them.
    long version = asked == 0 ? rollout.version() : asked;
    SortedMap<String, JsonValue> files = version == 0 ? new TreeMap<>() : files(version);
    if (form.equals("yaml")) {
      files.replaceAll((_, document) -> new JsonValue.Text(YamlText.write(document)));
    }
    return Replies.ok(
        json -> {
          json.member("version", version)
              .key("files")
              .raw(PlanBook.toJson(files))
              .member("rollout", rollout.state().word())
              .member("share", rollout.share());
        });
  }

  private SortedMap<String, JsonValue> files(long version) throws ApiException {
    return rooms
        .plans()
        .files(version)
        .orElseThrow(
            () -> new ApiException(404, "there is no version " + version + " of the plan"));
  }

  private Response apply(Call call) throws ApiException {
    JsonObject object;
    try {
      object = call.body().requiredObject("files");
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
    var files = new TreeMap<String, JsonValue>();
    var problems = new ArrayList<String>();
    for (Map.Entry<String, JsonValue> file : object.members()) {
      var name = file.getKey();
      try {
        files.put(
            name,
            file.getValue() instanceof JsonValue.Text yaml
                ? YamlText.read(name, yaml.value())
                : file.getValue());
      } catch (BadYamlException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw PlanApplying.refusal(problems);
    }
    return applying.apply(call, files, PlanApplying.Manner.of(call));
  }

  private Response versions(Call call) throws ApiException {
    int limit = call.query("limit", 50, 1, 10_000);
    var versions = rooms.plans().versions();
    return Replies.ok(
        json -> {
          json.key("versions").beginArray();
          for (var version : versions.subList(0, Math.min(limit, versions.size()))) {
            json.beginObject()
                .member("version", version.number())
                .member("author", version.author())
                .member("createdAt", version.createdAt())
                .member("comment", version.comment())
                .endObject();
          }
          json.endArray();
        });
  }

  private Response rollBack(Call call) throws ApiException {
    long number = call.number("version", 0, 1, Long.MAX_VALUE);
    var files = files(number);
    var comment = call.text("comment");
    return applying.apply(
        call,
        files,
        new PlanApplying.Manner(
            comment.isEmpty() ? "back to version " + number : comment,
            100,
            false,
            OptionalLong.empty()));
  }

  private Response ofAgent(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    var document =
        rooms
            .plans()
            .wanted(member)
            .orElseThrow(() -> new ApiException(409, String.join("; ", member.planProblems())));
    return Replies.ok(
        json -> {
          json.member("hash", document.hash()).member("document", document.text()).key("leftOut");
          LinkMessage.write(json, member.planProblems());
        });
  }
}
