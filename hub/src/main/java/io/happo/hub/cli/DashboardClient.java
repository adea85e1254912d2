package io.happo.hub.cli;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.hub.yaml.BadYamlException;
import io.happo.hub.yaml.YamlText;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The client commands about dashboards. */
final class DashboardClient {
  private static final String JSON = ".json";
  private static final List<String> ENDINGS = List.of(".yaml", ".yml", JSON);

  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  DashboardClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  private static String path(String name) {
    return "/v1/dashboards/" + HubClient.encoded(name);
  }

  int list() throws Failure, JsonException {
    var answer = hub.get("/v1/dashboards");
    var table = new TextTable("NAME", "TITLE", "GRAPHS", "CHANGED", "BY");
    for (var one : answer.objects("dashboards")) {
      long changedAt = one.requiredLong("changedAt");
      table.row(
          one.text("name"),
          one.text("title"),
          one.requiredLong("graphs"),
          changedAt == 0 ? "" : Printing.time(changedAt),
          changedAt == 0 ? "(comes with the hub)" : one.text("changedBy"));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int export() throws Failure, JsonException {
    var operands = arguments.operands();
    var dashboard = hub.get(path(operands.getFirst())).requiredObject("dashboard");
    var file = operands.size() > 1 ? operands.get(1) : "";
    boolean json = arguments.flag("json") || file.endsWith(JSON);
    var text = json ? Printing.json(dashboard) + "\n" : YamlText.write(dashboard);
    if (file.isEmpty()) {
      console.say(text);
      return 0;
    }
    try {
      Files.writeString(Path.of(file), text);
    } catch (IOException e) {
      throw new Failure("cannot write " + file + ": " + Reason.of(e));
    }
    return 0;
  }

  int bring() throws Failure, JsonException {
    var documents = new TreeMap<String, JsonObject>();
    read(arguments.operands().stream().map(Path::of).toList(), documents);
    send(documents);
    return 0;
  }

  int apply() throws Failure, JsonException {
    var documents = new TreeMap<String, JsonObject>();
    read(files(Path.of(arguments.operands().getFirst())), documents);
    send(documents);
    for (var one : hub.get("/v1/dashboards").objects("dashboards")) {
      var name = one.text("name");
      if (one.requiredLong("revision") > 0 && !documents.containsKey(name)) {
        console.say("- " + name + "\n");
        if (!arguments.flag("dry-run")) {
          hub.send("DELETE", path(name), "");
        }
      }
    }
    return 0;
  }

  int remove() throws Failure {
    for (var name : arguments.operands()) {
      hub.send("DELETE", path(name), "");
    }
    return 0;
  }

  /** All are looked at before the first one is kept. */
  private void send(SortedMap<String, JsonObject> documents) throws Failure, JsonException {
    var problems = new ArrayList<String>();
    var changed = new TreeMap<String, JsonObject>();
    for (var document : documents.entrySet()) {
      try {
        if (tells(document.getKey(), put(document.getKey(), document.getValue(), true))) {
          changed.put(document.getKey(), document.getValue());
        }
      } catch (Failure e) {
        problems.add(document.getKey() + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      problems.add("Nothing was changed.");
      throw new Failure(String.join("\n", problems));
    }
    if (!arguments.flag("dry-run")) {
      for (var document : changed.entrySet()) {
        put(document.getKey(), document.getValue(), false);
      }
    }
  }

  private JsonObject put(String name, JsonValue document, boolean dry) throws Failure {
    var json = new JsonWriter().beginObject().key("dashboard").value(document);
    return hub.send("PUT", path(name), json.key("dryRun").value(dry).endObject().toString());
  }

  /** Tells what it changes; whether it changes anything. */
  private boolean tells(String name, JsonObject answer) throws JsonException {
    boolean added = answer.find("added").map(new JsonValue.Bool(true)::equals).orElse(false);
    var changes = answer.texts("changes");
    if (added) {
      console.say("+ " + name + "\n");
    }
    for (var change : changes) {
      console.say("~ " + name + ", " + change + "\n");
    }
    return added || !changes.isEmpty();
  }

  private static List<Path> files(Path folder) throws Failure {
    if (!Files.isDirectory(folder)) {
      throw new Failure("there is no folder " + folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> !ending(file).isEmpty())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Failure("cannot read " + folder + ": " + Reason.of(e));
    }
  }

  private static String ending(Path file) {
    var name = file.getFileName().toString();
    return ENDINGS.stream().filter(name::endsWith).findFirst().orElse("");
  }

  /** All that cannot be read is told at once. */
  private static void read(List<Path> files, SortedMap<String, JsonObject> documents)
      throws Failure {
    var problems = new ArrayList<String>();
    for (var file : files) {
      try {
        if (!(document(file) instanceof JsonObject object)) {
          problems.add(file + " holds no dashboard: it begins with the member graphs or another");
        } else if (documents.putIfAbsent(name(file, object), object) != null) {
          problems.add(file + ": another file holds a dashboard of this name too");
        }
      } catch (CharacterCodingException e) {
        problems.add(file + " is not UTF-8 text");
      } catch (IOException e) {
        problems.add("cannot read " + file + ": " + Reason.of(e));
      } catch (BadYamlException e) {
        problems.add(String.valueOf(e.getMessage()));
      } catch (JsonException e) {
        problems.add(file + " is " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new Failure(String.join("\n", problems));
    }
  }

  private static JsonValue document(Path file) throws IOException, BadYamlException, JsonException {
    var text = Files.readString(file);
    return ending(file).equals(JSON) ? Json.parse(text) : YamlText.read(file.toString(), text);
  }

  private static String name(Path file, JsonObject document) {
    if (document.find("name").orElse(null) instanceof JsonValue.Text name
        && !name.value().isEmpty()) {
      return name.value();
    }
    var name = file.getFileName().toString();
    return name.substring(0, name.length() - ending(file).length());
  }
}
