package io.happo.agent.api;

import static java.util.stream.Collectors.groupingBy;

import io.happo.agent.autoscaling.Alias;
import io.happo.agent.autoscaling.AutoScaling;
import io.happo.agent.autoscaling.Instance;
import io.happo.agent.metrics.MetricConfig;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * {@code /proxy} where the next agent is named by an alias of an Auto Scaling group, or by the
 * group itself. Each type of request has its own way; others are refused.
 */
final class AliasProxy {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");
  private static final int UNKNOWN = 3;

  /** Instances that are asked for an inventory of their group until one answers. */
  private static final int MOST_TRIED = 3;

  private final AutoScaling autoScaling;
  private final Hops hops;
  private final Map<String, Object> updating = new ConcurrentHashMap<>(); // By group.

  AliasProxy(AutoScaling autoScaling, Hops hops) {
    this.autoScaling = autoScaling;
    this.hops = hops;
  }

  /** The group that the next agent belongs to by its name. */
  Optional<String> groupOf(Hop hop) {
    return autoScaling.groupOfHost(hop.host());
  }

  Response proxy(String group, Hop hop, ProxyRoute.Request request) {
    return switch (request.pathAtNextHop()) {
      case "monitor" -> monitor(hop, request.bodyForNextHop());
      case "metric" -> metric(hop, request.bodyForNextHop());
      case "metric/config/update" -> updateConfig(group, hop, request);
      case "inventory" -> inventory(hop, request.bodyForNextHop());
      default -> Response.text(400, "request_type unsupported");
    };
  }

  private Response monitor(Hop hop, byte[] body) {
    var alias = autoScaling.find(hop.host());
    if (alias.isEmpty()) {
      return Answers.result(200, UNKNOWN, unknown(hop));
    }
    var instance = alias.get().alias().instance();
    if (instance.isEmpty()) {
      return Answers.result(200, 0, unassigned(hop));
    }
    var group = alias.get().group();
    var answer = post(hop, instance.get(), "monitor", body);
    if (answer.status() != 200) {
      autoScaling.refreshSoon(group);
    }
    return withInstance(answer, hop, group, instance.get());
  }

  /** The answer of a plugin, with whom it came from below its message. */
  private static Response withInstance(Response answer, Hop hop, String group, Instance instance) {
    var lines =
        "AutoScaling Group Name: "
            + group
            + "\nAutoScaling Instance PrivateIP: "
            + instance.ip()
            + "\n";
    try {
      var json = Json.parseObject(answer.body());
      return Answers.result(
          answer.status(),
          Math.toIntExact(json.requiredLong("return_value")),
          json.text("message") + lines);
    } catch (JsonException | ArithmeticException e) {
      return Hops.failed(
          answer.status() == 200 ? 500 : answer.status(),
          hop.host(),
          hop.host() + " answered " + answer.status() + " and no result of a plugin\n" + lines);
    }
  }

  private Response metric(Hop hop, byte[] body) {
    var alias = autoScaling.find(hop.host());
    if (alias.isEmpty()) {
      return Response.text(404, unknown(hop));
    }
    var instance = alias.get().alias().instance();
    if (instance.isEmpty()) {
      return Response.text(503, unassigned(hop));
    }
    var answer = post(hop, instance.get(), "metric", body);
    if (answer.status() != 200) {
      autoScaling.refreshSoon(alias.get().group());
    }
    return answer;
  }

  private Response inventory(Hop hop, byte[] body) {
    if (!autoScaling.isGroup(hop.host())) {
      return new Response(404, Headers.NONE, new byte[0]);
    }
    var answer = new Response(503, Headers.NONE, new byte[0]);
    for (var alias : assigned(hop.host()).stream().limit(MOST_TRIED).toList()) {
      answer = post(hop, alias.instance().orElseThrow(), "inventory", body);
      if (answer.status() < 500) {
        return answer;
      }
      autoScaling.refreshSoon(hop.host()); // It may be gone; another one may be there.
    }
    return answer;
  }

  /** For the group, and for each of its instances, under the name that its alias is. */
  private Response updateConfig(String group, Hop hop, ProxyRoute.Request request) {
    if (!hop.host().equals(group)) {
      return Answers.status(404, "NG", "can't find autoscaling group: " + hop.host());
    }
    MetricConfig config;
    String key;
    try {
      var json = Json.parseObject(request.bodyForNextHop());
      config = MetricConfig.read(json.requiredObject("config"));
      key = json.text("apikey");
    } catch (JsonException e) {
      return Answers.status(400, "NG", String.valueOf(e.getMessage()));
    }
    List<String> failures;
    // What is kept last is to be told last.
    synchronized (updating.computeIfAbsent(group, _ -> new Object())) {
      try {
        autoScaling.configure(group, config);
      } catch (IOException e) {
        LOG.log(Level.ERROR, "metric configuration of {0} not kept: {1}", group, e.getMessage());
        return Answers.status(503, "NG", String.valueOf(e.getMessage()));
      }
      failures = tell(hop, key);
    }
    return failures.isEmpty()
        ? Answers.status(200, "OK", "")
        : Answers.status(503, "NG", String.join(", ", failures));
  }

  /** All instances at once; several on one address in the order of their aliases. */
  private List<String> tell(Hop hop, String key) {
    var failures = new ConcurrentSkipListMap<String, String>();
    var waiting = new ArrayList<Thread>();
    assigned(hop.host()).stream()
        .collect(
            groupingBy(
                alias -> alias.instance().orElseThrow().ip(),
                LinkedHashMap::new,
                java.util.stream.Collectors.toList()))
        .values()
        .forEach(
            aliases ->
                waiting.add(
                    Thread.startVirtualThread(
                        () ->
                            aliases.forEach(
                                alias ->
                                    tell(hop, alias, key)
                                        .ifPresent(why -> failures.put(alias.name(), why))))));
    for (var thread : waiting) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.put(hop.host(), "interrupted");
      }
    }
    return failures.entrySet().stream().map(one -> one.getKey() + ": " + one.getValue()).toList();
  }

  private Optional<String> tell(Hop hop, Alias alias, String key) {
    var body = new JsonWriter().beginObject().member("apikey", key).key("config");
    alias.metricConfig().write(body);
    try {
      var answer =
          post(
              hop,
              alias.instance().orElseThrow(),
              "metric/config/update",
              body.endObject().toBytes());
      var json = Json.parseObject(answer.body());
      return answer.status() == 200 && json.text("status").equals("OK")
          ? Optional.empty()
          : Optional.of(answer.status() + " " + json.text("message"));
    } catch (JsonException e) {
      return Optional.of("answered no JSON");
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private List<Alias> assigned(String group) {
    return autoScaling.aliases(group).stream()
        .filter(alias -> alias.instance().isPresent())
        .toList();
  }

  private Response post(Hop hop, Instance instance, String path, byte[] body) {
    return hops.post(hop.host(), new Hop(instance.ip(), hop.port()).uri(path), body);
  }

  private static String unknown(Hop hop) {
    return "alias not found: " + hop.host() + "\n";
  }

  private static String unassigned(Hop hop) {
    return hop.host() + " has not been assigned instance\n";
  }
}
