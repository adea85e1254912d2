package io.happo.core.link;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an agent says to its hub. */
public sealed interface ToHub extends LinkMessage {
  /**
   * Who is here, proved by a signature, and what it has.
   *
   * @param agentId fingerprint of its key
   * @param signature of {@link Link#challenge} by that key, base64
   * @param version of the program
   * @param bootId of the machine's running kernel: tells a clone from a reconnection
   * @param epoch of its queue: sequences of another one mean other items
   * @param planHash of the plan that it runs; empty when it has none
   * @param bundles digests of the bundles that it holds
   * @param via how the hub's address was found: {@code dns}, {@code remembered}, {@code learnt} or
   *     {@code literal}
   * @param tags what its own settings say it is
   * @param facts what it found out about its machine
   */
  record Hello(
      String agentId,
      String signature,
      String version,
      String bootId,
      String epoch,
      String planHash,
      List<String> bundles,
      String via,
      Map<String, String> tags,
      Map<String, String> facts)
      implements ToHub {
    public Hello {
      bundles = List.copyOf(bundles);
      tags = Map.copyOf(tags);
      facts = Map.copyOf(facts);
    }

    @Override
    public String type() {
      return "hello";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("agentId", agentId)
          .member("signature", signature)
          .member("version", version)
          .member("bootId", bootId)
          .member("epoch", epoch)
          .member("planHash", planHash)
          .key("bundles");
      LinkMessage.write(json, bundles);
      json.member("via", via).key("tags");
      LinkMessage.write(json, tags);
      json.key("facts");
      LinkMessage.write(json, facts);
    }
  }

  /**
   * Items with the sequences first, first + 1, ….
   *
   * @param items at least one
   */
  record Results(String epoch, long first, List<Item> items) implements ToHub {
    /** The most items of one batch. */
    public static final int MAX_ITEMS = 1_000;

    public Results {
      items = List.copyOf(items);
      if (first < 1 || items.isEmpty() || items.size() > MAX_ITEMS) {
        throw new IllegalArgumentException("no batch: " + items.size() + " items at " + first);
      }
    }

    public long last() {
      return first + items.size() - 1;
    }

    @Override
    public String type() {
      return "results";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("epoch", epoch).member("first", first).key("items").beginArray();
      items.forEach(item -> item.write(json));
      json.endArray();
    }

    /**
     * A batch of items that were written before.
     *
     * @param items the JSON of each
     */
    public static String toJson(String epoch, long first, List<String> items) {
      var json =
          new JsonWriter()
              .beginObject()
              .member("type", "results")
              .member("epoch", epoch)
              .member("first", first)
              .key("items")
              .beginArray();
      items.forEach(json::raw);
      return json.endArray().endObject().toString();
    }
  }

  /**
   * What became of a plan.
   *
   * @param problems why it was not applied; empty when it was
   */
  record PlanStatus(String hash, boolean applied, List<String> problems) implements ToHub {
    public PlanStatus {
      problems = List.copyOf(problems);
    }

    @Override
    public String type() {
      return "plan_status";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("hash", hash).key("applied").value(applied).key("problems");
      LinkMessage.write(json, problems);
    }
  }

  /** What a run has written since the last of these. */
  record RunOutput(String id, String chunk) implements ToHub {
    @Override
    public String type() {
      return "run_output";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("id", id).member("chunk", chunk);
    }
  }

  /**
   * A run is over.
   *
   * @param outcome {@code exited}, {@code timeout}, {@code cancelled}, {@code refused} or {@code
   *     failed}
   * @param result what it said, as a result; absent when it did not run
   * @param message why it did not run, or was ended; empty otherwise
   */
  record RunEnd(String id, String outcome, Optional<Item.CheckResult> result, String message)
      implements ToHub {
    @Override
    public String type() {
      return "run_end";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("id", id).member("outcome", outcome).member("message", message);
      if (result.isPresent()) {
        result.get().write(json.key("result"));
      }
    }
  }

  /**
   * The agent goes, and says so.
   *
   * @param leaving whether it will not come again: it is taken out of the fleet
   */
  record Goodbye(boolean leaving) implements ToHub {
    @Override
    public String type() {
      return "goodbye";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.key("leaving").value(leaving);
    }
  }

  static ToHub read(String type, JsonObject json) throws JsonException {
    return switch (type) {
      case "hello" ->
          new Hello(
              json.requiredText("agentId"),
              json.requiredText("signature"),
              json.text("version"),
              json.requiredText("bootId"),
              json.requiredText("epoch"),
              json.text("planHash"),
              json.texts("bundles"),
              json.text("via"),
              LinkMessage.texts(json, "tags"),
              LinkMessage.texts(json, "facts"));
      case "results" -> results(json);
      case "plan_status" ->
          new PlanStatus(json.requiredText("hash"), flag(json, "applied"), json.texts("problems"));
      case "run_output" -> new RunOutput(json.requiredText("id"), json.text("chunk"));
      case "run_end" -> runEnd(json);
      case "goodbye" -> new Goodbye(flag(json, "leaving"));
      default -> throw new UnknownType(type);
    };
  }

  private static Results results(JsonObject json) throws JsonException {
    var items = new ArrayList<Item>();
    for (var item : json.objects("items")) {
      items.add(Item.read(item));
    }
    long first = json.requiredLong("first");
    if (first < 1 || items.isEmpty() || items.size() > Results.MAX_ITEMS) {
      throw new JsonException(
          "items: "
              + items.size()
              + " at sequence "
              + first
              + ", expected 1 to "
              + Results.MAX_ITEMS
              + " at 1 or higher");
    }
    return new Results(json.requiredText("epoch"), first, items);
  }

  private static RunEnd runEnd(JsonObject json) throws JsonException {
    Optional<Item.CheckResult> result = Optional.empty();
    if (json.find("result").isPresent()
        && Item.read(json.requiredObject("result")) instanceof Item.CheckResult check) {
      result = Optional.of(check);
    }
    return new RunEnd(
        json.requiredText("id"), json.requiredText("outcome"), result, json.text("message"));
  }

  private static boolean flag(JsonObject json, String key) throws JsonException {
    var value = json.find(key);
    if (value.isPresent() && !(value.get() instanceof JsonValue.Bool)) {
      throw new JsonException(json.path(key) + " is " + value.get().kind() + ", expected a bool");
    }
    return value.isPresent() && value.get() instanceof JsonValue.Bool bool && bool.value();
  }
}
