package io.happo.agent;

import io.happo.agent.api.Api;
import io.happo.agent.autoscaling.AliasStore;
import io.happo.agent.autoscaling.AutoScaling;
import io.happo.agent.autoscaling.AutoScalingNode;
import io.happo.agent.autoscaling.CloudProgram;
import io.happo.agent.autoscaling.GroupsFile;
import io.happo.agent.buffer.DurableQueue;
import io.happo.agent.buffer.Limits;
import io.happo.agent.buffer.SnapshotStore;
import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.agent.cli.AllChecks;
import io.happo.agent.collectors.CollectorChecks;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.FilePages;
import io.happo.agent.exec.Insiders;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.facts.Facts;
import io.happo.agent.feeds.FeedSettings;
import io.happo.agent.feeds.Feeds;
import io.happo.agent.metrics.ActiveMetricConfig;
import io.happo.agent.metrics.Collector;
import io.happo.agent.metrics.MetricConfig;
import io.happo.agent.metrics.MetricConfigFile;
import io.happo.agent.metrics.MetricStore;
import io.happo.agent.nrpe.NrpeServer;
import io.happo.agent.nrpe.NrpeSettings;
import io.happo.agent.orders.HubChecks;
import io.happo.agent.orders.HubWork;
import io.happo.core.JsonWriter;
import io.happo.net.HttpsClient;
import io.happo.net.HttpsServer;
import io.happo.net.Identity;
import io.happo.net.Trust;
import io.happo.program.Signals;
import io.happo.program.keys.KeyFiles;
import io.happo.program.log.Log;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The daemon, put together in order and taken apart in reverse. Whatever can fail at the start
 * fails before the first connection is accepted, with one line that says what, where and what to
 * do.
 */
final class Daemon implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent");

  /** How long requests that have begun may take once the daemon is told to stop. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** A larger heap is collected, which else would happen only when it cannot grow any more. */
  private static final long USUAL_HEAP_BYTES = 10L * 1024 * 1024;

  /** How often memory is given back. */
  private static final Duration REST = Duration.ofMinutes(1);

  /** With more than this in memory sooner, but not without a pause. */
  private static final long MUCH_BYTES = 45L << 20;

  /** Or with so much more than was left when it was given back. */
  private static final long MORE_BYTES = 2L << 20;

  private static final Duration PAUSE = Duration.ofSeconds(6);

  /**
   * So many looks at the hub after the start, memory is given back with each: what only the start
   * uses, the first session with a hub, and the first run of each check.
   */
  private static final int SETTLING = 5;

  /** How soon the agent notices that it has joined or left. */
  private static final Duration HUB_LOOK = Duration.ofSeconds(2);

  /** What the buffer may take on the disk before the oldest batches go. */
  private static final long MAX_BUFFER_BYTES = 256L * 1024 * 1024;

  private final DaemonSettings settings;
  private final ActiveMetricConfig metricConfig;
  private final Exec exec;
  private final HttpsClient client;
  private final HttpsServer server;
  private final Optional<NrpeServer> nrpe;
  private @Nullable HubWork hubWork; // Of the main thread alone, as the next.
  private String hubProblem = "";
  private final AtomicReference<Optional<Consumer<JsonWriter>>> hubTold;
  private Identity lastIdentity;
  private final Optional<Feeds> feeds;
  private final MetricStore store;
  private final HubWork.Watchers watchers;
  private final ArrayDeque<AutoCloseable> measuring; // Closed before the hub goes.
  private final ArrayDeque<AutoCloseable> rooms;

  private Daemon(
      DaemonSettings settings,
      ActiveMetricConfig metricConfig,
      Exec exec,
      HttpsClient client,
      HttpsServer server,
      Identity identity,
      Optional<NrpeServer> nrpe,
      Optional<Feeds> feeds,
      MetricStore store,
      AtomicReference<Optional<Consumer<JsonWriter>>> hubTold,
      HubWork.Watchers watchers,
      ArrayDeque<AutoCloseable> measuring,
      ArrayDeque<AutoCloseable> rooms) {
    this.settings = settings;
    this.metricConfig = metricConfig;
    this.exec = exec;
    this.client = client;
    this.server = server;
    this.lastIdentity = identity;
    this.nrpe = nrpe;
    this.feeds = feeds;
    this.store = store;
    this.hubTold = hubTold;
    this.watchers = watchers;
    this.measuring = measuring;
    this.rooms = rooms;
  }

  /**
   * Serves until SIGTERM or SIGINT.
   *
   * @param supervision told how it stands
   * @param stderr told once where the daemon listens
   * @throws IOException when it cannot start: one line for the person who started it
   */
  static void run(
      String version, DaemonSettings settings, Supervision supervision, PrintStream stderr)
      throws IOException, InterruptedException {
    Log.open(settings.logFile(), settings.logLevel());
    settings.warnings().forEach(text -> LOG.log(Level.WARNING, text));
    var running = new CompletableFuture<Daemon>();
    Signals.on("HUP", () -> running.join().reload(supervision)); // It would end what starts.
    try (var _ = Profile.start(settings.cpuProfile());
        var daemon = start(version, settings, stderr)) {
      var stop = new CountDownLatch(1);
      running.complete(daemon);
      Signals.on("TERM", stop::countDown);
      Signals.on("INT", stop::countDown);
      stderr.println("happo-agent " + version + " listening on " + show(daemon.server.address()));
      daemon.nrpe.ifPresent(
          door -> stderr.println("happo-agent: NRPE listening on " + show(door.address())));
      if (daemon.feeds.isPresent()) {
        tell(daemon.feeds.get(), stderr);
      }
      supervision.ready();
      int looks = 0;
      do {
        giveMemoryBack();
      } while (!daemon.awaitStop(version, supervision, stop, looks++ < SETTLING ? HUB_LOOK : REST));
      supervision.stopping();
      LOG.log(Level.INFO, "stopping: requests that have begun get {0} s", DRAIN.toSeconds());
      daemon.drain();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "not started: {0}", e.getMessage());
      throw e;
    }
  }

  private static void tell(Feeds feeds, PrintStream stderr) {
    feeds
        .statsd()
        .ifPresent(at -> stderr.println("happo-agent: StatsD listening on " + show(at) + " (UDP)"));
    feeds
        .graphite()
        .ifPresent(
            at ->
                stderr.println(
                    "happo-agent: Graphite listening on " + show(at) + " (TCP and UDP)"));
  }

  /**
   * Waits, until there is much in memory at the most; begins and ends what is done for a hub as the
   * agent joins and leaves.
   */
  private boolean awaitStop(
      String version, Supervision supervision, CountDownLatch stop, Duration rest)
      throws InterruptedException {
    long begin = System.nanoTime();
    long end = begin + rest.toNanos();
    // It has just been given back: what is left now would be left again.
    long much = Math.max(MUCH_BYTES, FilePages.residentBytes() + MORE_BYTES);
    while (System.nanoTime() - end < 0) {
      lookForHub(version);
      if (supervision.isWanted()) {
        supervision.look(stuckPart(), how());
      }
      if (System.nanoTime() - begin > PAUSE.toNanos() && FilePages.residentBytes() > much) {
        return false;
      }
      if (stop.await(supervision.pause(HUB_LOOK).toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  /** What makes no progress of that without which the daemon is of no use; empty: all does. */
  private String stuckPart() {
    if (!exec.isWorking()) {
      return "commands";
    }
    if (!server.isAccepting()) {
      return "the HTTPS door";
    }
    if (nrpe.isPresent() && !nrpe.get().isAccepting()) {
      return "the NRPE door";
    }
    return hubWork == null || hubWork.isWorking() ? "" : "the checks of the plan";
  }

  /** One line for people. */
  private String how() {
    var work = hubWork;
    return "listening on "
        + show(server.address())
        + (work == null ? "; no hub" : "; hub: " + work.status().words());
  }

  private void lookForHub(String version) {
    var work = hubWork;
    try {
      boolean wanted = settings.hub().hasHub();
      if (wanted && work == null) {
        hubWork =
            HubWork.start(
                settings.hub(),
                version,
                exec,
                new PluginPaths(settings.nagiosPluginPaths()),
                watchers);
        FilePages.giveBack(); // Before the first session, which comes on top of it.
        hubTold.set(Optional.of(hubWork::write));
        store.use(hubWork::bring);
        metricConfig.also(hubWork::metrics);
        hubProblem = "";
      } else if (!wanted && work != null) {
        store.use(null);
        metricConfig.also(() -> MetricConfig.EMPTY);
        hubTold.set(Optional.empty());
        work.close();
        hubWork = null;
      }
    } catch (IOException e) {
      if (!hubProblem.equals(e.getMessage())) {
        hubProblem = String.valueOf(e.getMessage());
        LOG.log(Level.ERROR, "no work for the hub: {0}", hubProblem);
      }
    }
  }

  /** What a burst of requests left, and what only the start needed. */
  private static void giveMemoryBack() {
    if (Runtime.getRuntime().totalMemory() > USUAL_HEAP_BYTES) {
      System.gc();
    }
    FilePages.giveBack();
  }

  private static Daemon start(String version, DaemonSettings settings, PrintStream stderr)
      throws IOException {
    var rooms = new ArrayDeque<AutoCloseable>();
    var measuring = new ArrayDeque<AutoCloseable>();
    try {
      checkAuthorities(settings);
      if (settings.node().isPresent()) {
        settings.node().get().check();
      }
      var clock = Clock.systemUTC();
      var metricConfig = ActiveMetricConfig.read(new MetricConfigFile(settings.metricConfig()));
      var groups = GroupsFile.open(settings.autoScalingConfig());
      var queue =
          DurableQueue.open(
              settings.store(), new Limits(MAX_BUFFER_BYTES, settings.metricsMaxLifetime()), clock);
      rooms.push(queue);
      var store = new MetricStore(queue, clock);
      var feeds = feeds(settings.feeds(), store, clock);
      feeds.ifPresent(measuring::push);
      var snapshots =
          new SnapshotStore(
              settings.store().resolve("machine-state"), settings.machineStateMaxLifetime(), clock);
      var watchers = new HubWork.Watchers(new CollectorChecks(), new HubChecks(), store::append);
      var exec = new Exec(settings.exec(), insiders(settings, clock, watchers));
      rooms.push(exec);
      FilePages.giveBack(); // Before TLS, whose library comes on top of it.
      var client = new HttpsClient(settings.proxyTrust(), Optional.empty());
      rooms.push(client);
      var cloud = new CloudProgram(exec, settings.awsProgram());
      var aliases = AliasStore.open(settings.store().resolve("autoscaling.json"));
      var autoScaling = new AutoScaling(groups, aliases, cloud);
      var node = settings.node().map(how -> new AutoScalingNode(how, cloud, client, metricConfig));
      node.ifPresent(rooms::push);
      var nrpe = new AtomicReference<Optional<NrpeServer>>(Optional.empty());
      var hubTold = new AtomicReference<Optional<Consumer<JsonWriter>>>(Optional.empty());
      var api =
          new Api(
              version,
              settings.api(),
              new Api.Rooms(
                  exec,
                  new PluginPaths(settings.nagiosPluginPaths()),
                  store,
                  metricConfig,
                  snapshots,
                  client,
                  autoScaling,
                  node,
                  nrpe::get,
                  feeds,
                  hubTold::get,
                  clock));
      var nrpeSettings =
          settings.nrpe().isPresent()
              ? Optional.of(nrpeSettings(settings.nrpe().get()))
              : Optional.<NrpeSettings>empty();
      var identity = keys(settings).readOrMake(text -> stderr.println("happo-agent: " + text));
      client.use(identity);
      if (nrpeSettings.isPresent()) {
        var door =
            new NrpeServer(
                nrpeSettings.get(),
                identity,
                exec,
                settings.exec().environment(),
                settings.nrpe().get().explain(),
                clock);
        rooms.push(door);
        nrpe.set(Optional.of(door));
      }
      var server = HttpsServer.start(settings.server(), identity, api);
      rooms.push(server);
      if (settings.api().collecting()) {
        var collector =
            new Collector(
                exec,
                new PluginPaths(settings.sensuPluginPaths()),
                settings.api().commandTimeout(),
                metricConfig::all,
                store,
                clock);
        measuring.push(collector);
        collector.start();
      }
      node.ifPresent(AutoScalingNode::start);
      return new Daemon(
          settings,
          metricConfig,
          exec,
          client,
          server,
          identity,
          nrpe.get(),
          feeds,
          store,
          hubTold,
          watchers,
          measuring,
          rooms);
    } catch (IOException | RuntimeException e) {
      closeAll(measuring);
      closeAll(rooms);
      throw e;
    }
  }

  private static Insiders insiders(
      DaemonSettings settings, Clock clock, HubWork.Watchers watchers) {
    var memory = new MemoryFolder(settings.store().resolve("checks"));
    var checks = new AllChecks(watchers.checks(), watchers.hub());
    return new Insiders(
        new Builtins(checks, Machine.here(clock, memory)), settings.builtinChecks());
  }

  private static Optional<Feeds> feeds(FeedSettings settings, MetricStore store, Clock clock)
      throws IOException {
    return settings.wantsAny()
        ? Optional.of(Feeds.start(settings, store, Facts::hostname, clock))
        : Optional.empty();
  }

  /**
   * Does everything that can fail before it changes anything; what fails leaves the old in use and
   * says why.
   */
  private synchronized void reload(Supervision supervision) {
    supervision.reloading();
    Log.reopen();
    try {
      metricConfig.reload();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "{0}; the metric configuration stays as it was", e.getMessage());
    }
    try {
      var identity = keys(settings).read();
      server.use(identity);
      client.use(identity);
      lastIdentity = identity;
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.ERROR, "{0}; the certificate stays as it was", e.getMessage());
    }
    if (nrpe.isPresent() && settings.nrpe().isPresent()) {
      reload(nrpe.get(), settings.nrpe().get(), lastIdentity);
    }
    LOG.log(Level.INFO, "reloaded");
    supervision.ready();
  }

  private static void reload(NrpeServer door, NrpeOptions options, Identity identity) {
    try {
      door.use(nrpeSettings(options), identity);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "{0}; the NRPE configuration stays as it was", e.getMessage());
    }
  }

  /** What the options and their files say; what is doubtful about them is logged. */
  private static NrpeSettings nrpeSettings(NrpeOptions options) throws IOException {
    var reading = options.read();
    reading.warnings().forEach(warning -> LOG.log(Level.WARNING, "NRPE: {0}", warning));
    return reading.orThrow();
  }

  /** Both doors at once: what has begun shares the time. */
  private void drain() throws InterruptedException {
    var other = Thread.ofVirtual().start(() -> nrpe.ifPresent(door -> door.stop(DRAIN)));
    server.stop(DRAIN);
    other.join();
  }

  @Override
  public void close() {
    closeAll(measuring);
    if (hubWork != null) {
      store.use(null);
      hubWork.close();
    }
    closeAll(rooms);
  }

  /** Files of authorities that cannot be used are told before anything is made. */
  private static void checkAuthorities(DaemonSettings settings) throws IOException {
    if (settings.server().clientCa().isPresent()) {
      check("--client-ca", new Trust.Authorities(settings.server().clientCa().get()));
    }
    if (settings.proxyTrust() instanceof Trust.Authorities authorities) {
      check("--proxy-ca", authorities);
    }
  }

  private static void check(String option, Trust.Authorities authorities) throws IOException {
    try {
      authorities.check();
    } catch (IOException e) {
      throw new IOException(option + ": " + e.getMessage(), e);
    }
  }

  private static KeyFiles keys(DaemonSettings settings) {
    return new KeyFiles(
        settings.publicKey(), settings.privateKey(), "--public-key and --private-key");
  }

  private static String show(InetSocketAddress address) {
    var host = address.getAddress();
    var shown = host.isAnyLocalAddress() ? "*" : host.getHostAddress();
    return (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + address.getPort();
  }

  private static void closeAll(ArrayDeque<AutoCloseable> rooms) {
    while (!rooms.isEmpty()) {
      try {
        rooms.pop().close();
      } catch (Exception e) {
        LOG.log(Level.ERROR, "while stopping: {0}", e.getMessage());
      }
    }
  }
}
