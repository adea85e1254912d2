package io.happo.agent.api;

import io.happo.agent.metrics.MetricStore;
import io.happo.agent.nrpe.NrpeServer;
import io.happo.core.JsonWriter;
import io.happo.net.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /status} and {@code /status/memory}: the original's keys with the meaning they have in a
 * JVM.
 */
final class StatusRoutes {
  private static final Path TASKS = Path.of("/proc/self/task");

  private final String version;
  private final boolean collecting;
  private final MetricStore store;
  private final Supplier<Optional<NrpeServer>> nrpe;
  private final Supplier<Optional<Consumer<JsonWriter>>> hub;
  private final Instant start;
  private final InstantSource clock;

  StatusRoutes(
      String version,
      boolean collecting,
      MetricStore store,
      Supplier<Optional<NrpeServer>> nrpe,
      Supplier<Optional<Consumer<JsonWriter>>> hub,
      InstantSource clock) {
    this.nrpe = nrpe;
    this.hub = hub;
    this.version = version;
    this.collecting = collecting;
    this.store = store;
    this.start = clock.instant();
    this.clock = clock;
  }

  /**
   * {@code callers} holds the stacks of the platform's threads when asked for, since they are dear.
   */
  Response status(boolean callers) {
    var json =
        new JsonWriter()
            .beginObject()
            .member("app_version", version)
            .member(
                "uptime_seconds", Math.max(0, Duration.between(start, clock.instant()).toSeconds()))
            .key("disable_collect_metrics")
            .value(!collecting)
            .member("num_goroutine", threads());
    json.key("metric_buffer_status")
        .beginObject()
        .member("newest_timestamp", store.newest())
        .member("oldest_timestamp", store.oldest())
        .endObject();
    json.key("callers").beginArray();
    if (callers) {
      Thread.getAllStackTraces().forEach((thread, stack) -> writeStack(json, thread, stack));
    }
    json.endArray();
    // The original's store had properties under this name; these are ours.
    var stats = store.stats();
    json.key("leveldb_properties")
        .beginObject()
        .member("records", Long.toString(stats.records()))
        .member("bytes", Long.toString(stats.bytesOnDisk()))
        .member("segments", Long.toString(stats.segments()))
        .member("dropped_by_age", Long.toString(stats.droppedByAge()))
        .member("dropped_by_size", Long.toString(stats.droppedBySize()))
        .endObject();
    nrpe.get()
        .ifPresent(
            door -> {
              json.key("nrpe");
              door.write(json);
            });
    hub.get()
        .ifPresent(
            work -> {
              json.key("hub").beginObject();
              work.accept(json);
              json.endObject();
            });
    return Answers.json(200, json.endObject());
  }

  /**
   * The keys of Go's runtime.MemStats; what a JVM has no figure for is 0. Bytes, unless the name
   * says otherwise.
   */
  static Response memory() {
    var runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory();
    long used = heap - runtime.freeMemory();
    var json =
        new JsonWriter()
            .beginObject()
            .member("Alloc", used)
            .member("TotalAlloc", used)
            .member("Sys", residentBytes());
    zeros(json, "Lookups", "Mallocs", "Frees");
    json.member("HeapAlloc", used)
        .member("HeapSys", heap)
        .member("HeapIdle", heap - used)
        .member("HeapInuse", used);
    zeros(json, "HeapReleased", "HeapObjects", "StackInuse", "StackSys", "MSpanInuse", "MSpanSys");
    zeros(json, "MCacheInuse", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys");
    json.member("NextGC", runtime.maxMemory());
    zeros(json, "LastGC", "PauseTotalNs");
    json.key("PauseNs").beginArray().endArray().key("PauseEnd").beginArray().endArray();
    zeros(json, "NumGC", "NumForcedGC");
    json.key("GCCPUFraction").value(0.0).key("EnableGC").value(true).key("DebugGC").value(false);
    return Answers.json(200, json.key("BySize").beginArray().endArray().endObject());
  }

  /**
   * What of this process is in memory (VmRSS of proc(5)); the heap where the system does not tell.
   */
  static long residentBytes() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.substring(6, line.length() - 2).strip()) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return Runtime.getRuntime().totalMemory();
    }
  }

  /** Threads the system knows of; those of the JVM where it does not tell. */
  static int threads() {
    var tasks = TASKS.toFile().list();
    return tasks == null ? Thread.activeCount() : tasks.length;
  }

  private static void zeros(JsonWriter json, String... keys) {
    for (var key : keys) {
      json.member(key, 0);
    }
  }

  private static void writeStack(JsonWriter json, Thread thread, StackTraceElement[] stack) {
    for (var frame : stack) {
      json.value(thread.getName() + ": " + frame.getFileName() + ":" + frame.getLineNumber());
    }
  }
}
