package io.happo.agent.orders;

import io.happo.agent.buffer.Limits;
import io.happo.agent.buffer.Outbox;
import io.happo.agent.collectors.CollectorChecks;
import io.happo.agent.collectors.CollectorSettings;
import io.happo.agent.collectors.Collectors;
import io.happo.agent.collectors.Values;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.facts.Facts;
import io.happo.agent.metrics.MetricConfig;
import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.scheduler.PlanFile;
import io.happo.agent.uplink.HubMembership;
import io.happo.agent.uplink.Uplink;
import io.happo.agent.uplink.UplinkSettings;
import io.happo.core.JsonWriter;
import io.happo.core.link.Item;
import io.happo.program.files.Directory;
import io.happo.program.keys.SigningKey;
import io.happo.program.schedule.Scheduler;
import io.happo.program.schedule.SchedulerSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that the agent does for a hub, put together: the outbox, the scheduler, the link, and what
 * comes over it. Nothing of it exists as long as there is no hub.
 */
public final class HubWork implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HubWork.class.getName());
  private static final long MAX_OUTBOX_BYTES = 256L << 20;
  private static final Duration MAX_OUTBOX_AGE = Duration.ofDays(7);

  /**
   * What it is told at its start.
   *
   * @param folder its own folder
   * @param tags what the agent's settings say it is
   * @param mayRun what a hub may have run here
   * @param invitation a hub to join
   * @param environment of what is run
   * @param leaveAtStop whether the agent leaves the fleet when it is stopped
   */
  public record Settings(
      Path folder,
      Map<String, String> tags,
      HubMayRun mayRun,
      Optional<UplinkSettings.Invitation> invitation,
      Map<String, String> environment,
      boolean leaveAtStop) {
    /** Whether there is a hub, or one to join. */
    public boolean hasHub() {
      return invitation.isPresent() || Files.exists(folder.resolve(HubMembership.FILE_NAME));
    }
  }

  private final Settings settings;
  private final String id;
  private final Outbox outbox;
  private final RoomForMetrics metrics;
  private final PlanOrders plans;
  private final Scheduler scheduler;
  private final Collectors collectors;
  private final Watchers watchers;
  private final Uplink uplink;

  /**
   * Who else sees what is kept running.
   *
   * @param checks tells how it is
   * @param hub tells of the hub's name
   * @param values gets what they measure
   */
  public record Watchers(CollectorChecks checks, HubChecks hub, Values values) {}

  private HubWork(
      Settings settings,
      String id,
      Outbox outbox,
      PlanOrders plans,
      Scheduler scheduler,
      Collectors collectors,
      Watchers watchers,
      Uplink uplink) {
    this.settings = settings;
    this.id = id;
    this.plans = plans;
    this.outbox = outbox;
    this.metrics =
        new RoomForMetrics(() -> outbox.stats().bytesOnDisk(), MAX_OUTBOX_BYTES, Clock.systemUTC());
    this.scheduler = scheduler;
    this.collectors = collectors;
    this.watchers = watchers;
    this.uplink = uplink;
  }

  /**
   * Begins.
   *
   * @throws IOException one line for the person who started the agent
   */
  public static HubWork start(
      Settings settings, String version, Exec exec, PluginPaths paths, Watchers watchers)
      throws IOException {
    var folder = settings.folder();
    Directory.create(folder);
    var clock = Clock.systemUTC();
    var outbox =
        Outbox.open(folder.resolve("outbox"), new Limits(MAX_OUTBOX_BYTES, MAX_OUTBOX_AGE), clock);
    var collectors =
        new Collectors(
            new CollectorSettings(
                exec,
                settings.environment(),
                folder.resolve("collectors").toAbsolutePath().normalize(),
                event -> append(outbox, event),
                Facts::hostname,
                clock),
            watchers.values());
    boolean begun = false;
    try {
      var work = start(settings, version, exec, paths, watchers, collectors, clock, outbox);
      begun = true;
      return work;
    } finally {
      if (!begun) {
        collectors.close();
        outbox.close(); // The next try has to find its folder free.
      }
    }
  }

  private static HubWork start(
      Settings settings,
      String version,
      Exec exec,
      PluginPaths paths,
      Watchers watchers,
      Collectors collectors,
      Clock clock,
      Outbox outbox)
      throws IOException {
    var folder = settings.folder();
    var bundles = new BundleFolder(folder.resolve("bundles"));
    var runner = new CheckRunner(exec, paths, bundles, settings.environment());
    var id = SigningKey.open(folder.resolve("hub.key")).id();
    var scheduler =
        new Scheduler(
            new SchedulerSettings(
                id, SchedulerSettings.DEFAULT_MAX_RUNNING, ZoneId.systemDefault()),
            runner,
            outbox::append,
            clock,
            System::nanoTime);
    var links = new Uplink[1];
    var plans =
        new PlanOrders(
            settings.mayRun(),
            new PlanFile(folder.resolve("plan.json")),
            bundles,
            digest -> links[0].fetchBundle(digest),
            () -> signer(folder),
            scheduler,
            collectors::use);
    var runs =
        new RunOrders(
            settings.mayRun(),
            plans::plan,
            runner,
            folder.resolve("runs"),
            () -> signer(folder),
            clock);
    var uplink =
        new Uplink(
            new UplinkSettings(folder, version, settings.tags(), settings.invitation()),
            outbox,
            plans,
            runs,
            clock);
    links[0] = uplink;
    plans.resume();
    uplink.start();
    append(
        outbox,
        new Item.Event(
            "agent-started",
            clock.millis(),
            "the agent " + version + " has started",
            new TreeMap<>()));
    watchers.checks().see(collectors);
    watchers.hub().see(uplink);
    scheduler.start();
    return new HubWork(settings, id, outbox, plans, scheduler, collectors, watchers, uplink);
  }

  private static void append(Outbox outbox, Item.Event event) {
    try {
      outbox.append(event);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event={0} lost: {1}", event.name(), e.getMessage());
    }
  }

  private static Optional<byte[]> signer(Path folder) {
    try {
      return HubMembership.read(folder.resolve(HubMembership.FILE_NAME))
          .map(HubMembership::signingKey)
          .filter(key -> !key.isEmpty())
          .map(Base64.getDecoder()::decode);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0}", e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Brings the hub what was measured, as {@link Outbox#append(java.util.List)} does; some is left
   * out, and counted, while {@link RoomForMetrics} has no room for it.
   *
   * @throws IOException one line; the hub does not get it
   */
  public void bring(List<? extends Item> items) throws IOException {
    outbox.append(metrics.of(items));
  }

  /** What the plan says is to be collected. */
  public MetricConfig metrics() {
    var wanted = plans.plan().map(document -> document.plan().metrics()).orElse(List.of());
    return wanted.isEmpty()
        ? MetricConfig.EMPTY
        : new MetricConfig(
            List.of(
                new MetricConfig.Host(
                    Facts.hostname(),
                    wanted.stream()
                        .map(one -> new MetricConfig.Plugin(one.name(), one.shellArguments()))
                        .toList())));
  }

  /** Whether the checks of the plan are looked at. */
  public boolean isWorking() {
    return scheduler.isLooking();
  }

  /** Tells how it stands, as members of an object, for {@code /status}. */
  public void write(JsonWriter json) {
    var link = uplink.status();
    var checks = scheduler.counts();
    var waiting = outbox.stats();
    json.member("state", link.state().name().toLowerCase(Locale.ROOT))
        .member("problem", link.problem())
        .member("refusal", link.refusal())
        .member("agent", id)
        .member("plan", plans.hash())
        .member("plan_problem", plans.refused())
        .member("may_run", settings.mayRun().word())
        .member("checks", checks.planned())
        .member("running", checks.running())
        .member("results", checks.results())
        .member("lost", checks.lost())
        .member("missed", checks.missed())
        .member("waiting_records", waiting.records())
        .member("waiting_bytes", waiting.bytesOnDisk());
  }

  /** How it stands with the hub. */
  public Uplink.Status status() {
    return uplink.status();
  }

  /** Ends what runs, says goodbye, and closes; what was measured until then is kept. */
  @Override
  public void close() {
    scheduler.close();
    watchers.checks().see(null);
    watchers.hub().see(null);
    collectors.close();
    boolean leaving = settings.leaveAtStop();
    boolean told = uplink.close(leaving);
    if (leaving && (told || settings.invitation().isPresent())) {
      forgetHub();
    }
    try {
      outbox.close();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "while closing the outbox: {0}", e.getMessage());
    }
  }

  /** So that the next start joins, where the agent is invited, instead of coming as a stranger. */
  private void forgetHub() {
    try {
      Files.deleteIfExists(settings.folder().resolve(HubMembership.FILE_NAME));
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the hub is still known here: {0}", e.getMessage());
    }
  }
}
