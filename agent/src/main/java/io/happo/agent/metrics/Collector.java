package io.happo.agent.metrics;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.agent.exec.PluginPaths;
import io.happo.core.MetricBatch;
import io.happo.core.MetricLines;
import io.happo.core.Utf8;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs every plugin of metrics.yaml once a minute. At each full minute a round begins; within it
 * each plugin starts after an offset of its own, the same every minute, so that a machine is not
 * hit by all at once. What failed, timed out or printed nonsense is missing from its host's batch
 * and logged, the rest is there. The batches of a round are kept together, in the order of the
 * file; a host that is not done after {@link #PATIENCE} is kept when it is. A plugin that is still
 * running when its next turn comes is left out of that round.
 */
public final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.metrics");

  private static final Duration SPREAD_PER_PLUGIN = Duration.ofMillis(250);
  private static final Duration MAX_SPREAD = Duration.ofSeconds(20);

  /** How long the rounds may take to be cut short: that of a plugin that has to be killed. */
  private static final Duration CUT = Duration.ofSeconds(5);

  private static final MetricLines NOTHING = MetricLines.parse("");

  /** How long the batches of a round wait for the slowest host. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Exec exec;
  private final PluginPaths paths;
  private final Duration timeout;
  private final Supplier<MetricConfig> config;
  private final MetricStore store;
  private final InstantSource clock;
  private final Map<Turn, Thread> running = new ConcurrentHashMap<>();
  private final ExecutorService rounds = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread thread = Thread.ofVirtual().name("collector").unstarted(this::everyMinute);
  private volatile boolean closed;

  private record Turn(String hostname, MetricConfig.Plugin plugin) {
    private String key() {
      return hostname + "\0" + plugin.name() + "\0" + plugin.option();
    }

    Duration offset(Duration spread) {
      return Duration.ofMillis(Math.floorMod(key().hashCode(), spread.toMillis()));
    }
  }

  public Collector(
      Exec exec,
      PluginPaths paths,
      Duration timeout,
      Supplier<MetricConfig> config,
      MetricStore store,
      InstantSource clock) {
    this.exec = exec;
    this.paths = paths;
    this.timeout = timeout;
    this.config = config;
    this.store = store;
    this.clock = clock;
  }

  /** Begins with the next full minute. */
  public void start() {
    thread.start();
  }

  /** Ends what runs, and keeps what has been measured. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    rounds.shutdown();
    running.values().forEach(Thread::interrupt);
    try {
      if (!rounds.awaitTermination(CUT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.log(Level.ERROR, "metrics of this minute are lost: they were not kept in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void everyMinute() {
    try {
      while (!closed) {
        Thread.sleep(untilNextMinute(clock.millis()));
        long second = clock.instant().getEpochSecond();
        var hosts = config.get().hosts();
        begin(hosts, second);
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      // Closed.
    }
  }

  /**
   * Time to the next full minute, more than none: a round that woke at its minute is not followed
   * by a second one.
   */
  static Duration untilNextMinute(long nowMillis) {
    return Duration.ofMillis(60_000 - Math.floorMod(nowMillis, 60_000));
  }

  void begin(List<MetricConfig.Host> hosts, long second) {
    rounds.execute(() -> round(hosts, second));
  }

  /** Runs all plugins once and keeps what they measured under the second of the round. */
  void round(List<MetricConfig.Host> hosts, long second) {
    var spread = spread(hosts);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var batches = new ArrayList<Future<Optional<MetricBatch>>>();
      for (var host : hosts) {
        batches.add(threads.submit(() -> measure(host, spread, threads)));
      }
      long patience = System.nanoTime() + PATIENCE.toNanos();
      var together = new ArrayList<MetricBatch>();
      var late = new ArrayList<Future<Optional<MetricBatch>>>();
      for (var batch : batches) {
        try {
          batch.get(patience - System.nanoTime(), TimeUnit.NANOSECONDS).ifPresent(together::add);
        } catch (TimeoutException e) {
          late.add(batch);
        }
      }
      keep(second, together);
      for (var batch : late) {
        keep(second, batch.get().stream().toList());
      }
    } catch (ExecutionException e) {
      LOG.log(Level.ERROR, "metrics of this minute are lost: {0}", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(long second, List<MetricBatch> batches) {
    try {
      store.append(second, batches);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "metrics of this minute are lost: {0}", e.getMessage());
    }
  }

  /** All plugins of a round start within this time. */
  private static Duration spread(List<MetricConfig.Host> hosts) {
    long plugins = hosts.stream().mapToLong(host -> host.plugins().size()).sum();
    var wanted = SPREAD_PER_PLUGIN.multipliedBy(Math.max(1, plugins));
    return wanted.compareTo(MAX_SPREAD) < 0 ? wanted : MAX_SPREAD;
  }

  private Optional<MetricBatch> measure(
      MetricConfig.Host host, Duration spread, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    var metrics = new TreeMap<String, Double>();
    var newest = OptionalLong.empty();
    var results = new ArrayList<Future<MetricLines>>();
    for (var plugin : host.plugins()) {
      results.add(threads.submit(turn(new Turn(host.hostname(), plugin), spread)));
    }
    for (var result : results) {
      var lines = result.get();
      metrics.putAll(lines.metrics());
      newest = later(newest, lines.newest());
    }
    return newest.isPresent()
        ? Optional.of(new MetricBatch(host.hostname(), newest.getAsLong(), metrics))
        : Optional.empty();
  }

  private Callable<MetricLines> turn(Turn turn, Duration spread) {
    return () -> {
      if (running.putIfAbsent(turn, Thread.currentThread()) != null) {
        LOG.log(Level.WARNING, "still running, left out this minute: {0}", turn.plugin().name());
        return NOTHING;
      }
      try {
        Thread.sleep(closed ? Duration.ZERO : turn.offset(spread));
        return closed ? NOTHING : run(turn.plugin());
      } catch (InterruptedException e) {
        return NOTHING; // Closed before its turn came.
      } catch (RuntimeException | StackOverflowError e) {
        return failed(turn.plugin().name(), String.valueOf(e.getMessage()));
      } finally {
        running.remove(turn);
      }
    };
  }

  private MetricLines run(MetricConfig.Plugin plugin) {
    var path = paths.find(plugin.name());
    if (path.isEmpty()) {
      var last = paths.directories().getLast().resolve(plugin.name());
      LOG.log(Level.ERROR, "Plugin not found:{0}", last);
      return NOTHING;
    }
    var command = Command.shell(path.get() + " " + plugin.option());
    return exec.run(command, timeout, outcome -> measured(path.get().toString(), outcome));
  }

  private MetricLines measured(String path, Outcome outcome) {
    if (outcome instanceof Outcome.Exited exited) {
      return exited.status() == 0
          ? measured(path, exited)
          : failed(path, "exit status " + exited.status());
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      return failed(
          path,
          closed ? "the agent stops" : "no end after " + timedOut.elapsed().toSeconds() + " s");
    }
    return failed(path, ((Outcome.NotStarted) outcome).reason());
  }

  private static MetricLines failed(Object path, String why) {
    LOG.log(Level.ERROR, "Fail to get metrics:{0} ({1})", path, why);
    return NOTHING;
  }

  private static MetricLines measured(String path, Outcome.Exited exited) {
    var lines = MetricLines.parse(Utf8.decode(exited.stdout().bytes()));
    if (exited.stdout().droppedBytes() > 0) {
      return failed(
          path, "more output than is kept: --max-output-bytes, or 8 MiB of all commands at once");
    }
    if (!lines.unparsable().isEmpty()) {
      LOG.log(
          Level.ERROR, "Failed to parse values: {0} ({1})", lines.unparsable().getFirst(), path);
      return NOTHING;
    }
    var metrics = new TreeMap<String, Double>();
    lines
        .metrics()
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value)) {
                metrics.put(name, value);
              } else {
                LOG.log(Level.WARNING, "{0} of {1} is {2}, left out", name, path, value);
              }
            });
    return new MetricLines(metrics, lines.newest(), lines.unparsable());
  }

  private static OptionalLong later(OptionalLong a, OptionalLong b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return OptionalLong.of(Math.max(a.getAsLong(), b.getAsLong()));
  }
}
