package io.happo.hub.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.happo.hub.api.Access;
import io.happo.hub.api.Caller;
import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.store.Agents;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.Users.Role;
import io.happo.net.Headers;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The web page as a whole: who may see what, how it is drawn, and what is shown when it fails. */
public final class WebDoor {
  private static final System.Logger LOG = System.getLogger(WebDoor.class.getName());

  /**
   * Everything from this hub alone, and no program or style that stands in a page itself: what
   * somebody smuggles into a page does nothing.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  /** A store that takes nothing has no changes, and that is one. */
  private static final long ILL = 1L << 40;

  /** Messages that were refused so long ago are no news. */
  private static final long LATELY_MILLIS = Duration.ofDays(1).toMillis();

  private static final Caller NOBODY = new Caller("", Role.VIEWER);

  /** Makes a page. */
  @FunctionalInterface
  interface Maker {
    View make(Visit visit) throws Exception;
  }

  private final Rooms rooms;
  private final Assets assets = new Assets();
  private final Live live;
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, null, WebDoor.class.getPackageName());

  public WebDoor(Rooms rooms) {
    this.rooms = rooms;
    this.live = new Live(this::changes);
  }

  private long changes() {
    boolean ill = !rooms.intake().health().problem().isEmpty();
    return rooms.store().changes() + rooms.fleet().presences() + (ill ? ILL : 0);
  }

  /** Adds its pages and what they load. */
  public void addTo(Router router) {
    var overview = new OverviewPages(rooms);
    var agents = new AgentPages(rooms);
    var checks = new CheckPages(rooms);
    var inventory = new InventoryPages(rooms);
    var plan = new PlanPages(rooms);
    var alerts = new AlertPages(rooms);
    var dashboards = new DashboardPages(rooms);
    var people = new PeoplePages(rooms);
    page(router, "/", Role.VIEWER, overview::overview);
    page(router, "/agents", Role.VIEWER, agents::all);
    page(router, "/agents/:agent", Role.VIEWER, agents::one);
    page(router, "/agents/:agent/checks/:check", Role.VIEWER, checks::one);
    page(router, "/agents/:agent/inventory", Role.VIEWER, inventory::one);
    page(router, "/inventory", Role.VIEWER, inventory::all);
    page(router, "/join", Role.OPERATOR, agents::join);
    page(router, "/plan", Role.VIEWER, plan::plan);
    page(router, "/plan/new", Role.OPERATOR, plan::newCheck);
    page(router, "/plan/checks/:check", Role.VIEWER, plan::check);
    page(router, "/plan/files", Role.VIEWER, plan::files);
    page(router, "/plan/versions", Role.VIEWER, plan::versions);
    page(router, "/plan/versions/:version", Role.VIEWER, plan::version);
    page(router, "/alerts", Role.VIEWER, alerts::notes);
    page(router, "/alerts/silences", Role.VIEWER, alerts::silences);
    page(router, "/alerts/rules", Role.VIEWER, alerts::rules);
    page(router, "/alerts/rules/:rule", Role.VIEWER, alerts::rule);
    page(router, "/alerts/new", Role.OPERATOR, alerts::newRule);
    page(router, "/alerts/channels", Role.VIEWER, alerts::channels);
    page(router, "/dashboards", Role.VIEWER, dashboards::all);
    page(router, "/dashboards/new", Role.OPERATOR, dashboards::newOne);
    page(router, "/dashboards/:name", Role.VIEWER, dashboards::one);
    page(router, "/dashboards/:name/edit", Role.OPERATOR, dashboards::edit);
    page(router, "/users", Role.VIEWER, people::users);
    page(router, "/audit", Role.ADMIN, people::audit);
    router.add("GET", "/login", this::login);
    router.add("GET", "/live", this::live);
    assets.addTo(router);
    router.otherwise(this::otherwise);
  }

  private void page(Router router, String path, Role needs, Maker maker) {
    router.add("GET", path, request -> answer(request, needs, maker));
  }

  /** For whatever nothing else is there for: a page for people, and a line for programs. */
  private Response otherwise(Request request) {
    boolean isPerson =
        request.method().equals("GET")
            && request.headers().first("Accept").orElse("").contains("text/html");
    return isPerson
        ? answer(
            request,
            Role.VIEWER,
            _ ->
                error(
                    404, "There is no such page", "The address leads nowhere. It may be mistyped."))
        : Router.notFound();
  }

  private Response answer(Request request, Role needs, Maker maker) {
    long changes = changes();
    Access.Visitor visitor;
    try {
      var known = rooms.access().visitor(request);
      if (known.isEmpty()) {
        return toLogin(request);
      }
      visitor = known.get();
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "GET {0}: {1}", request.path(), e.getMessage());
      return draw(
          error(503, "The hub's store does not answer", "Try again in a moment."),
          new Access.Visitor(NOBODY, ""),
          changes);
    }
    return draw(make(request, visitor.caller(), needs, maker), visitor, changes);
  }

  private View make(Request request, Caller caller, Role needs, Maker maker) {
    if (caller.role().compareTo(needs) < 0) {
      return error(
          403,
          "This page is not for you",
          "It takes the role %s; you have %s. An admin can change that."
              .formatted(Words.role(needs), Words.role(caller.role())));
    }
    try {
      return maker.make(new Visit(request, caller, query(request.query()), rooms.clock().millis()));
    } catch (NoSuchAgentException e) {
      return error(404, "There is no such agent", capital(String.valueOf(e.getMessage())) + ".");
    } catch (NoSuchPageException e) {
      return error(404, "There is no such page", capital(String.valueOf(e.getMessage())) + ".");
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "GET {0}: {1}", request.path(), e.getMessage());
      return error(503, "The hub's store does not answer", "Try again in a moment.");
    } catch (Exception e) {
      LOG.log(Level.ERROR, "GET " + request.path() + " failed", e);
      return error(500, "The hub made a mistake", "Its log tells more.");
    }
  }

  private static View error(int status, String title, String text) {
    return new View(status, "error", "", title, new Problem(status, title, text));
  }

  private static String capital(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /**
   * What went wrong, for people.
   *
   * @param text what to do
   */
  record Problem(int status, String title, String text) {}

  private static Response toLogin(Request request) {
    var to = "/login?next=" + Words.url(request.target());
    // What a page asks for again in the background must not become a part of it.
    return request.headers().first("HX-Request").isPresent()
        ? new Response(401, Headers.of("HX-Redirect", to), new byte[0])
        : new Response(303, Headers.of("Location", to, "Cache-Control", "no-store"), new byte[0]);
  }

  private Response login(Request request) {
    var next = query(request.query()).getOrDefault("next", "/");
    // Nobody is sent elsewhere by a link to here.
    boolean isOurs =
        next.startsWith("/")
            && !next.startsWith("//")
            // Browsers leave tabs and line feeds out, and take a backslash for a slash.
            && next.chars().allMatch(c -> c > ' ' && c != '\\');
    return draw(
        View.of("login", "", "Log in", isOurs ? next : "/"),
        new Access.Visitor(NOBODY, ""),
        changes());
  }

  private Response live(Request request) {
    return rooms.access().visitor(request).isEmpty()
        ? Response.text(401, "log in first\n")
        : live.open(() -> rooms.access().visitor(request).isPresent());
  }

  private Map<String, String> undelivered() {
    try {
      return rooms.messages().undelivered(rooms.clock().millis() - LATELY_MILLIS);
    } catch (StoreException e) {
      return Map.of(); // The page itself says that the store does not answer.
    }
  }

  private Response draw(View view, Access.Visitor visitor, long changes) {
    var caller = visitor.caller();
    var shell =
        new Shell(
            view.title(),
            view.active(),
            caller.name(),
            caller.role(),
            visitor.csrf(),
            assets.path(),
            rooms.about().version(),
            rooms.intake().health().problem(),
            caller.equals(NOBODY) ? Map.of() : undelivered(),
            rooms.notifier().isOff(),
            changes,
            (int)
                rooms.fleet().everyone().stream()
                    .filter(member -> member.agent().state() == Agents.State.PENDING)
                    .count());
    var parameters = new HashMap<String, Object>();
    parameters.put("shell", shell);
    parameters.put("page", view.model());
    var output = new Utf8ByteOutput();
    templates.render(view.template() + ".jte", parameters, output);
    var body = new ByteArrayOutputStream(output.getContentLength());
    try {
      output.writeTo(body);
    } catch (IOException e) {
      throw new IllegalStateException(e); // It writes to memory.
    }
    return new Response(
        view.status(),
        Headers.of(
            "Content-Type", "text/html; charset=utf-8",
            "Cache-Control", "no-store",
            "Content-Security-Policy", POLICY,
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "X-Content-Type-Options", "nosniff"),
        body.toByteArray());
  }

  /** Names and values of a query; what is not encoded as it should be is left out. */
  private static Map<String, String> query(String query) {
    var values = new HashMap<String, String>();
    for (var part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        try {
          values.put(
              URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          // Nobody's link.
        }
      }
    }
    return values;
  }
}
