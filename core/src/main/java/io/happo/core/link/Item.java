package io.happo.core.link;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent brings: it has a sequence number in the agent's queue, is stored once, and carries
 * its own time. Written as one JSON object, {@code kind} says which.
 */
public sealed interface Item {
  /** When it happened, unix time in milliseconds. */
  long time();

  void write(JsonWriter json);

  /**
   * One run of a check.
   *
   * @param check its name in the plan
   * @param time when it started, unix time in milliseconds
   * @param durationMillis how long it ran
   * @param status 0 to 3 by the plugin guidelines; 3 also when it could not be run
   * @param exit the raw exit status; -1 when there was none (not started, ended at its deadline)
   * @param output what it wrote, with its performance data
   * @param plan hash of the plan that it was run by
   * @param attempt how often in a row it has been no OK by now, as far as its agent knows, no more
   *     often than makes it certain; 0 when it is OK, or that is not known
   */
  record CheckResult(
      String check,
      long time,
      long durationMillis,
      int status,
      int exit,
      String output,
      String plan,
      int attempt)
      implements Item {
    /** The most characters of an output. */
    public static final int MAX_OUTPUT = 64 * 1024;

    public CheckResult {
      if (check.isEmpty() || status < 0 || status > 3 || durationMillis < 0 || attempt < 0) {
        throw new IllegalArgumentException(
            "no result of a check: '" + check + "', " + status + ", " + durationMillis + " ms");
      }
    }

    /** One whose attempt is not known. */
    public CheckResult(
        String check,
        long time,
        long durationMillis,
        int status,
        int exit,
        String output,
        String plan) {
      this(check, time, durationMillis, status, exit, output, plan, 0);
    }

    @Override
    public void write(JsonWriter json) {
      json.beginObject()
          .member("kind", "check")
          .member("check", check)
          .member("time", time)
          .member("ms", durationMillis)
          .member("status", status)
          .member("exit", exit)
          .member("output", output)
          .member("plan", plan);
      if (attempt > 0) {
        json.member("attempt", attempt);
      }
      json.endObject();
    }
  }

  /**
   * Values that were measured at one time.
   *
   * @param batch whose they are and what; its time is in seconds
   */
  record Metrics(MetricBatch batch) implements Item {
    @Override
    public long time() {
      return batch.timestamp() * 1_000;
    }

    @Override
    public void write(JsonWriter json) {
      json.beginObject().member("kind", "metrics").key("batch");
      batch.write(json);
      json.endObject();
    }
  }

  /**
   * Something that happened at the agent.
   *
   * @param name of what: {@code agent-started}, {@code plan-applied}, {@code buffer-overflow} …
   * @param time unix time in milliseconds
   * @param text one line for people
   * @param details figures and names, by name
   */
  record Event(String name, long time, String text, SortedMap<String, String> details)
      implements Item {
    public Event {
      details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    @Override
    public void write(JsonWriter json) {
      json.beginObject()
          .member("kind", "event")
          .member("event", name)
          .member("time", time)
          .member("text", text)
          .key("details");
      LinkMessage.write(json, details);
      json.endObject();
    }
  }

  /**
   * What a machine has of something: its packages, its users.
   *
   * @param name of what, in the plan
   * @param time when it was looked at, unix time in milliseconds
   * @param text one line for each
   */
  record Inventory(String name, long time, String text) implements Item {
    /** The most characters of a text: each may take six bytes of a message. */
    public static final int MAX_TEXT = 150_000;

    public Inventory {
      if (name.isEmpty() || text.length() > MAX_TEXT) {
        throw new IllegalArgumentException(
            "no inventory: '" + name + "', " + text.length() + " characters");
      }
    }

    @Override
    public void write(JsonWriter json) {
      json.beginObject()
          .member("kind", "inventory")
          .member("name", name)
          .member("time", time)
          .member("text", text)
          .endObject();
    }
  }

  /**
   * Reads one. What is larger than it may be is cut, not refused: the agent could not send it
   * otherwise ever again.
   *
   * @throws JsonException when it is none, with the place
   */
  static Item read(JsonObject json) throws JsonException {
    var kind = json.requiredText("kind");
    return switch (kind) {
      case "check" -> checkResult(json);
      case "metrics" -> new Metrics(MetricBatch.read(json.requiredObject("batch")));
      case "event" ->
          new Event(
              json.requiredText("event"),
              json.requiredLong("time"),
              json.text("text"),
              new TreeMap<>(LinkMessage.texts(json, "details")));
      case "inventory" -> {
        var text = json.text("text");
        yield new Inventory(
            json.requiredText("name"),
            json.requiredLong("time"),
            text.substring(0, Math.min(Inventory.MAX_TEXT, text.length())));
      }
      // Of a later agent. Refused, it would be sent for ever, and all behind it would wait.
      default ->
          new Event(
              "unknown-item",
              json.find("time").isPresent() ? json.requiredLong("time") : 0,
              "the agent brought an item of a kind that this hub does not know: " + kind,
              new TreeMap<>());
    };
  }

  private static CheckResult checkResult(JsonObject json) throws JsonException {
    long status = json.requiredLong("status");
    long duration = json.requiredLong("ms");
    if (status < 0 || status > 3 || duration < 0) {
      throw new JsonException(
          json.path("status") + " is no status of a check, or its duration is negative");
    }
    var output = json.text("output");
    return new CheckResult(
        json.requiredText("check"),
        json.requiredLong("time"),
        duration,
        (int) status,
        Math.clamp(json.requiredLong("exit"), -1, 255),
        output.length() > CheckResult.MAX_OUTPUT
            ? output.substring(0, CheckResult.MAX_OUTPUT)
            : output,
        json.text("plan"),
        json.find("attempt").isPresent()
            ? Math.clamp(json.requiredLong("attempt"), 0, Integer.MAX_VALUE)
            : 0);
  }
}
