package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
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
import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.core.link.LinkMessage;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Problem;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Rollout;
import io.happo.net.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The plan: its versions, what a new one would change, and how far the newest has come. */
final class PlanRoutes {
  private static final List<Field> CHANGES =
      List.of(
          Field.must("version", WHOLE, "The newest version now."),
          Field.must("applied", FLAG, "Whether it was made by this request."),
          Field.list(
              "changes",
              "By check and member.",
              List.of(
                  Field.must("kind", TEXT, "added, removed or changed."),
                  Field.must("check", TEXT, "Name of the check."),
                  Field.must("member", TEXT, "Which member; empty for the whole check."),
                  Field.must("before", TEXT, "What it was."),
                  Field.must("after", TEXT, "What it is."))),
          Field.must("unmatched", TEXTS, "Checks that no agent runs: a mistyped tag, perhaps."),
          Field.must("idle", TEXTS, "Rules of alerts that tell nothing, and why."));

  private final Rooms rooms;

  PlanRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/plan", VIEWER, "The plan's files", this::show)
            .asking(Field.of("version", WHOLE, "This version; the newest unless given."))
            .giving(
                Field.must("version", WHOLE, "Its number; 0 when there is none."),
                Field.must("files", OBJECT, "The documents by the names of their files."),
                Field.must("rollout", TEXT, "rolling, halted or complete."),
                Field.must("share", WHOLE, "Percent of the agents that get it first.")),
        Route.of("PUT", "/v1/plan", OPERATOR, "Make files the plan", this::apply)
            .taking(
                Field.must("files", OBJECT, "The documents by the names of their files."),
                Field.of("comment", TEXT, "Why."),
                Field.of("dryRun", FLAG, "Only tell what would change."),
                Field.of(
                    "share", WHOLE, "Percent of the agents that get it first; 100 unless given."))
            .giving(CHANGES),
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
            .giving(CHANGES),
        Route.of("GET", "/v1/agents/:agent/plan", VIEWER, "What an agent is to run", this::ofAgent)
            .giving(
                Field.must("hash", TEXT, "Of the document."),
                Field.must("document", TEXT, "As the agent gets it, JSON."),
                Field.must("leftOut", TEXTS, "Checks meant for it that are not in it, and why.")));
  }

  private Response show(Call call) throws ApiException {
    int version = call.query("version", 0, 0, Integer.MAX_VALUE);
    var files = rooms.plans().files(version);
    if (files.isEmpty() && version != 0) {
      throw new ApiException(404, "there is no version " + version + " of the plan");
    }
    var rollout = rooms.plans().rollout();
    return Replies.ok(
        json -> {
          json.member("version", version == 0 ? rollout.version() : version)
              .key("files")
              .raw(PlanBook.toJson(files.orElseGet(TreeMap::new)))
              .member("rollout", rollout.state().word())
              .member("share", rollout.share());
        });
  }

  private Response apply(Call call) throws ApiException {
    JsonObject object;
    try {
      object = call.body().requiredObject("files");
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
    var files = new TreeMap<String, JsonValue>();
    for (Map.Entry<String, JsonValue> file : object.members()) {
      files.put(file.getKey(), file.getValue());
    }
    boolean dry = call.body().find("dryRun").map(new JsonValue.Bool(true)::equals).orElse(false);
    int share = (int) call.number("share", 100, 1, 100);
    return apply(call, files, call.text("comment"), share, dry);
  }

  private Response apply(
      Call call, SortedMap<String, JsonValue> files, String comment, int share, boolean dry)
      throws ApiException {
    var before = rooms.plans().rollout();
    PlanBook.Applied applied;
    try {
      applied =
          dry
              ? rooms.plans().compare(files)
              : rooms.plans().apply(files, call.caller().name(), comment, share);
    } catch (BadPlanException e) {
      throw new ApiException(
          422,
          "the plan has "
              + ApiException.problems(e.problems().size())
              + ", and nothing was changed",
          e.problems().stream().map(Problem::toString).toList());
    } catch (PlanBook.ChangedMeanwhileException e) {
      rooms.sessions().offerPlans();
      rooms.intake().lookAgain(); // Of the version that was found.
      throw new ApiException(409, String.valueOf(e.getMessage()));
    }
    boolean made =
        applied.version() != before.version()
            || (!dry && share == 100 && before.state() != Rollout.State.COMPLETE);
    if (made) {
      rooms.sessions().offerPlans();
      rooms.intake().lookAgain();
      rooms.did(
          call.caller(),
          "plan.apply",
          String.valueOf(applied.version()),
          Map.of("comment", comment, "share", String.valueOf(share)));
    }
    return Replies.ok(json -> write(json, applied, made));
  }

  private void write(JsonWriter json, PlanBook.Applied applied, boolean made) {
    json.member("version", applied.version())
        .key("applied")
        .value(made)
        .key("changes")
        .beginArray();
    for (var change : applied.changes()) {
      json.beginObject()
          .member("kind", change.kind().name().toLowerCase(Locale.ROOT))
          .member("check", change.check())
          .member("member", change.member())
          .member("before", change.before())
          .member("after", change.after())
          .endObject();
    }
    json.endArray().key("unmatched");
    LinkMessage.write(json, applied.unmatched());
    json.key("idle");
    LinkMessage.write(json, idle(applied));
  }

  private List<String> idle(PlanBook.Applied applied) {
    var idle = new ArrayList<>(applied.idle());
    var known = rooms.notifier().channels();
    for (var channel : applied.channels()) {
      if (!known.contains(channel)) {
        idle.add(
            "there is no channel '"
                + channel
                + "' yet, by which rules tell"
                + Nearest.suggestion(channel, known));
      }
    }
    return idle;
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
    var files =
        rooms
            .plans()
            .files(number)
            .orElseThrow(
                () -> new ApiException(404, "there is no version " + number + " of the plan"));
    var comment = call.text("comment");
    return apply(
        call, files, comment.isEmpty() ? "back to version " + number : comment, 100, false);
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
