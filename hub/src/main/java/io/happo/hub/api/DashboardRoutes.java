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
import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.core.link.LinkMessage;
import io.happo.core.plan.Problem;
import io.happo.hub.dashboards.BadDashboardException;
import io.happo.hub.dashboards.Dashboard;
import io.happo.hub.dashboards.DashboardBook.ChangedMeanwhileException;
import io.happo.hub.dashboards.DashboardBook.Entry;
import io.happo.net.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Dashboards: looked at, kept, removed. */
final class DashboardRoutes {
  private static final Field BASE =
      Field.of(
          "base",
          WHOLE,
          "The revision that this was made from, 0: none that somebody made. When it is another one"
              + " by now nothing is changed and the answer is 409. Unless given, it does not"
              + " matter.");

  private static final List<Field> ABOUT =
      List.of(
          Field.must("name", TEXT, "Its name, a part of its address."),
          Field.must("title", TEXT, "What is written above it."),
          Field.must("revision", WHOLE, "Another one with each change; 0: it comes with the hub."),
          Field.must("comesWithHub", FLAG, "Whether nobody made it, or made it another one."),
          Field.must("graphs", WHOLE, "How many graphs it has."),
          Field.must("changedBy", TEXT, "Who changed it last; empty when it comes with the hub."),
          Field.must("changedAt", TIME, "When; 0 when it comes with the hub."));

  private final Rooms rooms;

  DashboardRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    var one = new ArrayList<>(ABOUT);
    one.add(Field.must("dashboard", OBJECT, "As files have it."));
    return List.of(
        Route.of("GET", "/v1/dashboards", VIEWER, "The dashboards", this::all)
            .giving(Field.list("dashboards", "By name.", ABOUT)),
        Route.of("GET", "/v1/dashboards/:name", VIEWER, "One dashboard", this::one).giving(one),
        Route.of("PUT", "/v1/dashboards/:name", OPERATOR, "Keep a dashboard", this::set)
            .taking(
                Field.must(
                    "dashboard",
                    OBJECT,
                    "As files have it; the documents tell its members. Without a name it has that"
                        + " of the path."),
                BASE,
                PlanApplying.DRY_RUN)
            .giving(
                Field.must("revision", WHOLE, "What it has now."),
                Field.must("added", FLAG, "Whether there was none of its name."),
                Field.must("changes", TEXTS, "What is other than before, for people.")),
        Route.of(
                "DELETE",
                "/v1/dashboards/:name",
                OPERATOR,
                "Remove a dashboard; one of its name that comes with the hub is there again",
                this::remove)
            .asking(BASE));
  }

  private Response all(Call call) {
    var all = rooms.dashboards().all();
    return Replies.ok(
        json -> {
          json.key("dashboards").beginArray();
          for (var entry : all) {
            about(json.beginObject(), entry).endObject();
          }
          json.endArray();
        });
  }

  private static JsonWriter about(JsonWriter json, Entry entry) {
    return json.member("name", entry.dashboard().name())
        .member("title", entry.dashboard().title())
        .member("revision", entry.revision())
        .key("comesWithHub")
        .value(entry.comesWithHub())
        .member("graphs", entry.dashboard().graphs().size())
        .member("changedBy", entry.changedBy())
        .member("changedAt", entry.changedAt());
  }

  private Response one(Call call) throws ApiException {
    var name = call.path("name");
    var entry = rooms.dashboards().find(name).orElseThrow(() -> missing(name));
    return Replies.ok(json -> entry.dashboard().write(about(json, entry).key("dashboard")));
  }

  private ApiException missing(String name) {
    var names = rooms.dashboards().all().stream().map(one -> one.dashboard().name()).toList();
    return new ApiException(
        404, "there is no dashboard '" + name + "'" + Nearest.suggestion(name, names));
  }

  private static JsonObject object(Call call) throws ApiException {
    try {
      return new JsonObject(call.body().requiredObject("dashboard").members(), "");
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
  }

  private Response set(Call call) throws ApiException {
    var name = call.path("name");
    var json = object(call);
    boolean dry = call.isTrue("dryRun");
    long base = call.number("base", -1, 0, Long.MAX_VALUE);
    try {
      var before = rooms.dashboards().find(name);
      var dashboard = Dashboard.read(json, name);
      var changes = before.map(entry -> dashboard.changes(entry.dashboard())).orElse(List.of());
      long revision = before.map(Entry::revision).orElse(0L);
      if (dry) {
        rooms.dashboards().check(dashboard, optional(base));
      } else if (revision == 0 || !changes.isEmpty()) {
        revision = keep(call, dashboard, base);
      }
      long now = revision;
      return Replies.ok(
          answer -> {
            answer.member("revision", now).key("added").value(before.isEmpty()).key("changes");
            LinkMessage.write(answer, changes);
          });
    } catch (BadDashboardException e) {
      throw new ApiException(
          422,
          "the dashboard has " + ApiException.problems(e.problems().size()),
          e.problems().stream().map(Problem::toString).toList());
    } catch (ChangedMeanwhileException e) {
      throw new ApiException(409, String.valueOf(e.getMessage()));
    }
  }

  private long keep(Call call, Dashboard dashboard, long base)
      throws BadDashboardException, ChangedMeanwhileException {
    long revision =
        rooms.dashboards().set(dashboard, call.caller().name(), optional(base)).revision();
    rooms.did(
        call.caller(),
        "dashboard.set",
        dashboard.name(),
        Map.of("revision", String.valueOf(revision)));
    return revision;
  }

  private static OptionalLong optional(long base) {
    return base < 0 ? OptionalLong.empty() : OptionalLong.of(base);
  }

  private Response remove(Call call) throws ApiException {
    var name = call.path("name");
    long base = call.query("base", -1L);
    try {
      if (!rooms.dashboards().remove(name, optional(base))) {
        throw rooms.dashboards().comesWithHub(name)
            ? new ApiException(
                409,
                "the dashboard '"
                    + name
                    + "' comes with the hub and stays; another one of its name hides it")
            : missing(name);
      }
    } catch (ChangedMeanwhileException e) {
      throw new ApiException(409, String.valueOf(e.getMessage()));
    }
    rooms.did(call.caller(), "dashboard.remove", name);
    return Replies.done();
  }
}
