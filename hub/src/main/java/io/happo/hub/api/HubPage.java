package io.happo.hub.api;

import io.happo.hub.export.Exposition;
import io.happo.hub.export.Outputs;
import io.happo.hub.graphite.GraphiteCounts;
import io.happo.hub.store.Agents;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Figures of the hub about itself, in Prometheus' text format. */
final class HubPage {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int KIB = 1_024;

  private final Rooms rooms;

  HubPage(Rooms rooms) {
    this.rooms = rooms;
  }

  byte[] text() {
    var page = new Exposition();
    page.gauge("happo_hub_info", "Version of the hub.")
        .value(Map.of("version", rooms.about().version()), 1);
    fleet(page);
    intake(page);
    page.gauge("happo_hub_store_bytes", "Size of the database.").value(rooms.store().bytes());
    page.gauge("happo_hub_messages_waiting", "Messages that wait for their channel.");
    rooms
        .messages()
        .waiting()
        .forEach((channel, count) -> page.value(Map.of("channel", channel), count));
    rooms.graphite().ifPresent(door -> graphite(page, door.counts()));
    outputs(page, rooms.export().outputs().all());
    process(page);
    return page.toBytes();
  }

  private void fleet(Exposition page) {
    var counts = new TreeMap<String, Integer>();
    for (var state : List.of("connected", "away", "pending", "revoked", "left")) {
      counts.put(state, 0);
    }
    for (var member : rooms.fleet().everyone()) {
      var state = member.agent().state();
      var word =
          state == Agents.State.JOINED
              ? member.isConnected() ? "connected" : "away"
              : state.name().toLowerCase(Locale.ROOT);
      counts.merge(word, 1, Integer::sum);
    }
    page.gauge("happo_hub_agents", "Agents, by how they stand.");
    counts.forEach((state, count) -> page.value(Map.of("state", state), count));
    page.gauge("happo_hub_sessions", "Connections of agents.").value(rooms.sessions().count());
  }

  private void intake(Exposition page) {
    var health = rooms.intake().health();
    page.gauge("happo_hub_intake_good", "Whether the store takes what agents bring.")
        .value(health.good() ? 1 : 0);
    page.gauge("happo_hub_intake_waiting_items", "Items that are not stored yet.")
        .value(health.waitingItems());
    page.gauge("happo_hub_intake_waiting_bytes", "Bytes of these.").value(health.waitingBytes());
    page.counter("happo_hub_intake_stored_items_total", "Items stored.")
        .value(health.storedItems());
    page.counter("happo_hub_intake_known_items_total", "Items that came again, and are there once.")
        .value(health.knownItems());
    page.counter("happo_hub_intake_refused_batches_total", "Batches that no store would take.")
        .value(health.refusedBatches());
    page.counter("happo_hub_intake_groups_total", "Transactions in which items were stored.")
        .value(health.groups());
  }

  private static void graphite(Exposition page, GraphiteCounts counts) {
    page.gauge("happo_hub_graphite_connections", "Connections to the Graphite port.")
        .value(counts.connections());
    page.counter("happo_hub_graphite_stored_values_total", "Values that the Graphite port took.")
        .value(counts.stored());
    page.counter(
            "happo_hub_graphite_unknown_values_total",
            "Values that their sender could not tell (NaN).")
        .value(counts.unknown());
    page.counter("happo_hub_graphite_dropped_values_total", "What it did not take, by reason.");
    counts.dropped().forEach((reason, count) -> page.value(Map.of("reason", reason), count));
  }

  private static void outputs(Exposition page, List<Outputs.Status> outputs) {
    page.gauge("happo_hub_output_good", "Whether the other side takes values.");
    each(page, outputs, output -> output.problem().isEmpty() ? 1 : 0);
    page.gauge("happo_hub_output_waiting_entries", "Entries of the log that it has not.");
    each(page, outputs, Outputs.Status::lagEntries);
    page.gauge("happo_hub_output_waiting_seconds", "For how long the first of these has waited.");
    each(page, outputs, output -> output.lagMillis() / 1_000.0);
    page.counter("happo_hub_output_sent_values_total", "Values that the other side took.");
    each(page, outputs, Outputs.Status::sent);
    page.counter("happo_hub_output_refused_values_total", "Values that it will never take.");
    each(page, outputs, Outputs.Status::refused);
    page.counter(
        "happo_hub_output_lost_entries_total", "Entries that were gone before it took them.");
    each(page, outputs, Outputs.Status::lostEntries);
  }

  private static void each(
      Exposition page, List<Outputs.Status> outputs, ToDoubleFunction<Outputs.Status> figure) {
    outputs.forEach(
        output -> page.value(Map.of("output", output.name()), figure.applyAsDouble(output)));
  }

  private static void process(Exposition page) {
    var memory = ManagementFactory.getMemoryMXBean();
    page.gauge("jvm_memory_used_bytes", "Memory of the Java machine in use.");
    memory(page, memory.getHeapMemoryUsage(), memory.getNonHeapMemoryUsage(), MemoryUsage::getUsed);
    page.gauge("jvm_memory_committed_bytes", "Memory that it has from the system.");
    memory(
        page,
        memory.getHeapMemoryUsage(),
        memory.getNonHeapMemoryUsage(),
        MemoryUsage::getCommitted);
    page.gauge("jvm_threads_current", "Threads of the system.")
        .value(ManagementFactory.getThreadMXBean().getThreadCount());
    page.counter("process_cpu_seconds_total", "Time on a processor.")
        .value(
            ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis()
                / 1_000.0);
    page.gauge("process_start_time_seconds", "When it started, unix time.")
        .value(ManagementFactory.getRuntimeMXBean().getStartTime() / 1_000.0);
    page.gauge("process_resident_memory_bytes", "Memory that it takes of the machine.")
        .value(residentBytes());
  }

  private static void memory(
      Exposition page, MemoryUsage heap, MemoryUsage other, ToDoubleFunction<MemoryUsage> figure) {
    page.value(Map.of("area", "heap"), figure.applyAsDouble(heap))
        .value(Map.of("area", "nonheap"), figure.applyAsDouble(other));
  }

  private static double residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToDouble(kib -> Double.parseDouble(kib) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
