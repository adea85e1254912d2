package io.happo.hub.link;

import io.happo.core.JsonException;
import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.store.Agents;
import io.happo.hub.store.StoreException;
import io.happo.net.Headers;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import io.happo.net.WebSocketSettings;
import io.happo.net.WebSocketUpgrade;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Where agents come in over HTTPS: to join, to open their session, and to fetch bundles. */
public final class LinkDoor {
  private static final System.Logger LOG = System.getLogger(LinkDoor.class.getName());
  private static final String BEARER = "Bearer ";

  /** Bundles that are read and sent at once: each is in memory as a whole, twice. */
  private static final int MAX_BUNDLES = 16;

  /** Half of the time that an agent waits. */
  private static final Duration BUNDLE_WAIT = Duration.ofSeconds(30);

  private static final WebSocketSettings SETTINGS =
      new WebSocketSettings(Link.MAX_MESSAGE_BYTES, Link.PING_EVERY, Link.MISSED_PINGS);

  private final Sessions sessions;
  private final Fleet fleet;
  private final PlanBook plans;
  private final String hubId;
  private final String signingKey;
  private final List<String> addresses;
  private final Semaphore sending = new Semaphore(MAX_BUNDLES);

  /**
   * @param signingKey by which agents know what the hub has signed, base64
   * @param addresses where else the hub is reached, host:port
   */
  public LinkDoor(Sessions sessions, String hubId, String signingKey, List<String> addresses) {
    this.sessions = sessions;
    this.fleet = sessions.fleet();
    this.plans = sessions.plans();
    this.hubId = hubId;
    this.signingKey = signingKey;
    this.addresses = List.copyOf(addresses);
  }

  /** Adds its routes. */
  public void addTo(Router router) {
    router.add("GET", Link.PATH, this::open);
    router.add("POST", Link.JOIN_PATH, this::join);
    router.add("GET", Link.BUNDLE_PATH + ":sha256", this::bundle);
  }

  private Response open(Request request) {
    if (sessions.isFull()) {
      return later("this hub has as many agents as it may");
    }
    return Response.webSocket(
        new WebSocketUpgrade(
            Optional.of(Link.SUBPROTOCOL),
            SETTINGS,
            socket -> new AgentSession(sessions, hubId, addresses, socket).begin()));
  }

  private Response join(Request request) {
    Join.Request asked;
    try {
      asked = Join.Request.read(request.body());
    } catch (JsonException e) {
      return Response.text(400, e.getMessage() + "\n");
    }
    Agents.Joining joining;
    try {
      joining = fleet.join(asked);
    } catch (IllegalArgumentException e) {
      return Response.text(400, e.getMessage() + "\n");
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "an agent cannot join: {0}", e.getMessage());
      return later("this hub cannot store anything now");
    }
    var agent = joining.agent();
    if (agent != null && agent.state() == Agents.State.REVOKED) {
      return refused(
          Join.Reason.REVOKED,
          "this agent was taken out of the fleet; an operator lets it in again by"
              + " 'happo-hub agent approve "
              + agent.name()
              + "'");
    }
    return switch (joining.token()) {
      case GOOD -> joined(request, joining);
      case EXPIRED ->
          refused(Join.Reason.TOKEN_EXPIRED, "the token's time is over: make another one");
      case USED_UP ->
          refused(
              Join.Reason.TOKEN_USED_UP,
              "the token was used as often as it may be: make another one");
      case UNKNOWN, REVOKED ->
          refused(Join.Reason.TOKEN_UNKNOWN, "this hub does not know the token");
    };
  }

  private Response joined(Request request, Agents.Joining joining) {
    var agent = joining.agent();
    if (agent == null) {
      throw new IllegalStateException("a good token brought no agent");
    }
    boolean pending = agent.state() == Agents.State.PENDING;
    LOG.log(
        Level.INFO,
        "agent={0} id={1} joined pending={2} from={3}",
        agent.name(),
        agent.id(),
        pending,
        request.peer().getAddress().getHostAddress());
    return json(200, new Join.Accepted(pending, hubId, signingKey).toJson());
  }

  private static Response refused(Join.Reason reason, String message) {
    return json(403, new Join.Refused(reason, message).toJson());
  }

  private static Response json(int status, byte[] body) {
    return new Response(status, Headers.of("Content-Type", "application/json"), body);
  }

  private static Response later(String why) {
    int seconds = ThreadLocalRandom.current().nextInt(5, 30);
    return new Response(
        503,
        Headers.of(
            "Content-Type", "text/plain; charset=utf-8", "Retry-After", String.valueOf(seconds)),
        (why + ": come again in " + seconds + " seconds\n")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private Response bundle(Request request) throws InterruptedException {
    var authorization = request.headers().first("Authorization").orElse("");
    if (!authorization.startsWith(BEARER)
        || !sessions.isBearer(authorization.substring(BEARER.length()))) {
      return Router.notFound();
    }
    if (!sending.tryAcquire(BUNDLE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      return later("this hub sends as many bundles as it may");
    }
    boolean found = false;
    try {
      var bytes = plans.content(request.pathParameters().getOrDefault("sha256", ""));
      found = bytes.isPresent();
      return found
          ? new Response(
              200,
              Headers.of("Content-Type", "application/octet-stream"),
              bytes.orElseThrow(),
              _ -> sending.release())
          : Router.notFound();
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "a bundle cannot be read: {0}", e.getMessage());
      return later("this hub cannot read its store now");
    } finally {
      if (!found) {
        sending.release();
      }
    }
  }
}
