package io.happo.hub;

import io.happo.core.MetricBatch;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.intake.Intake;
import io.happo.hub.link.Sessions;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.Troubles;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the hub says of itself: each minute it is measured, and stored like what agents bring, of
 * the host {@value #HOST}. Names end in their unit; one that counts things has none.
 * docs/dashboards.md lists them.
 */
final class HubFigures implements AutoCloseable {
  /** Whose values these are. */
  static final String HOST = "@hub";

  /** Takes what was measured; what becomes of it is for intake to tell. */
  @FunctionalInterface
  interface Door {
    void bring(MetricBatch batch) throws InterruptedException;
  }

  private static final System.Logger LOG = System.getLogger("io.happo.hub");
  private static final Duration EVERY = Duration.ofMinutes(1);

  /** Messages that were given up so long ago are no news. */
  private static final long LATELY_MILLIS = Duration.ofDays(1).toMillis();

  private static final List<String> STATUSES = List.of("ok", "warning", "critical", "unknown");

  /**
   * What is only ever added to.
   *
   * @param nanos when it was so much
   * @param cpuNanos of all threads
   */
  private record Totals(long nanos, long storedItems, long commits, long cpuNanos) {}

  private final Store store;
  private final Fleet fleet;
  private final Sessions sessions;
  private final Intake intake;
  private final Messages messages;
  private final Troubles troubles;
  private final Door door;
  private final InstantSource clock;
  private final Thread thread = Thread.ofVirtual().name("hub-figures").unstarted(this::run);
  private Totals before;

  HubFigures(
      Store store,
      Fleet fleet,
      Sessions sessions,
      Intake intake,
      Messages messages,
      Door door,
      InstantSource clock) {
    this.store = store;
    this.fleet = fleet;
    this.sessions = sessions;
    this.intake = intake;
    this.messages = messages;
    this.troubles = new Troubles(store);
    this.door = door;
    this.clock = clock;
    this.before = totals();
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        long minute = EVERY.toMillis();
        Thread.sleep(minute - clock.millis() % minute);
        try {
          door.bring(measure());
        } catch (StoreException e) {
          LOG.log(Level.WARNING, "the hub is not measured now: {0}", e.getMessage());
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "the hub cannot be measured", e);
        }
      }
    } catch (InterruptedException e) {
      // The hub stops.
    }
  }

  private Totals totals() {
    var health = intake.health();
    return new Totals(
        System.nanoTime(),
        health.storedItems(),
        health.groups(),
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos());
  }

  /** All of it as it is now; what is per second is since the last time. */
  MetricBatch measure() {
    var now = new TreeMap<String, Double>();
    agents(now);
    var counts = troubles.counts();
    for (int status = 0; status < counts.length; status++) {
      now.put("happo.hub.checks;status=" + STATUSES.get(status), (double) counts[status]);
    }
    now.put("happo.hub.sessions", (double) sessions.count());
    var health = intake.health();
    now.put("happo.hub.waiting.items", (double) health.waitingItems());
    now.put("happo.hub.waiting.bytes", (double) health.waitingBytes());
    now.put(
        "happo.hub.messages;state=waiting",
        messages.waiting().values().stream().mapToDouble(Long::doubleValue).sum());
    now.put(
        "happo.hub.messages;state=failed",
        (double) messages.givenUp(clock.millis() - LATELY_MILLIS));
    now.put("happo.hub.store.bytes", (double) store.bytes());
    var runtime = Runtime.getRuntime();
    now.put("happo.hub.memory.bytes", (double) (runtime.totalMemory() - runtime.freeMemory()));
    now.put("happo.hub.threads", (double) ManagementFactory.getThreadMXBean().getThreadCount());
    rates(now);
    return new MetricBatch(HOST, clock.millis() / 1_000, now);
  }

  private void agents(SortedMap<String, Double> now) {
    int connected = 0;
    int away = 0;
    int waiting = 0;
    for (var member : fleet.everyone()) {
      var state = member.agent().state();
      connected += state == State.JOINED && member.isConnected() ? 1 : 0;
      away += state == State.JOINED && !member.isConnected() ? 1 : 0;
      waiting += state == State.PENDING ? 1 : 0;
    }
    now.put("happo.hub.agents;state=connected", (double) connected);
    now.put("happo.hub.agents;state=away", (double) away);
    now.put("happo.hub.agents;state=waiting", (double) waiting);
  }

  private void rates(SortedMap<String, Double> now) {
    var totals = totals();
    double seconds = Math.max(1, totals.nanos() - before.nanos()) / 1e9;
    now.put("happo.hub.stored.persecond", (totals.storedItems() - before.storedItems()) / seconds);
    now.put("happo.hub.commits.persecond", (totals.commits() - before.commits()) / seconds);
    now.put("happo.hub.cpu.percent", (totals.cpuNanos() - before.cpuNanos()) / 1e9 / seconds * 100);
    before = totals;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
