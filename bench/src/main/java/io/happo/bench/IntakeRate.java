package io.happo.bench;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many results of checks the hub's intake stores a second: {@code IntakeRate URL AGENTS CHECKS
 * ITEMS VALUES SECONDS [PER_SECOND]}. URL is that of PostgreSQL, or {@code sqlite:FOLDER}. Each
 * agent has so many checks and sends batches of so many results with so many values of performance
 * data, the next one a turn later; as fast as they are taken, or at the rate that is given. Answers
 * as JSON.
 */
final class IntakeRate {
  private static final String SQLITE = "sqlite:";
  private static final int MOST_LATENCIES = 5_000_000;

  private final int agents;
  private final int checks;
  private final int items;
  private final String values;
  private final long perSecond;
  private final long[] next;
  private final long[] latencies = new long[MOST_LATENCIES];
  private final AtomicLong acknowledged = new AtomicLong();
  private final String epoch = Long.toHexString(System.nanoTime());

  private IntakeRate(String[] args) {
    agents = Integer.parseInt(args[1]);
    checks = Integer.parseInt(args[2]);
    items = Integer.parseInt(args[3]);
    var text = new StringBuilder("OK - all is as it should be, in a text of the usual length");
    for (int i = 0; i < Integer.parseInt(args[4]); i++) {
      text.append(i == 0 ? "|" : " ").append("value").append(i).append("=1.234ms;5;10;0;");
    }
    values = text.toString();
    perSecond = args.length > 6 ? Long.parseLong(args[6]) : 0;
    next = new long[agents];
    Arrays.fill(next, 1);
  }

  public static void main(String[] args) throws InterruptedException {
    boolean sqlite = args[0].startsWith(SQLITE);
    var folder = Path.of(sqlite ? args[0].substring(SQLITE.length()) : ".");
    var rate = new IntakeRate(args);
    try (var store = Store.open(folder, sqlite ? "" : args[0]);
        var intake =
            new Intake(
                store,
                (_, _) -> CheckSettings.DEFAULT,
                IntakeLimits.DEFAULT,
                InstantSource.system())) {
      intake.start();
      System.out.println(
          rate.measure(intake, TimeUnit.SECONDS.toNanos(Long.parseLong(args[5])), folder));
    }
  }

  private String measure(Intake intake, long nanos, Path folder) throws InterruptedException {
    send(intake, nanos / 2);
    long cpuBefore = cpuNanos();
    var before = intake.health();
    long begin = System.nanoTime();
    acknowledged.set(0);
    send(intake, nanos);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double cpu = (cpuNanos() - cpuBefore) / 1e9;
    var after = intake.health();
    long stored = after.storedItems() - before.storedItems();
    int count = (int) Math.min(acknowledged.get(), MOST_LATENCIES);
    Arrays.sort(latencies, 0, count);
    System.gc();
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return String.format(
        Locale.ROOT,
        "{\"stored\":%d,\"seconds\":%.2f,\"per_second\":%.0f,\"groups\":%d,\"cpu_us_each\":%.2f,"
            + "\"ack_ms\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f},"
            + "\"heap_kib\":%d,\"disk_bytes_each\":%.0f}",
        stored,
        seconds,
        stored / seconds,
        after.groups() - before.groups(),
        cpu * 1e6 / stored,
        latencies[count / 2] / 1e6,
        latencies[(int) (count * 0.99)] / 1e6,
        latencies[(int) (count * 0.999)] / 1e6,
        latencies[count - 1] / 1e6,
        (heap.getUsed() - 8L * MOST_LATENCIES) / 1024,
        (double) bytes(folder) / after.storedItems());
  }

  /** Returns when all it sent is acknowledged. */
  private void send(Intake intake, long nanos) throws InterruptedException {
    long begin = System.nanoTime();
    long before = acknowledged.get();
    long sent = 0;
    for (int agent = 0; System.nanoTime() - begin < nanos; agent = (agent + 1) % agents) {
      while (perSecond > 0 && sent * items > (System.nanoTime() - begin) / 1e9 * perSecond) {
        Thread.sleep(1);
      }
      sent++;
      long submitted = System.nanoTime();
      var _ =
          intake
              .submit(agent + 1, batch(agent))
              .thenRun(
                  () -> {
                    int n = (int) acknowledged.getAndIncrement();
                    latencies[n % MOST_LATENCIES] = System.nanoTime() - submitted;
                  });
    }
    while (acknowledged.get() - before < sent) {
      Thread.sleep(1);
    }
  }

  private ToHub.Results batch(int agent) {
    long first = next[agent];
    next[agent] += items;
    List<Item> results = new ArrayList<>(items);
    long now = System.currentTimeMillis();
    for (int i = 0; i < items; i++) {
      long run = first + i;
      results.add(
          new Item.CheckResult("check" + run % checks, now + i, 15, 0, 0, values, "plan-hash"));
    }
    return new ToHub.Results(epoch, first, results);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long bytes(Path folder) {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("hub.db"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
