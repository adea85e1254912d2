package io.happo.agent.api;

import io.happo.agent.metrics.ActiveMetricConfig;
import io.happo.agent.metrics.MetricConfig;
import io.happo.agent.metrics.MetricStore;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** {@code /metric} and what is below it. */
final class MetricRoutes {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");

  private final MetricStore store;
  private final ActiveMetricConfig config;

  MetricRoutes(MetricStore store, ActiveMetricConfig config) {
    this.store = store;
    this.config = config;
  }

  /**
   * Hands the oldest batches over; they are forgotten once the answer has gone out, and else kept.
   */
  Response collect() {
    MetricStore.Collection batches;
    try {
      batches = store.collect();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "metrics not handed over: {0}", e.getMessage());
      return nothing(500, String.valueOf(e.getMessage()));
    }
    var json = new JsonWriter().beginObject().key("metric_data");
    batches.write(json);
    return Answers.json(200, json.member("message", "").endObject())
        .whenDone(
            written -> {
              try {
                batches.end(written);
              } catch (IOException e) {
                LOG.log(
                    Level.ERROR,
                    "collected metrics will be handed over again: {0}",
                    e.getMessage());
              }
            });
  }

  /** The shape of an answer without batches. */
  static Response nothing(int status, String message) {
    return Answers.json(
        status,
        new JsonWriter()
            .beginObject()
            .key("metric_data")
            .nullValue()
            .member("message", message)
            .endObject());
  }

  Response append(JsonObject request) throws JsonException {
    if (request.find("metric_data").isEmpty()) {
      throw new JsonException("metric_data is missing: an array is required");
    }
    var batches = new ArrayList<MetricBatch>();
    for (var batch : request.objects("metric_data")) {
      batches.add(MetricBatch.read(batch));
    }
    try {
      store.append(batches);
      return Answers.status(200, "ok", "");
    } catch (IOException e) {
      LOG.log(Level.ERROR, "metrics not kept: {0}", e.getMessage());
      return Answers.status(500, "error", String.valueOf(e.getMessage()));
    }
  }

  Response updateConfig(JsonObject request) throws JsonException {
    var wanted = MetricConfig.read(request.requiredObject("config"));
    try {
      config.replace(wanted);
      return Answers.status(200, "OK", "");
    } catch (IOException e) {
      LOG.log(Level.ERROR, "metric configuration not changed: {0}", e.getMessage());
      return Answers.status(200, "NG", String.valueOf(e.getMessage()));
    }
  }

  /** The place that moved to {@code /status} long ago. */
  static Response moved() {
    LOG.log(Level.WARNING, "/metric/status is obsolete: use /status");
    return new Response(
        301,
        Headers.of("Content-Type", "text/html; charset=utf-8", "Location", "/status"),
        "<a href=\"/status\">Moved Permanently</a>.\n\n".getBytes(StandardCharsets.UTF_8));
  }
}
