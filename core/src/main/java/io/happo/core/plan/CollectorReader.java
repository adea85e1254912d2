package io.happo.core.plan;

import io.happo.core.JsonWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and writes what is said of collectors: by people for a fleet, by a hub for an agent. */
final class CollectorReader {
  private final List<Problem> problems;
  private final Set<String> names = new HashSet<>();

  CollectorReader(List<Problem> problems) {
    this.problems = problems;
  }

  /** One that people wrote; empty where there is a problem. */
  Optional<FleetCollector> ofFleet(Members members) {
    int before = problems.size();
    var name = name(members);
    var command = words(members, "command");
    if (!members.has("command")) {
      members.problem("command", "is missing");
    }
    var validate = words(members, "validate");
    var files = members.map("files");
    members.problem("files", Collector.wrongFiles(files));
    FleetReader.tokens(members, "files", files.values());
    var environment = FleetReader.environment(members);
    long memory = members.made("memory", Sizes::parse).orElse(0L);
    members.problem("memory", Collector.wrongMemory(memory));
    var scrape = members.textOrTexts("scrape");
    members.problem("scrape", Collector.wrongScrapes(scrape));
    FleetReader.tokens(members, "scrape", scrape);
    var every = members.made("every", Durations::parse).orElse(Collector.DEFAULT_SCRAPE);
    members.problem("every", Collector.wrongInterval(every));
    if (scrape.isEmpty() && members.has("every")) {
      members.problem("every", "belongs to scrape");
    }
    var target = FleetReader.target(members, "for").orElse(Target.ALL);
    var except = FleetReader.target(members, "not-for");
    members.refuseOthers();
    if (before != problems.size()) {
      return Optional.empty();
    }
    var collector =
        new Collector(name, command, validate, files, environment, memory, scrape, every);
    if (collector.fileBytes() > Collector.MAX_FILE_BYTES) {
      members.problem("files", Collector.tooMany(List.of(collector)));
      return Optional.empty();
    }
    return Optional.of(new FleetCollector(collector, target, except));
  }

  private String name(Members members) {
    var name = members.requiredText("name", Collector::wrongName);
    if (!names.add(name) && !name.isEmpty()) {
      members.problem("name", Rules.shown(name) + " is the name of another collector too");
    }
    return name;
  }

  private static List<String> words(Members members, String key) {
    var words = members.made(key, CollectorReader::command).orElse(List.of());
    FleetReader.tokens(members, key, words);
    if (!words.isEmpty()
        && (Tokens.hasAny(words.getFirst()) || words.getFirst().contains(Collector.FOLDER))) {
      members.problem(key, "has a token in its name: which program is run, the plan itself says");
    }
    return words;
  }

  private static List<String> command(String line) {
    var words = Words.split(line);
    Rules.require(Collector.wrongCommand(words));
    return words;
  }

  /** One of an agent's plan; empty where there is a problem. */
  Optional<Collector> ofPlan(Members members) {
    int before = problems.size();
    var name = name(members);
    var command = members.texts("command");
    members.problem("command", Collector.wrongCommand(command));
    var validate = members.texts("validate");
    if (!validate.isEmpty()) {
      members.problem("validate", Collector.wrongCommand(validate));
    }
    var files = members.map("files");
    members.problem("files", Collector.wrongFiles(files));
    var environment = members.map("environment");
    members.problem("environment", Rules.environment(environment));
    long memory = members.whole("memoryBytes", 0);
    members.problem("memoryBytes", Collector.wrongMemory(memory));
    var scrape = members.texts("scrape");
    members.problem("scrape", Collector.wrongScrapes(scrape));
    var every =
        Duration.ofSeconds(
            Math.clamp(
                members.whole("scrapeEverySeconds", Collector.DEFAULT_SCRAPE.toSeconds()),
                0,
                Integer.MAX_VALUE));
    members.problem("scrapeEverySeconds", Collector.wrongInterval(every));
    return before == problems.size()
        ? Optional.of(
            new Collector(name, command, validate, files, environment, memory, scrape, every))
        : Optional.empty();
  }

  /** As {@link #ofPlan} reads it. */
  static void write(JsonWriter json, Collector collector) {
    json.beginObject().member("name", collector.name());
    Plan.write(json, "command", collector.command());
    Plan.write(json, "validate", collector.validate());
    Plan.write(json, "files", collector.files());
    Plan.write(json, "environment", collector.environment());
    if (collector.memoryBytes() > 0) {
      json.member("memoryBytes", collector.memoryBytes());
    }
    if (!collector.scrape().isEmpty()) {
      Plan.write(json, "scrape", collector.scrape());
      json.member("scrapeEverySeconds", collector.scrapeEvery().toSeconds());
    }
    json.endObject();
  }
}
