package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The client commands about telling people. */
final class AlertClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  AlertClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  private String operand(int number) {
    return HubClient.encoded(arguments.operands().get(number));
  }

  private static boolean isTrue(JsonObject object, String key) {
    return object.find(key).map(new JsonValue.Bool(true)::equals).orElse(false);
  }

  int alerts() throws Failure, JsonException {
    var answer = hub.get("/v1/alerts");
    var table = new TextTable("AGENT", "CHECK", "STATUS", "FOR", "TOLD", "RULE", "WHY");
    for (var alert : answer.objects("alerts")) {
      table.row(
          alert.text("agent"),
          alert.text("check"),
          alert.text("status"),
          Printing.ago(alert.requiredLong("since")),
          isTrue(alert, "told") ? "yes" : "no",
          alert.text("rule"),
          alert.text("why"));
    }
    if (isTrue(answer, "off") && !arguments.flag("json")) {
      console.say("Nobody is told anything: 'happo-hub alerts on' changes that.\n");
    }
    return Printing.print(console, arguments, answer, table.sorted());
  }

  int turn(boolean off) throws Failure {
    hub.send(
        "PUT",
        "/v1/alerts/off",
        new JsonWriter().beginObject().key("off").value(off).endObject().toString());
    console.say(off ? "Nobody is told anything now.\n" : "People are told again.\n");
    return 0;
  }

  /** What a rule of a folder would have told. */
  int rehearse() throws Failure, JsonException {
    var folder = Path.of(arguments.operands().getFirst());
    var name = arguments.operands().get(1);
    var names = new ArrayList<String>();
    JsonObject rule = null;
    for (var document : PlanFolder.read(folder).documents().values()) {
      for (var one : rules(document)) {
        names.add(one.text("name"));
        rule = one.text("name").equals(name) ? one : rule;
      }
    }
    if (rule == null) {
      throw new Failure(
          folder + " has no rule '" + name + "' under alerts" + Nearest.suggestion(name, names));
    }
    var json = new JsonWriter().beginObject().key("rule").value(rule);
    var answer =
        hub.post(
            "/v1/alerts/try", json.member("days", arguments.number("days")).endObject().toString());
    var table = new TextTable("TIME", "AGENT", "CHECK", "WHAT", "STATUS", "BY");
    for (var telling : answer.objects("tellings")) {
      table.row(
          Printing.time(telling.requiredLong("time")),
          telling.text("agent"),
          telling.text("check"),
          telling.text("kind"),
          telling.text("status"),
          String.join(", ", telling.texts("channels")));
    }
    int status = Printing.print(console, arguments, answer, table);
    if (!arguments.flag("json")) {
      long left = answer.requiredLong("left");
      console.say(
          "Tried on "
              + answer.requiredLong("checks")
              + " checks"
              + (left > 0 ? "; " + left + " more were not looked at" : "")
              + ".\n");
    }
    return status;
  }

  private static List<JsonObject> rules(JsonValue document) throws JsonException {
    return document instanceof JsonObject object && object.find("alerts").isPresent()
        ? object.objects("alerts")
        : List.of();
  }

  int notes() throws Failure, JsonException {
    if (arguments.operands().size() == 1) {
      throw new Failure("name a check beside the agent; @agent is the agent itself");
    }
    var of = arguments.operands().isEmpty() ? "" : "&agent=" + operand(0) + "&check=" + operand(1);
    var answer = hub.get("/v1/notes?limit=" + arguments.number("limit") + of);
    var table = new TextTable("TIME", "AGENT", "CHECK", "WHAT", "STATUS", "RULE", "TOLD", "WHY");
    for (var note : answer.objects("notes")) {
      table.row(
          Printing.time(note.requiredLong("time")),
          note.text("agent"),
          note.text("check"),
          note.text("kind"),
          note.text("status"),
          note.text("rule"),
          isTrue(note, "told") ? "yes" : "no",
          isTrue(note, "told") ? "by " + note.text("why") : note.text("why"));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int acknowledge() throws Failure {
    var path = "/v1/agents/" + operand(0) + "/checks/" + operand(1) + "/acknowledge";
    if (arguments.flag("undo")) {
      hub.send("DELETE", path, "");
      return 0;
    }
    var json = new JsonWriter().beginObject().key("sticky").value(arguments.flag("sticky"));
    if (arguments.has("comment")) {
      json.member("comment", arguments.text("comment"));
    }
    hub.post(path, json.endObject().toString());
    return 0;
  }

  int report() throws Failure {
    var json = new JsonWriter().beginObject();
    text(json, "status");
    text(json, "output");
    seconds(json, "ttl", "ttlSeconds");
    var path = "/v1/agents/" + operand(0) + "/checks/" + operand(1) + "/result";
    hub.post(path, json.endObject().toString());
    return 0;
  }

  int silences() throws Failure, JsonException {
    var answer = hub.get("/v1/silences");
    var table = new TextTable("NUMBER", "KIND", "HOLDS", "OF", "BEGINS", "ENDS", "BY", "REASON");
    for (var silence : answer.objects("silences")) {
      var checks = silence.texts("checks");
      var target = Printing.json(silence.requiredObject("target"));
      table.row(
          silence.requiredLong("number"),
          silence.text("kind"),
          isTrue(silence, "holds") ? "yes" : "no",
          (target.equals("{}") ? "all agents" : target)
              + (checks.isEmpty() ? "" : " " + String.join(", ", checks)),
          Printing.time(silence.requiredLong("begin")),
          isTrue(silence, "untilWell")
              ? "when it is well"
              : silence.find("end").isPresent()
                  ? Printing.time(silence.requiredLong("end"))
                  : silence.text("times") + " " + silence.text("timezone"),
          silence.text("author"),
          silence.text("reason"));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int silence(boolean downtime) throws Failure, JsonException {
    var json = new JsonWriter().beginObject().member("kind", downtime ? "downtime" : "silence");
    json.key("target").beginObject();
    var tags = tags();
    if (!tags.isEmpty()) {
      json.key("tags").beginObject();
      tags.forEach((name, values) -> write(json.key(name), values));
      json.endObject();
    }
    if (!arguments.list("agent").isEmpty()) {
      write(json.key("agents"), arguments.list("agent"));
    }
    json.endObject();
    if (!arguments.list("check").isEmpty()) {
      write(json.key("checks"), arguments.list("check"));
    }
    if (!arguments.has("for")
        && !(downtime ? arguments.has("times") : arguments.flag("until-well"))) {
      throw new Failure(
          "say how long: --for 2h, or "
              + (downtime ? "--times 'sun 02:00-04:00'" : "--until-well"));
    }
    seconds(json, "for", "seconds");
    if (downtime) {
      seconds(json, "flexible", "flexibleSeconds");
      if (arguments.has("begin")) {
        long in = AccessClient.seconds("--begin", arguments.text("begin"));
        json.member("begin", System.currentTimeMillis() + in * 1000);
      }
      text(json, "times");
      text(json, "timezone");
    } else {
      json.key("untilWell").value(arguments.flag("until-well"));
    }
    text(json, "reason");
    var answer = hub.post("/v1/silences", json.endObject().toString());
    console.say("It has the number " + answer.requiredLong("number") + ".\n");
    return 0;
  }

  private Map<String, List<String>> tags() throws Failure {
    var tags = new TreeMap<String, List<String>>();
    for (var tag : arguments.list("tag")) {
      int equals = tag.indexOf('=');
      if (equals < 1) {
        throw new Failure("--tag: '" + tag + "' is not NAME=VALUE");
      }
      tags.merge(
          tag.substring(0, equals),
          List.of(tag.substring(equals + 1)),
          (one, other) -> java.util.stream.Stream.concat(one.stream(), other.stream()).toList());
    }
    return tags;
  }

  private static void write(JsonWriter json, List<String> texts) {
    json.beginArray();
    texts.forEach(json::value);
    json.endArray();
  }

  private void seconds(JsonWriter json, String option, String member) throws Failure {
    if (arguments.has(option)) {
      json.member(member, AccessClient.seconds("--" + option, arguments.text(option)));
    }
  }

  private void text(JsonWriter json, String name) {
    if (arguments.has(name)) {
      json.member(name, arguments.text(name));
    }
  }

  int endSilence() throws Failure {
    hub.send("DELETE", "/v1/silences/" + operand(0), "");
    return 0;
  }

  int channels() throws Failure, JsonException {
    var answer = hub.get("/v1/channels");
    var table = new TextTable("NAME", "KIND", "SETTINGS", "SET BY", "SET");
    for (var channel : answer.objects("channels")) {
      table.row(
          channel.text("name"),
          channel.text("kind"),
          Printing.json(channel.requiredObject("settings")),
          channel.text("changedBy"),
          Printing.time(channel.requiredLong("changedAt")));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int setChannel() throws Failure {
    var body = GivenSettings.of(console, arguments).toJson();
    hub.send("PUT", "/v1/channels/" + operand(0), body);
    console.say("Try it: happo-hub channel test " + arguments.operands().getFirst() + "\n");
    return 0;
  }

  int testChannel() throws Failure, JsonException {
    var name = arguments.operands().getFirst();
    var answer = hub.post("/v1/channels/" + operand(0) + "/test", "");
    if (isTrue(answer, "delivered")) {
      console.say("The trial was taken: look whether it arrived.\n");
      return 0;
    }
    throw new Failure(name + " did not take it: " + answer.text("problem"));
  }

  int removeChannel() throws Failure {
    hub.send("DELETE", "/v1/channels/" + operand(0), "");
    return 0;
  }

  int messages() throws Failure, JsonException {
    var answer = hub.get("/v1/messages?limit=" + arguments.number("limit"));
    var table = new TextTable("TIME", "CHANNEL", "STATE", "TRIES", "WHAT", "PROBLEM");
    for (var message : answer.objects("messages")) {
      table.row(
          Printing.time(message.requiredLong("createdAt")),
          message.text("channel"),
          message.text("state"),
          message.requiredLong("tries"),
          message.text("subject"),
          message.text("problem"));
    }
    return Printing.print(console, arguments, answer, table);
  }
}
