package io.happo.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Plays the cases of kind {@code cli}: one run of a program each. */
final class CliReplay {
  private final Fleet fleet;
  private final Path folder;

  CliReplay(Fleet fleet) throws IOException {
    this.fleet = fleet;
    folder = Files.createDirectories(fleet.runs().resolve("cwd"));
    Files.writeString(
        fleet.runs().resolve("good.txt"), "linux.a\t1.5\t1500000000\nlinux.b 2 1500000005\n");
  }

  /** Runs the recorded command line and tells what came of it by part. */
  Map<String, String> run(Case recorded) throws IOException {
    fleet.manager().forget();
    fleet.recorder().forget();
    fleet.recorderSays(
        switch (recorded.name()) {
          case "check.direct.odd_empty200" -> "";
          case "agent.list_aliases.not_json" -> "<html>";
          default -> "{\"a\":1}";
        });
    Files.deleteIfExists(log());
    var environment = new TreeMap<String, String>();
    recorded
        .fields()
        .at("env")
        .members()
        .forEach((name, value) -> environment.put(name, map(value)));
    var run = Run.of(folder, environment, argv(recorded), map(recorded.fields().at("stdin")));
    var parts = new LinkedHashMap<String, String>();
    parts.put("exit", "" + run.exit());
    parts.put("stdout", run.stdout());
    parts.put("stderr", run.stderr());
    parts.put("got", got(recorded));
    return parts;
  }

  /** What the original did, in the same parts. */
  Map<String, Expected> recorded(Case recorded) {
    var fields = recorded.fields();
    var parts = new LinkedHashMap<String, Expected>();
    parts.put("exit", Expected.exactly(fields.at("exit").text()));
    parts.put("stdout", Expected.exactly(map(fields.at("stdout"))));
    parts.put(
        "stderr",
        fields.at("volatile").items().isEmpty()
            ? Expected.exactly(map(fields.at("stderr")))
            : Expected.anything());
    parts.put(
        "got",
        Expected.exactly(
            fields.at("server_got").items().stream()
                .map(
                    got ->
                        line(
                            got.at("method").text(),
                            got.at("path").text(),
                            got.at("headers").at("Content-Type").text(),
                            map(got.at("body"))))
                .collect(Collectors.joining("\n"))));
    return parts;
  }

  private List<String> argv(Case recorded) {
    var argv = new ArrayList<String>();
    for (var word : recorded.fields().at("argv").items()) {
      argv.add(map(word));
    }
    argv.set(
        0,
        (argv.getFirst().equals("check_happo") ? Programs.check() : Programs.agent()).toString());
    return argv;
  }

  /** What the two servers got; of the https one only where the recording watched it too. */
  private String got(Case recorded) {
    var got = new ArrayList<>(fleet.manager().got());
    if (!recorded.fields().at("server_got").items().isEmpty()) {
      got.addAll(fleet.recorder().got());
    }
    return got.stream()
        .map(
            one ->
                line(
                    one.method(),
                    one.path(),
                    one.headers().getOrDefault("content-type", ""),
                    one.body()))
        .collect(Collectors.joining("\n"));
  }

  private static String line(String method, String path, String type, String body) {
    return method + " " + path + " " + type + " " + body;
  }

  /** The log of the daemons that are started by these cases and do not stay. */
  Path log() {
    return folder.resolve("x.log");
  }

  private String map(Json text) {
    return fleet.mapping().apply(text.text());
  }
}
