package io.happo.bench;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.metrics.Level;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Gathering;
import io.happo.hub.store.Retention;
import io.happo.hub.store.SeriesRow;
import io.happo.hub.store.Store;
import io.happo.hub.store.Tokens;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fills the hub's store with what a fleet measures, a value a minute of each series: {@code
 * MetricLoad URL AGENTS SERIES END DAYS HOW}. URL is that of PostgreSQL, or {@code sqlite:FOLDER}.
 * Simulated time ends at END, unix seconds, and begins so many days before. HOW is {@code bulk}:
 * the store alone, half a day at once; or {@code live}: through intake, minute by minute, on top of
 * what is there. Answers as JSON.
 */
final class MetricLoad {
  private static final String SQLITE = "sqlite:";
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;
  private static final long TURN = 12 * 60 * MINUTE;
  private static final int AT_ONCE = 50; // Agents in a transaction.
  private static final String EPOCH = "load";

  private final Store store;
  private final AtomicLong now = new AtomicLong(); // The simulated time.
  private final List<MetricValues> fleet = new ArrayList<>();
  private final int series;
  private long sequence = 1;

  private MetricLoad(Store store, int agents, int series) {
    this.store = store;
    this.series = series;
    for (int i = 0; i < agents; i++) {
      fleet.add(new MetricValues(i, series));
    }
  }

  public static void main(String[] args) throws Exception {
    boolean sqlite = args[0].startsWith(SQLITE);
    var folder = Path.of(sqlite ? args[0].substring(SQLITE.length()) : ".");
    long end = Long.parseLong(args[3]) * 1_000 / MINUTE * MINUTE;
    long begin = end - Long.parseLong(args[4]) * DAY;
    try (var store = Store.open(folder, sqlite ? "" : args[0])) {
      var load = new MetricLoad(store, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
      System.out.println(args[5].equals("bulk") ? load.bulk(begin, end) : load.live(begin, end));
    }
  }

  /** Half a day at once of each agent, as they come from agents that were away. */
  private String bulk(long begin, long end) throws InterruptedException {
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    join(begin);
    var numbers = numbers(begin);
    var gathering = new Gathering(store);
    for (long time = begin; time < end; time += TURN) {
      for (int first = 0; first < fleet.size(); first += AT_ONCE) {
        try (var transaction = store.begin(time)) {
          for (int agent = first; agent < Math.min(fleet.size(), first + AT_ONCE); agent++) {
            for (long minute = time; minute < Math.min(end, time + TURN); minute += MINUTE) {
              for (int i = 0; i < series; i++) {
                transaction.addSample(
                    agent + 1, numbers[agent][i], minute, fleet.get(agent).next(i));
              }
            }
          }
          transaction.commit();
        }
        gathering.gather();
      }
      forget(time);
    }
    return told(begin, end, wall, cpu);
  }

  /** All are there, as the first of their store. */
  private void join(long now) {
    var secret = new byte[32];
    new Tokens(store)
        .add(
            secret,
            new Tokens.NewToken(
                "bench", "bench", now, OptionalLong.empty(), OptionalInt.empty(), Map.of(), true));
    var agents = new Agents(store);
    for (int agent = 0; agent < fleet.size(); agent++) {
      var id = "%064x".formatted(agent + 1);
      agents.join(
          secret,
          new Agents.Newcomer(id, new byte[32], host(agent), Map.of(), Map.of(), "", ""),
          now);
    }
  }

  private long[][] numbers(long now) {
    var numbers = new long[fleet.size()][series];
    try (var transaction = store.begin(now)) {
      for (int agent = 0; agent < fleet.size(); agent++) {
        for (int i = 0; i < series; i++) {
          var key = new SeriesRow.Key(0, host(agent), MetricValues.name(i), "");
          numbers[agent][i] = transaction.series(agent + 1, key, SeriesRow.Thresholds.NONE);
        }
      }
      transaction.commit();
    }
    return numbers;
  }

  /** Minute by minute, each agent's values apart, as they are measured. */
  private String live(long begin, long end) throws Exception {
    now.set(begin);
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    try (var intake =
        new Intake(
            store,
            (_, _) -> CheckSettings.DEFAULT,
            IntakeLimits.DEFAULT,
            () -> Instant.ofEpochMilli(now.get()))) {
      intake.start();
      for (long time = begin; time < end; time += MINUTE, sequence++) {
        now.set(time + MINUTE);
        var stored = new ArrayList<CompletableFuture<Void>>(fleet.size());
        for (int agent = 0; agent < fleet.size(); agent++) {
          stored.add(
              intake.submit(
                  agent + 1, new ToHub.Results(EPOCH, sequence, List.of(item(agent, time)))));
        }
        for (var one : stored) {
          one.get();
        }
        if (time % TURN == 0) {
          forget(time);
        }
      }
    }
    return told(begin, end, wall, cpu);
  }

  /** As the hub does, with what it keeps unless told otherwise. */
  private void forget(long time) {
    var retention = new Retention(store);
    if (time / DAY != (time - TURN) / DAY) {
      retention.samples(Level.RAW, time - 7 * DAY);
      retention.samples(Level.FIVE_MINUTES, time - 90 * DAY);
      System.err.print('.');
    }
  }

  private String told(long begin, long end, long wall, long cpu) {
    double seconds = (System.nanoTime() - wall) / 1e9;
    long values = (end - begin) / MINUTE * fleet.size() * series;
    return String.format(
        Locale.ROOT,
        "{\"values\":%d,\"seconds\":%.1f,\"per_second\":%.0f,\"cpu_us_each\":%.3f}",
        values,
        seconds,
        values / seconds,
        (cpuNanos() - cpu) / 1e3 / values);
  }

  static String host(int agent) {
    return "host-%04d".formatted(agent + 1);
  }

  private Item item(int agent, long time) {
    SortedMap<String, Double> values = new TreeMap<>();
    for (int i = 0; i < series; i++) {
      values.put(MetricValues.name(i), fleet.get(agent).next(i));
    }
    return new Item.Metrics(new MetricBatch(host(agent), time / 1_000, values));
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
