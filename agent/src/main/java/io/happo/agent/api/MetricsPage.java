package io.happo.agent.api;

import io.happo.agent.exec.Exec;
import io.happo.agent.feeds.FeedFigures;
import io.happo.agent.feeds.Feeds;
import io.happo.agent.metrics.MetricStore;
import io.happo.agent.nrpe.NrpeServer;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** {@code /metrics}: figures of the agent about itself in Prometheus' text format 0.0.4. */
final class MetricsPage {
  private static final Headers TYPE =
      Headers.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8");

  private final String version;
  private final Exec exec;
  private final MetricStore store;
  private final Supplier<Optional<NrpeServer>> nrpe;
  private final Optional<Feeds> feeds;
  private final ConcurrentSkipListMap<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();

  MetricsPage(
      String version,
      Exec exec,
      MetricStore store,
      Supplier<Optional<NrpeServer>> nrpe,
      Optional<Feeds> feeds) {
    this.nrpe = nrpe;
    this.feeds = feeds;
    this.version = version;
    this.exec = exec;
    this.store = store;
  }

  void countRequest(int status) {
    requests.computeIfAbsent(status, code -> new LongAdder()).increment();
  }

  Response page() {
    var page = new StringBuilder(2048);
    head(page, "happo_agent_info", "gauge", "Version of the agent.");
    page.append("happo_agent_info{version=\"").append(version).append("\"} 1\n");
    head(page, "happo_agent_http_requests_total", "counter", "Requests answered, by status.");
    requests.forEach(
        (status, count) ->
            page.append("happo_agent_http_requests_total{status=\"")
                .append(status)
                .append("\"} ")
                .append(count.sum())
                .append('\n'));
    var counts = exec.counts();
    head(page, "happo_agent_commands_total", "counter", "Commands ended, by how.");
    result(page, "exited", counts.exited());
    result(page, "timed_out", counts.timedOut());
    result(page, "not_started", counts.notStarted());
    single(
        page,
        "happo_agent_builtin_checks_total",
        "counter",
        "Commands, of those that ended, that were checks in the agent's own process.",
        counts.inside());
    single(
        page, "happo_agent_commands_running", "gauge", "Commands running now.", counts.running());
    single(
        page,
        "happo_agent_commands_waiting",
        "gauge",
        "Commands waiting for their turn.",
        counts.waiting());
    nrpe.get().ifPresent(door -> nrpe(page, door));
    var stats = store.stats();
    single(
        page,
        "happo_agent_buffer_records",
        "gauge",
        "Records kept for a collector.",
        stats.records());
    single(
        page,
        "happo_agent_buffer_bytes",
        "gauge",
        "Bytes that the buffer takes on disk.",
        stats.bytesOnDisk());
    head(
        page,
        "happo_agent_buffer_dropped_total",
        "counter",
        "Records dropped without having been collected.");
    page.append("happo_agent_buffer_dropped_total{reason=\"age\"} ")
        .append(stats.droppedByAge())
        .append('\n');
    page.append("happo_agent_buffer_dropped_total{reason=\"size\"} ")
        .append(stats.droppedBySize())
        .append('\n');
    if (feeds.isPresent()) {
      feeds(page, feeds.get().figures());
    }
    single(
        page,
        "process_resident_memory_bytes",
        "gauge",
        "Memory in use.",
        StatusRoutes.residentBytes());
    single(page, "process_threads", "gauge", "Threads.", StatusRoutes.threads());
    return new Response(200, TYPE, page.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void nrpe(StringBuilder page, NrpeServer door) {
    head(page, "happo_agent_nrpe_answers_total", "counter", "NRPE queries answered, by state.");
    for (int status = 0; status < 4; status++) {
      page.append("happo_agent_nrpe_answers_total{state=\"")
          .append(status)
          .append("\"} ")
          .append(door.answered(status))
          .append('\n');
    }
    single(
        page,
        "happo_agent_nrpe_refused_total",
        "counter",
        "NRPE connections closed without an answer.",
        door.refused());
  }

  private static void feeds(StringBuilder page, List<FeedFigures> feeds) {
    head(page, "happo_agent_feed_taken_total", "counter", "Values that came, by feed.");
    for (var feed : feeds) {
      feed(page, "happo_agent_feed_taken_total", feed, "", feed.taken());
    }
    head(page, "happo_agent_feed_unknown_total", "counter", "Values that were no number, as NaN.");
    for (var feed : feeds) {
      feed(page, "happo_agent_feed_unknown_total", feed, "", feed.unknown());
    }
    head(
        page, "happo_agent_feed_dropped_total", "counter", "What was dropped, by feed and reason.");
    for (var feed : feeds) {
      feed.dropped()
          .forEach(
              (reason, count) -> feed(page, "happo_agent_feed_dropped_total", feed, reason, count));
    }
  }

  private static void feed(
      StringBuilder page, String name, FeedFigures feed, String reason, long count) {
    page.append(name).append("{feed=\"").append(feed.feed());
    if (!reason.isEmpty()) {
      page.append("\",reason=\"").append(reason);
    }
    page.append("\"} ").append(count).append('\n');
  }

  private static void result(StringBuilder page, String result, long count) {
    page.append("happo_agent_commands_total{result=\"")
        .append(result)
        .append("\"} ")
        .append(count)
        .append('\n');
  }

  private static void single(
      StringBuilder page, String name, String type, String help, long value) {
    head(page, name, type, help);
    page.append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder page, String name, String type, String help) {
    page.append("# HELP ").append(name).append(' ').append(help).append('\n');
    page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}
