package io.happo.agent.api;

import io.happo.agent.autoscaling.Alias;
import io.happo.agent.autoscaling.AutoScaling;
import io.happo.agent.autoscaling.AutoScalingNode;
import io.happo.agent.autoscaling.Groups;
import io.happo.agent.autoscaling.Refusal;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.net.Request;
import io.happo.net.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** {@code /autoscaling} and what is below it, and {@code /status/autoscaling}. */
final class AutoScalingRoutes {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");

  private final AutoScaling autoScaling;
  private final Hops hops;

  AutoScalingRoutes(AutoScaling autoScaling, Hops hops) {
    this.autoScaling = autoScaling;
    this.hops = hops;
  }

  /** One thing to do, which may be refused. */
  @FunctionalInterface
  private interface Deed {
    void run() throws Refusal;
  }

  Response list() {
    var json = new JsonWriter().beginObject().key("autoscaling");
    try {
      autoScaling.writeList(json);
      return Answers.json(200, json.endObject());
    } catch (Refusal e) {
      return Answers.json(
          500, new JsonWriter().beginObject().key("autoscaling").nullValue().endObject());
    }
  }

  Response status() {
    var json = new JsonWriter();
    try {
      var differences = autoScaling.differences();
      json.beginArray();
      for (var one : differences) {
        writeStatus(json, one.group(), one.problem().isEmpty() ? "ok" : "error", one.problem());
      }
      return Answers.json(200, json.endArray());
    } catch (Refusal e) {
      writeStatus(json, "", "", "");
      return Answers.json(500, json);
    }
  }

  private static void writeStatus(JsonWriter json, String group, String status, String message) {
    json.beginObject()
        .member("autoscaling_group_name", group)
        .member("status", status)
        .member("message", message)
        .endObject();
  }

  /** With the key in the original's letter case and in the one that all others have. */
  Response resolve(Request request) {
    var alias = autoScaling.find(alias(request));
    var status = alias.isPresent() ? "OK" : "error";
    return Answers.json(
        alias.isPresent() ? 200 : 500,
        new JsonWriter()
            .beginObject()
            .member("Status", status)
            .member("status", status)
            .member("ip", ip(alias))
            .endObject());
  }

  Response health(Request request) {
    int port;
    try {
      port = port(request.query());
    } catch (NumberFormatException e) {
      return health(400, "port is must be specify integer", "");
    }
    var name = alias(request);
    var alias = autoScaling.find(name);
    if (alias.isEmpty()) {
      return health(500, "alas not found: " + name, ""); // as the original has it
    }
    var ip = ip(alias);
    if (ip.isEmpty()) {
      return health(200, name + " has not been assigned instance", "");
    }
    try {
      hops.greet(new Hop(ip, port).uri(""));
      return health(200, "", ip);
    } catch (IOException | IllegalArgumentException e) {
      return health(500, String.valueOf(e.getMessage()), ip);
    }
  }

  private static Response health(int status, String message, String ip) {
    return Answers.json(
        status,
        new JsonWriter()
            .beginObject()
            .member("status", status == 200 ? "OK" : "error")
            .member("message", message)
            .member("ip", ip)
            .endObject());
  }

  private static int port(String query) {
    for (var pair : query.split("&", -1)) {
      if (pair.startsWith("port=") && pair.length() > "port=".length()) {
        int port = Integer.parseInt(pair.substring("port=".length()));
        if (port < 1 || port > 65_535) {
          throw new NumberFormatException("no port");
        }
        return port;
      }
    }
    return Hop.DEFAULT_PORT;
  }

  Response updateConfig(JsonObject request) throws JsonException {
    var wanted = Groups.read(request.requiredObject("config"));
    try {
      autoScaling.use(wanted);
      return Answers.status(200, "OK", "");
    } catch (IOException e) {
      LOG.log(Level.ERROR, "Auto Scaling groups not changed: {0}", e.getMessage());
      return Answers.status(200, "NG", String.valueOf(e.getMessage()));
    }
  }

  Response refresh(JsonObject request) throws JsonException {
    var group = request.text("autoscaling_group_name");
    return done("error", () -> autoScaling.refresh(group));
  }

  Response delete(JsonObject request) throws JsonException {
    var group = request.text("autoscaling_group_name");
    return done("error", () -> autoScaling.delete(group));
  }

  Response deregister(JsonObject request) throws JsonException {
    var instance = request.text("instance_id");
    return done("NG", () -> autoScaling.deregister(instance));
  }

  static Response leave(AutoScalingNode node) {
    return done("error", node::leave);
  }

  Response register(JsonObject request) throws JsonException {
    var group = request.text("autoscaling_group_name");
    var instance = request.text("instance_id");
    var ip = request.text("ip");
    try {
      var found = autoScaling.register(group, instance, ip);
      return registered(200, "OK", "", Optional.of(found.alias()));
    } catch (Refusal e) {
      LOG.log(Level.WARNING, "failed to register {0}: {1}", instance, e.getMessage());
      return notRegistered(status(e), String.valueOf(e.getMessage()));
    }
  }

  static Response notRegistered(int status, String message) {
    return registered(status, "error", message, Optional.empty());
  }

  private static Response registered(
      int status, String word, String message, Optional<Alias> alias) {
    var json =
        new JsonWriter()
            .beginObject()
            .member("status", word)
            .member("message", message)
            .member("alias", alias.map(Alias::name).orElse(""))
            .key("instance_data");
    Alias.writeData(json, alias);
    return Answers.json(status, json.endObject());
  }

  private static Response done(String word, Deed deed) {
    try {
      deed.run();
      return Answers.status(200, "OK", "");
    } catch (Refusal e) {
      LOG.log(Level.WARNING, "autoscaling: {0}", e.getMessage());
      return Answers.status(status(e), word, String.valueOf(e.getMessage()));
    }
  }

  private static int status(Refusal refusal) {
    return switch (refusal.kind()) {
      case INCOMPLETE -> 400;
      case UNKNOWN_GROUP -> 404;
      case FAILED -> 500;
    };
  }

  private static String alias(Request request) {
    return request.pathParameters().getOrDefault("alias", "");
  }

  private static String ip(Optional<AutoScaling.Found> alias) {
    return alias.flatMap(found -> found.alias().instance()).map(one -> one.ip()).orElse("");
  }
}
