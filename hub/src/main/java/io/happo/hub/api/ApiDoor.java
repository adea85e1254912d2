package io.happo.hub.api;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.store.StoreException;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The API as a whole: finds out who asks and whether they may, checks the members of the request
 * against the route's table, has it answered, and makes errors of what goes wrong.
 */
public final class ApiDoor {
  private static final System.Logger LOG = System.getLogger(ApiDoor.class.getName());

  /** Where the API's own description is. */
  static final String DOCUMENT = "/v1/openapi.json";

  private static final Caller NOBODY = new Caller("", io.happo.hub.store.Users.Role.VIEWER);

  private final Access access;
  private final List<Route> routes;

  /**
   * @param rooms what the routes need
   */
  public ApiDoor(Rooms rooms) {
    this.access = rooms.access();
    var all = new ArrayList<Route>();
    all.addAll(new AccessRoutes(rooms).routes());
    all.addAll(new AgentRoutes(rooms).routes());
    all.addAll(new AlertRoutes(rooms).routes());
    all.addAll(new ArchiveRoutes(rooms).routes());
    all.addAll(new ChannelRoutes(rooms).routes());
    all.addAll(new CheckRoutes(rooms).routes());
    all.addAll(new DashboardRoutes(rooms).routes());
    all.addAll(new InventoryRoutes(rooms).routes());
    all.addAll(new ClassicRoutes(rooms).routes());
    all.addAll(new MetricRoutes(rooms).routes());
    all.addAll(new OutputRoutes(rooms).routes());
    all.addAll(new PlanEditRoutes(rooms).routes());
    all.addAll(new PlanRoutes(rooms).routes());
    all.addAll(new RehearsalRoutes(rooms).routes());
    all.addAll(new ReportRoutes(rooms).routes());
    all.addAll(new RunRoutes(rooms).routes());
    all.addAll(new ScrapeRoutes(rooms).routes());
    all.addAll(new SeriesRoutes(rooms).routes());
    this.routes = List.copyOf(all);
  }

  List<Route> routes() {
    return routes;
  }

  /** Adds its routes, and its description. */
  public void addTo(Router router, String version) {
    for (var route : routes) {
      router.add(route.method(), route.path(), request -> answer(route, request));
    }
    var document = OpenApi.of(routes, version);
    router.add("GET", DOCUMENT, _ -> Replies.text("application/json", document));
  }

  private Response answer(Route route, Request request) {
    try {
      Optional<Caller> caller =
          route.needs().isEmpty() ? Optional.of(NOBODY) : access.caller(request);
      if (caller.isEmpty()) {
        return Replies.problem(
            401, "log in first, or bring an API token: Authorization: Bearer TOKEN");
      }
      var needed = route.needs();
      if (needed.isPresent() && caller.get().role().compareTo(needed.get()) < 0) {
        return Replies.problem(
            403,
            "this takes the role "
                + Access.word(needed.get())
                + ", you have "
                + Access.word(caller.get().role()));
      }
      var body = route.takes().isEmpty() ? new JsonObject(List.of(), "") : body(route, request);
      var query =
          request.query().isEmpty()
              ? Map.<String, List<String>>of()
              : Call.queryOf(request.query());
      check(route, query);
      return route.answering().answer(new Call(request, caller.get(), body, query));
    } catch (ApiException e) {
      return Replies.problem(e.status(), String.valueOf(e.getMessage()), e.problems());
    } catch (Fleet.NoSuchAgentException e) {
      return Replies.problem(404, String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "{0} {1}: {2}", route.method(), route.path(), e.getMessage());
      return e.reason() == StoreException.Reason.FULL
          ? Replies.problem(507, "the hub's disk is full: nothing was changed")
          : Replies.problem(503, "the hub's store does not answer now: nothing was changed");
    } catch (Exception e) {
      LOG.log(Level.ERROR, route.method() + " " + route.path() + " failed", e);
      return Replies.problem(500, "this hub made a mistake; its log tells more");
    }
  }

  private static JsonObject body(Route route, Request request) throws ApiException {
    JsonValue value;
    try {
      value =
          request.body().length == 0 ? new JsonObject(List.of(), "") : Json.parse(request.body());
    } catch (JsonException e) {
      throw new ApiException(400, "the body is " + e.getMessage());
    }
    if (!(value instanceof JsonObject object)) {
      throw new ApiException(400, "the body is " + value.kind() + ", expected an object");
    }
    var problems = new ArrayList<String>();
    check(route.takes(), object, "", problems);
    if (!problems.isEmpty()) {
      throw new ApiException(
          400, "the request is not as it should be: " + problems.getFirst(), problems);
    }
    return object;
  }

  private static void check(
      List<Field> fields, JsonObject object, String place, List<String> problems) {
    for (var member : object.members()) {
      if (fields.stream().noneMatch(field -> field.name().equals(member.getKey()))) {
        problems.add(
            place
                + member.getKey()
                + ": nobody knows this member; expected "
                + String.join(", ", fields.stream().map(Field::name).toList()));
      }
    }
    for (var field : fields) {
      var value = object.find(field.name());
      if (value.isEmpty()) {
        if (field.required()) {
          problems.add(place + field.name() + " is missing: " + field.kind().words + " is needed");
        }
      } else if (!field.kind().accepts(value.get())) {
        problems.add(
            place
                + field.name()
                + " is "
                + value.get().kind()
                + ", expected "
                + field.kind().words);
      }
    }
  }

  private static void check(Route route, Map<String, List<String>> query) throws ApiException {
    for (var name : query.keySet()) {
      if (route.query().stream().noneMatch(field -> field.name().equals(name))) {
        throw new ApiException(
            400,
            "the query has '"
                + name
                + "', which this route does not know"
                + (route.query().isEmpty()
                    ? ""
                    : "; it knows "
                        + String.join(", ", route.query().stream().map(Field::name).toList())));
      }
    }
  }
}
