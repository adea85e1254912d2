package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.OBJECT;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.store.Users.Role.OPERATOR;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Nearest;
import io.happo.hub.fleet.PlanEdit;
import io.happo.net.Response;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One check or rule of the plan is set or taken out; what comes of it is applied as a whole. */
final class PlanEditRoutes {
  private static final int MAX_FILE_NAME = 128;

  private final Rooms rooms;
  private final PlanApplying applying;

  PlanEditRoutes(Rooms rooms) {
    this.rooms = rooms;
    this.applying = new PlanApplying(rooms);
  }

  private static final Field CREATE =
      Field.of("create", FLAG, "true: only when there is none of that name yet.");

  /** The newest plan, as an edit finds it. */
  private record Newest(long version, SortedMap<String, JsonValue> files) {}

  List<Route> routes() {
    return List.of(
        Route.of("PUT", "/v1/plan/checks/:check", OPERATOR, "Set one check", this::setCheck)
            .taking(
                Field.must(
                    "check",
                    OBJECT,
                    "As in a plan; without a name it has that of the path, with another one it is"
                        + " renamed."),
                Field.of(
                    "file",
                    TEXT,
                    "The document that it goes into; unless given, the one that has it, and"
                        + " web.yaml for a new one."),
                Field.of(
                    "script",
                    TEXT,
                    "The text of its script: of the one among the plan's scripts that the check"
                        + " names, whoever else runs it; else its own."),
                CREATE,
                PlanApplying.BASE,
                PlanApplying.COMMENT,
                PlanApplying.DRY_RUN,
                PlanApplying.SHARE)
            .giving(PlanApplying.CHANGES),
        Route.of(
                "DELETE",
                "/v1/plan/checks/:check",
                OPERATOR,
                "Take one check out",
                call -> remove(call, PlanEdit.Section.CHECKS, "check", "check"))
            .asking(PlanApplying.BASE, PlanApplying.COMMENT, PlanApplying.DRY_RUN)
            .giving(PlanApplying.CHANGES),
        Route.of("PUT", "/v1/plan/alerts/:rule", OPERATOR, "Set one rule of alerts", this::setRule)
            .taking(
                Field.must(
                    "rule",
                    OBJECT,
                    "As under alerts in a plan; without a name it has that of the path, with"
                        + " another one it is renamed."),
                CREATE,
                PlanApplying.BASE,
                PlanApplying.COMMENT,
                PlanApplying.DRY_RUN,
                PlanApplying.SHARE)
            .giving(PlanApplying.CHANGES),
        Route.of(
                "DELETE",
                "/v1/plan/alerts/:rule",
                OPERATOR,
                "Take one rule of alerts out",
                call -> remove(call, PlanEdit.Section.ALERTS, "rule", "alert"))
            .asking(PlanApplying.BASE, PlanApplying.COMMENT, PlanApplying.DRY_RUN)
            .giving(PlanApplying.CHANGES));
  }

  private Newest newest() {
    long version = rooms.plans().rollout().version();
    return new Newest(
        version, version == 0 ? new TreeMap<>() : rooms.plans().files(version).orElseThrow());
  }

  private static JsonObject object(Call call, String member) throws ApiException {
    try {
      return new JsonObject(call.body().requiredObject(member).members(), "");
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  private Response setCheck(Call call) throws ApiException {
    var name = call.path("check");
    var check = object(call, "check");
    var file = call.text("file");
    if (file.length() > MAX_FILE_NAME) {
      throw new ApiException(
          400, "file has more than " + MAX_FILE_NAME + " characters, give the name of a document");
    }
    var script = call.body().find("script").isPresent() ? call.text("script") : null;
    var newest = newest();
    refuseKnown(call, newest, PlanEdit.Section.CHECKS, name, "check");
    return applying.apply(
        call,
        PlanEdit.setCheck(newest.files(), name, check, file, Optional.ofNullable(script)),
        PlanApplying.Manner.of(call).unlessSaid("check " + name + " set", newest.version()));
  }

  private Response setRule(Call call) throws ApiException {
    var name = call.path("rule");
    var rule = object(call, "rule");
    var newest = newest();
    refuseKnown(call, newest, PlanEdit.Section.ALERTS, name, "rule");
    return applying.apply(
        call,
        PlanEdit.setRule(newest.files(), name, rule),
        PlanApplying.Manner.of(call).unlessSaid("alert " + name + " set", newest.version()));
  }

  private static void refuseKnown(
      Call call, Newest newest, PlanEdit.Section section, String name, String kind)
      throws ApiException {
    if (call.isTrue("create") && PlanEdit.names(newest.files(), section).contains(name)) {
      throw new ApiException(409, "the plan has a " + kind + " '" + name + "' already");
    }
  }

  private Response remove(Call call, PlanEdit.Section section, String path, String kind)
      throws ApiException {
    var name = call.path(path);
    var newest = newest();
    var left = PlanEdit.remove(newest.files(), section, name);
    if (left.isEmpty()) {
      throw new ApiException(
          404,
          "the plan has no "
              + kind
              + " '"
              + name
              + "'"
              + Nearest.suggestion(name, PlanEdit.names(newest.files(), section)));
    }
    return applying.apply(
        call,
        left.get(),
        PlanApplying.Manner.ofQuery(call)
            .unlessSaid(kind + " " + name + " removed", newest.version()));
  }
}
