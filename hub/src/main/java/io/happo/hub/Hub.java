package io.happo.hub;

import io.happo.hub.api.Access;
import io.happo.hub.api.ApiDoor;
import io.happo.hub.api.Rooms;
import io.happo.hub.classic.ClassicBook;
import io.happo.hub.classic.ClassicWatch;
import io.happo.hub.dashboards.DashboardBook;
import io.happo.hub.export.Export;
import io.happo.hub.export.StoredSamples;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.graphite.GraphiteDoor;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.link.LinkDoor;
import io.happo.hub.link.Runs;
import io.happo.hub.link.Sessions;
import io.happo.hub.manage.ManageDoor;
import io.happo.hub.notify.Notifier;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Agents;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Bundles;
import io.happo.hub.store.Channels;
import io.happo.hub.store.Checks;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.Dashboards;
import io.happo.hub.store.Events;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Messages;
import io.happo.hub.store.OutputBook;
import io.happo.hub.store.Plans;
import io.happo.hub.store.Results;
import io.happo.hub.store.Retention;
import io.happo.hub.store.SampleLog;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesNames;
import io.happo.hub.store.Silences;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.Tokens;
import io.happo.hub.store.Users;
import io.happo.hub.store.WebSessions;
import io.happo.hub.web.WebDoor;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Router;
import io.happo.program.Signals;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import io.happo.program.keys.KeyFiles;
import io.happo.program.keys.SigningKey;
import io.happo.program.log.Log;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The hub, put together in order and taken apart in reverse. */
final class Hub implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.hub");

  /** How long requests that have begun may take once the hub is told to stop. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private static final Duration REQUEST = Duration.ofSeconds(60);
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_BODY_BYTES = 16 << 20;
  private static final long MAX_HELD_BYTES = 256L << 20;

  /** Browsers, programs, and agents that come in before they are let in. */
  private static final int OTHER_CONNECTIONS = 2_000;

  private final HubSettings settings;
  private final ArrayDeque<AutoCloseable> rooms = new ArrayDeque<>();
  private String pin = ""; // Of the certificate that it started with.

  private Hub(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * Serves until SIGTERM or SIGINT.
   *
   * @param stderr told what was made and where the hub listens
   * @throws IOException when it cannot start: one line for the person who started it
   */
  static void run(String version, HubSettings settings, PrintStream stderr)
      throws IOException, InterruptedException {
    createData(settings.data());
    if (settings.logFile().isPresent()) {
      Log.open(settings.logFile().get(), settings.logLevel());
    } else {
      Log.toStandardError(settings.logLevel());
    }
    try (var hub = new Hub(settings)) {
      var running = new CompletableFuture<HttpsServer>();
      Signals.on("HUP", () -> hub.reload(running.join())); // It would end what starts.
      var server = hub.start(version, stderr);
      running.complete(server);
      var stop = new CountDownLatch(1);
      Signals.on("TERM", stop::countDown);
      Signals.on("INT", stop::countDown);
      stop.await();
      LOG.log(Level.INFO, "stopping: requests that have begun get {0} s", DRAIN.toSeconds());
      server.stop(DRAIN);
    } catch (StoreException | UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void createData(Path data) throws IOException {
    try {
      Directory.create(data);
    } catch (IOException e) {
      throw new IOException(
          "the data directory " + data + " cannot be made: " + Reason.of(e) + "; --data names one",
          e);
    }
  }

  private HttpsServer start(String version, PrintStream stderr) throws IOException {
    var clock = Clock.systemUTC();
    var data = settings.data();
    var identity = settings.keys().readOrMake(text -> stderr.println("happo-hub: " + text));
    var signing = SigningKey.open(data.resolve("signing.key"));
    var store = Store.open(data, settings.store());
    rooms.push(store);
    var values = new HubValues(store);
    var id = values.findOrSet("id", newId());
    var users = new Users(store);
    var apiTokens = new ApiTokens(store);
    var access = new Access(users, apiTokens, new WebSessions(store), clock);
    var fleet = new Fleet(new Agents(store), clock);
    var plans =
        new PlanBook(new Plans(store), new Bundles(store), values, fleet, signing::sign, clock);
    var channels = new Channels(store);
    var messages = new Messages(store);
    var secrets = Secrets.open(data.resolve("secrets.key"));
    var notifier = new Notifier(channels, messages, values, secrets, clock);
    rooms.push(notifier);
    var inventories = new Inventories(store);
    var forgetting =
        new Forgetting(
            new Retention(store),
            new AlertBook(store),
            messages,
            inventories,
            new SampleLog(store),
            values,
            settings.kept(),
            clock);
    rooms.push(forgetting);
    forgetting.start();
    var intake =
        new Intake(
            store,
            new FleetWorld(fleet, plans, notifier, clock),
            IntakeLimits.DEFAULT.withSeries(settings.maxSeries()),
            clock);
    rooms.push(intake);
    intake.start();
    var export =
        new Export(
            new OutputBook(store),
            new StoredSamples(new SampleLog(store)),
            new SeriesNames(store),
            fleet,
            new Checks(store),
            secrets,
            clock);
    rooms.push(export);
    export.start();
    Optional<GraphiteDoor> graphite = Optional.empty();
    if (settings.graphite().isPresent()) {
      var door = GraphiteDoor.start(settings.graphite().get(), fleet, intake::measured, clock);
      rooms.push(door);
      graphite = Optional.of(door);
      var at = door.address();
      stderr.println(
          "happo-hub: Graphite listening on "
              + at.getAddress().getHostAddress()
              + ":"
              + at.getPort()
              + " (TCP and UDP), without a password");
    }
    var classics = new ClassicBook(new ClassicHosts(store), fleet, clock);
    var classicWatch = new ClassicWatch(classics, fleet, plans, intake, clock);
    rooms.push(classicWatch);
    classicWatch.start();
    var runs = new Runs(clock);
    var results = new Results(store);
    var sessions = new Sessions(fleet, plans, intake, results, runs, clock, settings.maxAgents());
    var figures =
        new HubFigures(
            store,
            fleet,
            sessions,
            intake,
            messages,
            batch -> {
              var _ = intake.measured(0, batch); // What fails is told there.
            },
            clock);
    rooms.push(figures);
    figures.start();
    var router = new Router();
    var filled = new CountDownLatch(1); // Its address is known, and what is made of it is there.
    var server =
        HttpsServer.start(
            new HttpsServerSettings(
                settings.address(),
                settings.maxAgents() + OTHER_CONNECTIONS,
                MAX_HEADER_BYTES,
                MAX_BODY_BYTES,
                MAX_HELD_BYTES,
                REQUEST,
                Optional.empty()),
            identity,
            request -> {
              filled.await();
              return router.handle(request);
            });
    rooms.push(server);
    var url = url(server.address().getPort());
    pin = pin(identity);
    notifier.start(url);
    new LinkDoor(sessions, id, signing.publicKey(), List.of(url.getRawAuthority())).addTo(router);
    var asked =
        new Rooms(
            new Rooms.About(version, id, pin, url.toString()),
            store,
            access,
            users,
            apiTokens,
            new Audit(store),
            new Tokens(store),
            fleet,
            sessions,
            runs,
            plans,
            intake,
            new Checks(store),
            results,
            new Samples(store),
            new Events(store),
            new AlertBook(store),
            new Silences(store),
            messages,
            channels,
            notifier,
            new DashboardBook(new Dashboards(store), clock),
            export,
            graphite,
            inventories,
            classics,
            clock);
    new ApiDoor(asked).addTo(router, version);
    new WebDoor(asked).addTo(router);
    new ManageDoor(classics, settings.manageFrom()).addTo(router);
    filled.countDown();
    FirstStart.run(data, url.toString(), pin, users, access, stderr);
    stderr.println("happo-hub " + version + " listening on " + url);
    return server;
  }

  private URI url(int port) {
    return settings
        .publicUrl()
        .orElseGet(() -> URI.create("https://" + KeyFiles.hostName() + ":" + port));
  }

  private static String pin(Identity identity) {
    return HexFormat.of().formatHex(identity.pin().sha256());
  }

  private static String newId() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private synchronized void reload(HttpsServer server) {
    Log.reopen();
    try {
      Identity identity = settings.keys().read();
      server.use(identity);
      if (!pin.equals(pin(identity))) {
        LOG.log(
            Level.WARNING,
            "the certificate has another key: agents that have joined with a pin trust the old one"
                + " alone; put that back, or have them join again with tokens made after a restart"
                + " of this hub");
      }
      LOG.log(Level.INFO, "reloaded");
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.ERROR, "{0}; the certificate stays as it was", e.getMessage());
    }
  }

  @Override
  public void close() {
    while (!rooms.isEmpty()) {
      try {
        rooms.pop().close();
      } catch (Exception e) {
        LOG.log(Level.ERROR, "while stopping: {0}", e.getMessage());
      }
    }
  }
}
