package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.core.Sha256;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.SortedMap;

/** The client commands about the plan. */
final class PlanClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  PlanClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  int show() throws Failure, JsonException {
    if (arguments.has("agent")) {
      var answer = hub.get("/v1/agents/" + HubClient.encoded(arguments.text("agent")) + "/plan");
      for (var left : answer.texts("leftOut")) {
        console.complain("left out: " + left + "\n");
      }
      console.say(answer.text("document") + "\n");
      return 0;
    }
    var answer = hub.get("/v1/plan?version=" + arguments.number("version"));
    console.say(
        Printing.json(arguments.flag("json") ? answer : answer.requiredObject("files")) + "\n");
    return 0;
  }

  int diff() throws Failure, JsonException {
    return send(true);
  }

  int apply() throws Failure, JsonException {
    return send(arguments.flag("dry-run"));
  }

  private int send(boolean dry) throws Failure, JsonException {
    var folder = PlanFolder.read(Path.of(arguments.operands().getFirst()));
    sendMissing(folder.archives());
    for (var name : folder.unused()) {
      console.complain("note: no check names plugins/" + name + " as its bundle\n");
    }
    var json = new JsonWriter().beginObject().key("files").beginObject();
    folder.documents().forEach((name, document) -> json.key(name).value(document));
    json.endObject().key("dryRun").value(dry);
    if (!dry) {
      json.member("comment", arguments.text("comment")).member("share", arguments.number("share"));
    }
    return print(hub.send("PUT", "/v1/plan", json.endObject().toString()), dry);
  }

  /** The hub can look into a plan only when it has the archives that the plan names. */
  private void sendMissing(SortedMap<String, byte[]> archives) throws Failure, JsonException {
    if (archives.isEmpty()) {
      return;
    }
    var there = new HashSet<String>();
    for (var archive : hub.get("/v1/archives").objects("archives")) {
      there.add(archive.text("sha256"));
    }
    for (var archive : archives.entrySet()) {
      var sha256 = Sha256.of(archive.getValue());
      if (there.add(sha256)) {
        var path = "/v1/archives/" + sha256 + "?name=" + HubClient.encoded(archive.getKey());
        hub.send("PUT", path, "application/zip", archive.getValue());
      }
    }
  }

  private int print(JsonObject answer, boolean dry) throws JsonException {
    if (arguments.flag("json")) {
      console.say(Printing.json(answer) + "\n");
      return 0;
    }
    for (var change : answer.objects("changes")) {
      var member = change.text("member");
      var line =
          switch (change.text("kind")) {
            case "added" -> "+ " + change.text("check");
            case "removed" -> "- " + change.text("check");
            default ->
                "~ "
                    + change.text("check")
                    + " "
                    + member
                    + ": "
                    + shown(change.text("before"))
                    + " -> "
                    + shown(change.text("after"));
          };
      console.say(line + "\n");
    }
    var unmatched = answer.texts("unmatched");
    if (!unmatched.isEmpty()) {
      console.complain("note: no agent runs yet: " + String.join(", ", unmatched) + "\n");
    }
    for (var doubt : answer.texts("doubts")) {
      console.complain("note: " + doubt + "\n");
    }
    for (var rule : answer.texts("idle")) {
      console.complain("note: alert " + rule + "\n");
    }
    boolean applied = answer.find("applied").map(new JsonValue.Bool(true)::equals).orElse(false);
    long version = answer.requiredLong("version");
    console.say(
        applied
            ? "This is version " + version + " of the plan.\n"
            : answer.objects("changes").isEmpty()
                ? "Nothing changes; version " + version + " stays.\n"
                : dry ? "Nothing was changed: this was a trial.\n" : "");
    return 0;
  }

  private static String shown(String value) {
    return value.isEmpty() ? "(none)" : value;
  }

  int versions() throws Failure, JsonException {
    var answer = hub.get("/v1/plan/versions?limit=" + arguments.number("limit"));
    var table = new TextTable("VERSION", "MADE", "BY", "WHY");
    for (var version : answer.objects("versions")) {
      table.row(
          version.requiredLong("version"),
          Printing.time(version.requiredLong("createdAt")),
          version.text("author"),
          version.text("comment"));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int rollBack() throws Failure, JsonException {
    long number;
    try {
      number = Long.parseLong(arguments.operands().getFirst());
    } catch (NumberFormatException e) {
      throw new Failure("VERSION: '" + arguments.operands().getFirst() + "' is no number");
    }
    var json =
        new JsonWriter()
            .beginObject()
            .member("version", number)
            .member("comment", arguments.text("comment"))
            .endObject();
    return print(hub.post("/v1/plan/rollback", json.toString()), false);
  }
}
