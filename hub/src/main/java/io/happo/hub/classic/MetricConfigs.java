package io.happo.hub.classic;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells an agent what to collect. One that the plan has metrics for collects these alone; one that
 * it has none for, and had none as long as this hub runs, keeps what it has. What fails is tried
 * again after pauses that grow. For one thread at a time.
 */
final class MetricConfigs {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final Way way;
  private final ClassicClient client;
  private final BiConsumer<String, String> teller;
  private volatile List<Work.Plugin> wanted = List.of();
  private @Nullable List<Work.Plugin> sent = List.of(); // Null: nobody knows what has come there.
  private Duration pause = FIRST_PAUSE;
  private volatile long notBefore = System.nanoTime();
  private volatile boolean due;
  private String problemTold = "";

  /**
   * @param teller told the name and the text of an event
   */
  MetricConfigs(Way way, ClassicClient client, BiConsumer<String, String> teller) {
    this.way = way;
    this.client = client;
    this.teller = teller;
  }

  /** What it is to collect from now on. */
  void use(List<Work.Plugin> plugins) {
    wanted = plugins;
    due = way.leads() && !wanted.equals(sent);
    pause = FIRST_PAUSE;
    notBefore = System.nanoTime();
  }

  boolean isDue() {
    return due && System.nanoTime() - notBefore >= 0;
  }

  /** Blocks. */
  void send() {
    var now = wanted;
    sent = null;
    try {
      var answer = client.ask(way.toGroup(), "metric/config/update", body(now), DEADLINE, false);
      if (answer.status() == 200 && Json.parseObject(answer.body()).text("status").equals("OK")) {
        sent = now;
        due = !wanted.equals(now);
        problemTold = "";
        return;
      }
      failed(ClassicAnswer.problem(answer));
    } catch (NoPlaceException e) {
      notBefore = System.nanoTime() + FIRST_PAUSE.toNanos();
    } catch (IOException | JsonException e) {
      failed(String.valueOf(e.getMessage()));
    }
  }

  /** Told once. */
  private void failed(String why) {
    notBefore = System.nanoTime() + pause.toNanos();
    var next = pause.multipliedBy(2);
    pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    if (!why.equals(problemTold)) {
      problemTold = why;
      teller.accept("metric-config-failed", "what it collects could not be set: " + why);
    }
  }

  private JsonWriter body(List<Work.Plugin> plugins) {
    var body = new JsonWriter().beginObject().member("apikey", "").key("config").beginObject();
    body.key("metrics").beginArray();
    if (!plugins.isEmpty()) {
      body.beginObject().member("hostname", way.member().name()).key("plugins").beginArray();
      for (var plugin : plugins) {
        body.beginObject()
            .member("plugin_name", plugin.name())
            .member("plugin_option", plugin.shellArguments())
            .endObject();
      }
      body.endArray().endObject();
    }
    return body.endArray().endObject().endObject();
  }
}
