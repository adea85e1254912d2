package io.happo.core.plan;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A program that the agent keeps running: it writes its files, has them checked, starts it, and
 * starts it again whenever it ends. In the words, files and variables {@value #FOLDER} stands for
 * the folder that the files are in.
 *
 * @param name unique in the plan, as of a check
 * @param command the program, as an absolute path or the name of one on the PATH, and its
 *     arguments; it is to stay in the foreground
 * @param validate a command likewise, which ends with 0 when the files are good; empty: none
 * @param files texts by the name of the file
 * @param environment variables added to those of the agent, or instead of them
 * @param memoryBytes the most that it may take of memory with all that it starts; 0: any
 * @param scrape where its values are read, in Prometheus' text format
 * @param scrapeEvery how often, 10 s to 1 h
 */
public record Collector(
    String name,
    List<String> command,
    List<String> validate,
    SortedMap<String, String> files,
    SortedMap<String, String> environment,
    long memoryBytes,
    List<String> scrape,
    Duration scrapeEvery) {
  /** Stands for the folder of the files. */
  public static final String FOLDER = "{{folder}}";

  /** Before its name, what the check is called that tells how it is. */
  public static final String CHECK_PREFIX = "collector-";

  /** Of the files of all collectors of an agent, UTF-8. */
  public static final int MAX_FILE_BYTES = 256 << 10;

  public static final Duration DEFAULT_SCRAPE = Duration.ofMinutes(1);

  static final int MAX_COLLECTORS = 20;

  private static final int MAX_FILES = 50;
  private static final int MAX_SCRAPES = 10;
  private static final long MIN_MEMORY = 1L << 20;
  private static final long MAX_MEMORY = 1L << 40;
  private static final Duration MIN_SCRAPE = Duration.ofSeconds(10);
  private static final Duration MAX_SCRAPE = Duration.ofHours(1);

  public Collector {
    Rules.require(wrongName(name));
    Rules.require(wrongCommand(command));
    if (!validate.isEmpty()) {
      Rules.require(wrongCommand(validate));
    }
    Rules.require(wrongFiles(files));
    Rules.require(Rules.environment(environment));
    Rules.require(wrongMemory(memoryBytes));
    Rules.require(wrongScrapes(scrape));
    Rules.require(wrongInterval(scrapeEvery));
    command = List.copyOf(command);
    validate = List.copyOf(validate);
    files = Rules.copy(files);
    environment = Rules.copy(environment);
    scrape = List.copyOf(scrape);
  }

  /** The name of the check that tells how it is. */
  public String check() {
    return CHECK_PREFIX + name;
  }

  /** What its files take, UTF-8. */
  public int fileBytes() {
    int bytes = 0;
    for (var text : files.values()) {
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  /** Its command as a line that is split into these words. */
  public String commandLine() {
    return Words.join(command.getFirst(), command.subList(1, command.size()));
  }

  /** The command of its check likewise; empty when there is none. */
  String validateLine() {
    return validate.isEmpty()
        ? ""
        : Words.join(validate.getFirst(), validate.subList(1, validate.size()));
  }

  static Optional<String> wrongName(String name) {
    return Rules.name(name).or(() -> Rules.name(CHECK_PREFIX + name));
  }

  /** Of a command: its program is found in no plugin folder, and by no way through folders. */
  static Optional<String> wrongCommand(List<String> words) {
    if (words.isEmpty()) {
      return Optional.of("is empty: give the program and its arguments");
    }
    var program = words.getFirst();
    if (program.isEmpty()
        || program.startsWith("-")
        || (program.indexOf('/') >= 0 && !program.startsWith("/"))) {
      return Optional.of(
          Rules.shown(program)
              + " is no program: give its absolute path, or the name of one on the PATH");
    }
    return Rules.texts(words);
  }

  static Optional<String> wrongFiles(SortedMap<String, String> files) {
    for (var file : files.entrySet()) {
      var wrong = wrongFile(file.getKey());
      if (wrong.isPresent()) {
        return wrong;
      }
      if (file.getValue().indexOf('\0') >= 0) {
        return Optional.of(file.getKey() + " holds a NUL, which no file of settings does");
      }
    }
    return Rules.count(files.size(), MAX_FILES);
  }

  private static Optional<String> wrongFile(String name) {
    return name.indexOf('/') >= 0
        ? Optional.of(Rules.shown(name) + " is no name of a file: give it without a folder")
        : Rules.file(name);
  }

  static Optional<String> wrongMemory(long bytes) {
    return bytes == 0 || (bytes >= MIN_MEMORY && bytes <= MAX_MEMORY)
        ? Optional.empty()
        : Optional.of("is out of range: 1 MiB to 1024 GiB are possible");
  }

  static Optional<String> wrongScrapes(List<String> addresses) {
    for (var address : addresses) {
      if (!address.startsWith("http://") && !address.startsWith("https://")) {
        return Optional.of(
            Rules.shown(address)
                + " is no address of values: write one such as http://127.0.0.1:9100/metrics");
      }
    }
    return Rules.texts(addresses).or(() -> Rules.count(addresses.size(), MAX_SCRAPES));
  }

  static Optional<String> wrongInterval(Duration every) {
    return every.toNanosPart() == 0
            && every.compareTo(MIN_SCRAPE) >= 0
            && every.compareTo(MAX_SCRAPE) <= 0
        ? Optional.empty()
        : Optional.of(
            "is "
                + Durations.text(every)
                + "; whole seconds from "
                + Durations.text(MIN_SCRAPE)
                + " to "
                + Durations.text(MAX_SCRAPE)
                + " are possible");
  }

  /** What is too much for one agent; empty: nothing. */
  static Optional<String> tooMany(List<Collector> collectors) {
    int bytes = 0;
    for (var collector : collectors) {
      bytes += collector.fileBytes();
    }
    return bytes <= MAX_FILE_BYTES
        ? Rules.count(collectors.size(), MAX_COLLECTORS)
        : Optional.of(
            "their files have "
                + bytes
                + " bytes together; at most "
                + MAX_FILE_BYTES
                + " are possible for an agent");
  }
}
