package io.happo.agent.api;

import io.happo.agent.autoscaling.AutoScaling;
import io.happo.agent.autoscaling.AutoScalingNode;
import io.happo.agent.buffer.SnapshotStore;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.feeds.Feeds;
import io.happo.agent.metrics.ActiveMetricConfig;
import io.happo.agent.metrics.MetricStore;
import io.happo.agent.nrpe.NrpeServer;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.net.Handler;
import io.happo.net.HttpsClient;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The whole API behind one handler. A connection passes the access list, each of its requests the
 * key, then its route; every answer is counted and, at level info, logged. Requests come on threads
 * of their own and may block.
 */
public final class Api implements Handler {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");

  /** One route that is asked with a JSON document. */
  @FunctionalInterface
  private interface JsonRoute {
    Response answer(JsonObject request) throws JsonException;
  }

  /** How one route says that a request is wrong. */
  @FunctionalInterface
  private interface Complaint {
    Response about(String message);
  }

  /**
   * What the API is to allow.
   *
   * @param allowedHosts addresses and networks that may ask, besides this machine
   * @param loopbackUsers when present, the only local users (with root and the agent's own) whom
   *     being local lets in
   * @param apiKeyFile holds the key that requests must carry
   * @param inventoryCommands the only commands that inventory may run; empty: any
   * @param shell whether options pass through {@code /bin/sh}
   * @param commandTimeout until a command is ended
   * @param proxyTimeout for the whole of one proxied request
   * @param maxProcesses for the message of a run that got no turn
   * @param errorLogIntervalSeconds the least time between two machine-state snapshots; empty: none
   * @param requestStatus whether {@code /status/request} exists
   * @param collecting whether metrics.yaml is being run, for {@code /status}
   */
  public record Settings(
      List<String> allowedHosts,
      Optional<List<String>> loopbackUsers,
      Optional<Path> apiKeyFile,
      Set<String> inventoryCommands,
      boolean shell,
      Duration commandTimeout,
      Duration proxyTimeout,
      int maxProcesses,
      OptionalLong errorLogIntervalSeconds,
      boolean requestStatus,
      boolean collecting) {
    /**
     * Looks whether an API can be made of them.
     *
     * @throws IOException when one names something that cannot be used: one line says what and what
     *     to do
     */
    public void check() throws IOException {
      var _ = access();
      var _ = key();
    }

    private AccessControl access() throws IOException {
      try {
        return loopbackUsers.isEmpty()
            ? AccessControl.of(allowedHosts, peer -> true)
            : AccessControl.of(allowedHosts, LocalUsers.of(loopbackUsers.get()));
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    private ApiKey key() throws IOException {
      return apiKeyFile.isEmpty() ? ApiKey.none() : ApiKey.read(apiKeyFile.get());
    }
  }

  /**
   * The rooms that the API asks.
   *
   * @param metricConfig what is being collected, replaced by an update
   * @param node this machine as an instance of an Auto Scaling group, where it is one
   * @param nrpe the NRPE door, once there is one
   * @param feeds what programs of this machine send, where it is taken
   * @param hub what tells, as members of an object, how it stands with the hub, once there is one
   */
  public record Rooms(
      Exec exec,
      PluginPaths nagiosPaths,
      MetricStore metrics,
      ActiveMetricConfig metricConfig,
      SnapshotStore snapshots,
      HttpsClient client,
      AutoScaling autoScaling,
      Optional<AutoScalingNode> node,
      Supplier<Optional<NrpeServer>> nrpe,
      Optional<Feeds> feeds,
      Supplier<Optional<Consumer<JsonWriter>>> hub,
      InstantSource clock) {}

  private final AccessControl access;
  private final LargeDocuments large = new LargeDocuments();
  private final ApiKey key;
  private final boolean countsUrls;
  private final RequestCounts counts;
  private final MetricsPage metricsPage;
  private final Router router = new Router();

  /**
   * @param version as {@code happo-agent --version} tells it
   * @throws IOException when a setting names something that cannot be used: one line says what and
   *     what to do
   */
  public Api(String version, Settings settings, Rooms rooms) throws IOException {
    access = settings.access();
    key = settings.key();
    countsUrls = settings.requestStatus();
    counts = new RequestCounts(rooms.clock());
    metricsPage =
        new MetricsPage(version, rooms.exec(), rooms.metrics(), rooms.nrpe(), rooms.feeds());
    routes(version, settings, rooms);
  }

  private void routes(String version, Settings settings, Rooms rooms) {
    var machineState =
        new MachineState(
            rooms.exec(), rooms.snapshots(), settings.errorLogIntervalSeconds(), rooms.clock());
    var policy =
        new PluginRoutes.Policy(
            settings.commandTimeout(),
            settings.shell(),
            settings.inventoryCommands(),
            settings.maxProcesses());
    var plugins = new PluginRoutes(rooms.exec(), rooms.nagiosPaths(), policy, machineState, large);
    var metrics = new MetricRoutes(rooms.metrics(), rooms.metricConfig());
    var hops = new Hops(rooms.client(), settings.proxyTimeout());
    var proxy = new ProxyRoute(hops, new AliasProxy(rooms.autoScaling(), hops));
    var status =
        new StatusRoutes(
            version,
            settings.collecting(),
            rooms.metrics(),
            rooms.nrpe(),
            rooms.hub(),
            rooms.clock());

    router.add("GET", "/", request -> Response.text(200, "OK"));
    post("/monitor", message -> Answers.result(400, 3, message), plugins::monitor);
    post("/inventory", message -> Answers.inventory(400, 3, message), plugins::inventory);
    router.add("POST", "/proxy", request -> proxy(proxy, request));
    post("/metric", message -> MetricRoutes.nothing(400, message), request -> metrics.collect());
    post("/metric/append", message -> Answers.status(400, "error", message), metrics::append);
    post(
        "/metric/config/update",
        message -> Answers.status(400, "NG", message),
        metrics::updateConfig);
    get("/metric/status", request -> MetricRoutes.moved());
    get("/status", request -> status.status(request.query().equals("callers=1")));
    get("/status/memory", request -> StatusRoutes.memory());
    if (settings.requestStatus()) {
      get("/status/request", request -> requestStatus());
    }
    get("/machine-state", request -> machineStates(machineState));
    get(
        "/machine-state/:key",
        request -> machineState(machineState, request.pathParameters().getOrDefault("key", "")));
    get("/metrics", request -> metricsPage.page());
    autoScalingRoutes(new AutoScalingRoutes(rooms.autoScaling(), hops), rooms.node());
  }

  private void autoScalingRoutes(AutoScalingRoutes routes, Optional<AutoScalingNode> node) {
    get("/status/autoscaling", request -> routes.status());
    get("/autoscaling", request -> routes.list());
    get("/autoscaling/resolve/:alias", routes::resolve);
    get("/autoscaling/health/:alias", routes::health);
    Complaint complaint = message -> Answers.status(400, "error", message);
    post(
        "/autoscaling/config/update",
        message -> Answers.status(400, "NG", message),
        routes::updateConfig);
    post("/autoscaling/refresh", complaint, routes::refresh);
    post("/autoscaling/delete", complaint, routes::delete);
    post(
        "/autoscaling/instance/register",
        message -> AutoScalingRoutes.notRegistered(400, message),
        routes::register);
    post(
        "/autoscaling/instance/deregister",
        message -> Answers.status(400, "NG", message),
        routes::deregister);
    node.ifPresent(
        self -> post("/autoscaling/leave", complaint, request -> AutoScalingRoutes.leave(self)));
  }

  @Override
  public Response handle(Request request) throws Exception {
    long begin = System.nanoTime();
    var response = router.handle(request);
    if (countsUrls) {
      counts.count(request.target(), response.status());
    }
    metricsPage.countRequest(response.status());
    if (LOG.isLoggable(Level.INFO)) {
      LOG.log(
          Level.INFO,
          "Access: {0} \"{1} {2}\" {3} {4} {5}",
          from(request),
          request.method(),
          request.target(),
          response.status(),
          response.body().length,
          (System.nanoTime() - begin) / 1_000_000);
    }
    return response;
  }

  @Override
  public Optional<Response> refuse(InetSocketAddress peer) {
    if (access.allows(peer)) {
      return Optional.empty();
    }
    LOG.log(Level.ERROR, "Access Denied RemoteAddr={0}", peer.getAddress().getHostAddress());
    var answer = denied();
    metricsPage.countRequest(answer.status());
    return Optional.of(answer);
  }

  /**
   * Whom the log names: what a proxy in front says, else the socket's peer. Never used to let in.
   */
  private static String from(Request request) {
    return request
        .headers()
        .first("X-Real-IP")
        .or(() -> request.headers().first("X-Forwarded-For"))
        .orElseGet(
            () -> request.peer().getAddress().getHostAddress() + ":" + request.peer().getPort());
  }

  private static Response denied() {
    return Answers.refusal(403, "Access Denied");
  }

  /** A route without a body: its key, when there is one, comes in a header. */
  private void get(String path, Handler route) {
    router.add(
        "GET",
        path,
        request -> key.admits(request) ? route.handle(request) : denied(request, false));
  }

  private void post(String path, Complaint complaint, JsonRoute route) {
    router.add(
        "POST",
        path,
        request -> {
          JsonObject json;
          try {
            json = parse(request);
          } catch (JsonException e) {
            return key.admits(request) ? refused(request, complaint, e) : denied(request, false);
          }
          if (!key.admits(request, json)) {
            return denied(request, ApiKey.isCarried(json));
          }
          try {
            return route.answer(json);
          } catch (JsonException e) {
            return refused(request, complaint, e);
          }
        });
  }

  /** A request that is not understood: told to who asked, and in the log. */
  private static Response refused(Request request, Complaint complaint, JsonException e) {
    var reason = String.valueOf(e.getMessage());
    LOG.log(
        Level.WARNING,
        "answered 400 to {0} \"{1} {2}\": {3}",
        from(request),
        request.method(),
        request.target(),
        reason);
    return complaint.about(reason);
  }

  /** Names the socket's peer, whatever a header says. */
  private static Response denied(Request request, boolean isInBody) {
    boolean isCarried = isInBody || request.headers().first("Authorization").isPresent();
    LOG.log(
        Level.WARNING,
        "{0} API key: RemoteAddr={1} \"{2} {3}\"",
        isCarried ? "wrong" : "missing",
        request.peer().getAddress().getHostAddress(),
        request.method(),
        request.target());
    return denied();
  }

  private JsonObject parse(Request request) throws JsonException {
    return large.work(request.body().length, () -> Json.parseObject(request.body()));
  }

  /** The outer request of the original's clients carries no key; the one inside does. */
  private Response proxy(ProxyRoute route, Request request) {
    boolean isAdmitted = key.admits(request);
    boolean isCarried = false;
    try {
      var json = parse(request);
      isAdmitted = isAdmitted || key.admits(request, json);
      isCarried = ApiKey.isCarried(json);
      var read = ProxyRoute.Request.read(json);
      isAdmitted = isAdmitted || key.admits(request, read.inner());
      isCarried = isCarried || ApiKey.isCarried(read.inner());
      return isAdmitted ? route.proxy(read) : denied(request, isCarried);
    } catch (JsonException e) {
      return isAdmitted
          ? refused(request, message -> Answers.result(400, 3, message), e)
          : denied(request, isCarried);
    }
  }

  private Response requestStatus() {
    var json = new JsonWriter();
    counts.write(json);
    return Answers.json(200, json);
  }

  private static Response machineStates(MachineState states) throws IOException {
    var keys = states.keys();
    var json = new JsonWriter().beginObject().key("keys").beginArray();
    keys.forEach(json::value);
    return Answers.json(keys.isEmpty() ? 404 : 200, json.endArray().endObject());
  }

  private static Response machineState(MachineState states, String key) throws IOException {
    var text = states.find(key);
    return text.isPresent()
        ? Answers.json(
            200, new JsonWriter().beginObject().member("machineState", text.get()).endObject())
        : Answers.json(
            404,
            new JsonWriter().beginObject().member("error", "no machine state " + key).endObject());
  }
}
