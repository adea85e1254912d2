package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The client commands about agents, and what their checks say. */
final class FleetClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  FleetClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  private String operand(int number) {
    return HubClient.encoded(arguments.operands().get(number));
  }

  private String query(String... names) {
    var query = new StringBuilder();
    for (var name : names) {
      if (arguments.has(name)) {
        query.append(query.isEmpty() ? '?' : '&').append(name).append('=');
        query.append(HubClient.encoded(arguments.text(name)));
      }
    }
    return query.toString();
  }

  int agents() throws Failure, JsonException {
    var answer = hub.all("/v1/agents" + query("state", "tag"), "agents");
    var table = new TextTable("NAME", "FINGERPRINT", "STATE", "CONNECTION", "SINCE", "TAGS");
    for (var agent : answer.objects("agents")) {
      table.row(
          agent.text("name"),
          agent.text("id").substring(0, 12),
          agent.text("state"),
          agent.text("presence") + (isTrue(agent, "duplicate") ? " (duplicate)" : ""),
          Printing.ago(agent.requiredLong("presenceSince")),
          texts(agent, "tags"));
    }
    return Printing.print(console, arguments, answer, table.sorted());
  }

  private static String texts(JsonObject object, String key) throws JsonException {
    var line = new StringBuilder();
    for (Map.Entry<String, JsonValue> member : object.requiredObject(key).members()) {
      line.append(line.isEmpty() ? "" : " ").append(member.getKey()).append('=');
      line.append(member.getValue() instanceof JsonValue.Text text ? text.value() : "");
    }
    return line.toString();
  }

  int show() throws Failure, JsonException {
    var agent = hub.get("/v1/agents/" + operand(0));
    var table =
        new TextTable()
            .row("name", agent.text("name"))
            .row("fingerprint", agent.text("id"))
            .row("state", agent.text("state"))
            .row(
                "connection",
                agent.text("presence")
                    + " since "
                    + Printing.time(agent.requiredLong("presenceSince")))
            .row("found the hub by", agent.text("via"))
            .row("joined", Printing.time(agent.requiredLong("joinedAt")))
            .row("last seen", Printing.time(agent.requiredLong("lastSeenAt")))
            .row("version", agent.text("version"))
            .row("tags", texts(agent, "tags"));
    for (Map.Entry<String, JsonValue> fact : agent.requiredObject("facts").members()) {
      table.row(
          "fact " + fact.getKey(),
          fact.getValue() instanceof JsonValue.Text text ? text.value() : "");
    }
    for (var problem : agent.texts("planProblems")) {
      table.row("plan not applied", problem);
    }
    for (var problem : agent.texts("planLeftOut")) {
      table.row("left out of the plan", problem);
    }
    return Printing.print(console, arguments, agent, table);
  }

  /** Does one thing with each of the agents named. */
  int each(String action, String done) throws Failure {
    for (var agent : arguments.operands()) {
      hub.post("/v1/agents/" + HubClient.encoded(agent) + "/" + action, "");
      console.say(agent + " is " + done + ".\n");
    }
    return 0;
  }

  int edit() throws Failure {
    var json = new JsonWriter().beginObject();
    if (arguments.has("name")) {
      json.member("name", arguments.text("name"));
    }
    AccessClient.writeTags(json, arguments);
    hub.send("PATCH", "/v1/agents/" + operand(0), json.endObject().toString());
    return 0;
  }

  int checks() throws Failure, JsonException {
    var answer = hub.all("/v1/checks" + query("agent", "status"), "checks");
    var table = new TextTable("AGENT", "CHECK", "STATUS", "FOR", "OUTPUT");
    var ids = new HashMap<String, Set<String>>();
    for (var check : answer.objects("checks")) {
      ids.computeIfAbsent(check.text("agent"), _ -> new HashSet<>()).add(check.text("agentId"));
    }
    for (var check : answer.objects("checks")) {
      // Two agents of one name are told apart.
      boolean alone = ids.getOrDefault(check.text("agent"), Set.of()).size() == 1;
      boolean soft = isTrue(check, "soft");
      boolean stale = isTrue(check, "stale");
      table.row(
          check.text("agent") + (alone ? "" : " " + check.text("agentId").substring(0, 12)),
          check.text("check"),
          check.text("status") + (soft ? " (soft)" : "") + (stale ? " (stale)" : ""),
          Printing.ago(check.requiredLong("since")),
          check.text("output"));
    }
    return Printing.print(console, arguments, answer, table.sorted());
  }

  private static boolean isTrue(JsonObject object, String key) {
    return object.find(key).map(new JsonValue.Bool(true)::equals).orElse(false);
  }

  int history() throws Failure, JsonException {
    var answer =
        hub.get("/v1/agents/" + operand(0) + "/checks/" + operand(1) + "/history" + query("limit"));
    var table = new TextTable("TIME", "STATUS", "TOOK", "OUTPUT");
    for (var result : answer.objects("results")) {
      table.row(
          Printing.time(result.requiredLong("time")),
          result.text("status"),
          result.requiredLong("durationMillis") + " ms",
          result.text("output"));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int events() throws Failure, JsonException {
    var answer = hub.get("/v1/agents/" + operand(0) + "/events" + query("limit"));
    var table = new TextTable("TIME", "EVENT", "WHAT");
    for (var event : answer.objects("events")) {
      table.row(Printing.time(event.requiredLong("time")), event.text("event"), event.text("text"));
    }
    return Printing.print(console, arguments, answer, table);
  }
}
