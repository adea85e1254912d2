package io.happo.core.plan;

import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What one agent is to run. It holds nothing that does not matter to this agent, so that its text
 * changes only when something does.
 *
 * @param checks each name once, sorted by name
 * @param bundles what they take, at least one for each script and archive; sorted by digest
 * @param metrics plugins whose values are collected each minute, in the order written
 * @param collectors programs that are kept running, each name once, sorted by name
 */
public record Plan(
    List<Check> checks,
    List<Bundle> bundles,
    List<Work.Plugin> metrics,
    List<Collector> collectors) {
  /** Written as {@code version}: a plan that means something else than this reader knows. */
  public static final int VERSION = 1;

  /** The most of a document, UTF-8: twice over it still fits into one message of the link. */
  public static final int MAX_BYTES = 512 << 10;

  static final int MAX_CHECKS = 2_000;
  static final int MAX_BUNDLES = 2_000;
  static final int MAX_METRICS = 100;

  /** Nothing is run. */
  public static final Plan EMPTY = new Plan(List.of(), List.of());

  public Plan {
    Rules.require(Rules.count(checks.size(), MAX_CHECKS));
    Rules.require(Rules.count(bundles.size(), MAX_BUNDLES));
    Rules.require(Rules.count(metrics.size(), MAX_METRICS));
    Rules.require(Collector.tooMany(collectors));
    checks = sorted(checks, Comparator.comparing(Check::name));
    bundles = sorted(bundles, Comparator.comparing(Bundle::sha256));
    metrics = List.copyOf(metrics);
    collectors = sorted(collectors, Comparator.comparing(Collector::name));
    for (int i = 1; i < collectors.size(); i++) {
      if (collectors.get(i).name().equals(collectors.get(i - 1).name())) {
        throw new IllegalArgumentException(
            "the collector " + collectors.get(i).name() + " is there twice");
      }
    }
    var kinds = new HashMap<String, Bundle.Kind>();
    for (var bundle : bundles) {
      if (kinds.put(bundle.sha256(), bundle.kind()) != null) {
        throw new IllegalArgumentException("the bundle " + bundle.sha256() + " is there twice");
      }
    }
    var names = new HashSet<String>();
    for (var check : checks) {
      if (!names.add(check.name())) {
        throw new IllegalArgumentException("the check " + check.name() + " is there twice");
      }
      var bundle = check.work().bundle();
      if (!bundle.isEmpty() && kinds.get(bundle) != check.work().bundleKind()) {
        throw new IllegalArgumentException(
            "the check " + check.name() + " runs a bundle that is not there: " + bundle);
      }
    }
  }

  /** One that collects nothing. */
  public Plan(List<Check> checks, List<Bundle> bundles) {
    this(checks, bundles, List.of(), List.of());
  }

  /** One that has no collectors. */
  public Plan(List<Check> checks, List<Bundle> bundles, List<Work.Plugin> metrics) {
    this(checks, bundles, metrics, List.of());
  }

  private static <T> List<T> sorted(List<T> list, Comparator<T> order) {
    var sorted = new ArrayList<>(list);
    sorted.sort(order);
    return List.copyOf(sorted);
  }

  /** The plan as it is sent and kept; equal plans give the same text. */
  public String toJson() {
    var json = new JsonWriter().beginObject().member("version", VERSION).key("checks").beginArray();
    for (var check : checks) {
      write(json, check);
    }
    json.endArray().key("bundles").beginArray();
    for (var bundle : bundles) {
      json.beginObject()
          .member("sha256", bundle.sha256())
          .member("name", bundle.name())
          .member("kind", bundle.kind().word())
          .member("size", bundle.size())
          .member("signature", bundle.signature())
          .endObject();
    }
    json.endArray();
    if (!metrics.isEmpty()) {
      json.key("metrics").beginArray();
      for (var plugin : metrics) {
        json.beginObject().member("plugin", plugin.name());
        write(json, plugin.arguments());
        json.endObject();
      }
      json.endArray();
    }
    if (!collectors.isEmpty()) {
      json.key("collectors").beginArray();
      for (var collector : collectors) {
        CollectorReader.write(json, collector);
      }
      json.endArray();
    }
    return json.endObject().toString();
  }

  private static void write(JsonWriter json, Check check) {
    json.beginObject().member("name", check.name());
    switch (check.work()) {
      case Work.Builtin builtin -> {
        json.member("builtin", builtin.name());
        write(json, builtin.arguments());
      }
      case Work.Plugin plugin -> {
        json.member("plugin", plugin.name());
        write(json, plugin.arguments());
      }
      case Work.Script script -> {
        json.member("script", script.sha256());
        write(json, script.arguments());
      }
      case Work.Packed packed -> {
        // Not "plugin": who knows no archives must not look for it in the plugin folders.
        json.member("archive", packed.sha256()).member("file", packed.file());
        write(json, packed.arguments());
      }
    }
    switch (check.schedule()) {
      case Schedule.Every every -> json.member("everySeconds", every.interval().toSeconds());
      case Schedule.AtTimes times -> {
        json.member("cron", times.cron().toString());
        if (times.zone().isPresent()) {
          json.member("timezone", times.zone().get().getId());
        }
      }
    }
    json.member("timeoutSeconds", check.timeout().toSeconds())
        .member("retrySeconds", check.retry().toSeconds())
        .member("maxAttempts", check.maxAttempts());
    write(json, "environment", check.environment());
    if (check.inventory()) {
      json.key("inventory").value(true);
    }
    json.endObject();
  }

  private static void write(JsonWriter json, List<String> arguments) {
    write(json, "arguments", arguments);
  }

  static void write(JsonWriter json, String key, List<String> texts) {
    if (!texts.isEmpty()) {
      json.key(key).beginArray();
      for (var text : texts) {
        json.value(text);
      }
      json.endArray();
    }
  }

  static void write(JsonWriter json, String key, Map<String, String> texts) {
    if (!texts.isEmpty()) {
      json.key(key).beginObject();
      for (var text : texts.entrySet()) {
        json.member(text.getKey(), text.getValue());
      }
      json.endObject();
    }
  }
}
