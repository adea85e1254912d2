package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rules of the house that a reader of the sources can check: who may use whom, sizes, links,
 * and no machine's paths.
 */
final class HouseTest {
  /**
   * What the sources of one room may not name.
   *
   * @param room start of the path, from the root of the tree
   * @param forbidden what a line of it may not match
   * @param why for the one who meets it
   */
  private record Rule(String room, Pattern forbidden, String why) {
    static Rule of(String room, String forbidden, String why) {
      return new Rule(room, Pattern.compile(forbidden), why);
    }

    /** A room of the agent uses only these of our packages, and itself. */
    static Rule agent(String room, String others) {
      return roomOf("agent", room, others);
    }

    /** Likewise of the hub. */
    static Rule hub(String room, String others) {
      return roomOf("hub", room, others);
    }

    private static Rule roomOf(String module, String room, String others) {
      var allowed =
          module + "\\." + room + "\\." + (others.isEmpty() ? "" : "|(" + others + ")\\.");
      return of(
          module + "/src/main/java/io/happo/" + module + "/" + room,
          IMPORT + "io\\.happo\\.(?!" + allowed + ")",
          "not for the " + module + "'s room " + room);
    }

    /** A room of the hub that leaves SQL to the store. */
    static Rule withoutSql(String room) {
      return of(
          "hub/src/main/java/io/happo/hub/" + room,
          IMPORT + "(java\\.sql|org\\.(jdbi|sqlite|postgresql|flywaydb)|com\\.zaxxer)\\.",
          "all SQL is in the store");
    }

    /** A room of the hub that leaves YAML to its room. */
    static Rule withoutYaml(String room) {
      return of(
          "hub/src/main/java/io/happo/hub/" + room,
          IMPORT + "org\\.snakeyaml\\.",
          "all YAML is in its room");
    }
  }

  private static final int LONGEST_FILE_LINES = 500;

  private static final String IMPORT = "^import (?:static )?+";

  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              "core/src/main/java",
              IMPORT
                  + "(?!java\\.|com\\.fasterxml\\.jackson\\.core\\.|org\\.jspecify\\.|io\\.happo\\.core\\.)",
              "core uses the JDK and the JSON library alone"),
          Rule.of(
              "core/src/main/java",
              IMPORT
                  + "java\\.(net\\.|nio\\.file\\.|nio\\.channels\\.|util\\.concurrent\\."
                  + "|time\\.(Clock|InstantSource);|io\\.(File|RandomAccess|Console))",
              "core has no socket, file, thread or clock"),
          Rule.of(
              "core/src/main/java",
              "\\b(Thread\\b|ProcessBuilder\\b|System\\.(currentTimeMillis|nanoTime|in|getenv)\\b"
                  + "|(Instant|LocalDateTime|LocalDate|ZonedDateTime)\\.now\\()",
              "core has no thread, process or clock: time is passed in"),
          Rule.of(
              "net/src/main/java",
              IMPORT
                  + "(?!java\\.|javax\\.|jdk\\.|io\\.netty\\.internal\\.tcnative\\.|org\\.jspecify\\.|io\\.happo\\.net\\.)",
              "net uses the JDK and the TLS library of Netty alone"),
          Rule.of("core/src", IMPORT + "io\\.netty\\.", "only net knows the TLS library"),
          Rule.of("agent/src", IMPORT + "io\\.netty\\.", "only net knows the TLS library"),
          Rule.of("hub/src", IMPORT + "io\\.netty\\.", "only net knows the TLS library"),
          Rule.of(
              "agent/src", IMPORT + "io\\.happo\\.hub\\.", "agent and hub never import each other"),
          Rule.of(
              "hub/src", IMPORT + "io\\.happo\\.agent\\.", "agent and hub never import each other"),
          Rule.of(
              "agent/src/main/java",
              IMPORT
                  + "(?!java\\.|javax\\.|jdk\\.|com\\.fasterxml\\.jackson\\.core\\."
                  + "|org\\.snakeyaml\\.|org\\.jspecify\\.|io\\.happo\\.(core|net|program|agent)\\.)",
              "agent uses core, net, program and its few libraries"),
          Rule.of(
              "program/src/main/java",
              IMPORT
                  + "(?!java\\.|sun\\.misc\\.Signal;|org\\.jspecify\\.|io\\.happo\\.(core|net|program)\\.)",
              "program uses core, net and the JDK"),
          Rule.of(
              "program/src/main/java/io/happo/program/files",
              IMPORT + "io\\.happo\\.(?!program\\.files\\.)",
              "files know of nothing else"),
          Rule.of(
              "program/src/main/java/io/happo/program/schedule",
              IMPORT + "io\\.happo\\.(?!core\\.|program\\.schedule\\.)",
              "the schedule knows of plans alone"),
          Rule.agent("exec", "core"),
          Rule.agent("buffer", "core|program\\.files"),
          Rule.agent("yaml", "program\\.files"),
          Rule.agent("metrics", "core|agent\\.(buffer|exec|yaml)"),
          Rule.agent("autoscaling", "core|net|program\\.files|agent\\.(exec|metrics|yaml)"),
          Rule.agent("feeds", "core|agent\\.metrics"),
          Rule.agent(
              "api",
              "core|net|program\\.files|agent\\.(autoscaling|buffer|exec|feeds|metrics|nrpe)"),
          Rule.agent("nrpe", "core|net|program\\.files|agent\\.exec"),
          Rule.agent("checks", "core|program\\.(cli|files)|agent\\.exec"),
          Rule.agent("machine", "core|program\\.(cli|files)|agent\\.(checks|exec)"),
          Rule.agent("probes", "core|net|program\\.cli|agent\\.(checks|exec)"),
          Rule.agent("facts", ""),
          Rule.agent("lists", "core|net|program\\.(cli|files)|agent\\.(checks|facts)"),
          Rule.agent("collectors", "core|net|program\\.(cli|files)|agent\\.(checks|exec)"),
          Rule.agent("scheduler", "core|program\\.(files|schedule)|agent\\.exec"),
          Rule.agent("uplink", "core|net|program\\.(files|keys)|agent\\.(buffer|facts)"),
          Rule.agent(
              "orders",
              "core|program\\.(cli|files|keys|schedule)|agent\\.(buffer|checks|collectors|exec|facts|metrics|scheduler|uplink)"),
          Rule.agent(
              "doctor",
              "core|net|program|agent\\.(autoscaling|exec|metrics|nrpe|scheduler|uplink)"),
          Rule.agent(
              "cli",
              "core|net|program|agent\\.(checks|collectors|doctor|exec|facts|lists|machine|nrpe|orders|probes|uplink)"),
          Rule.hub("store", "core|hub\\.(alert|metrics)|program\\.files"),
          Rule.hub("alert", "core"),
          Rule.hub("metrics", "core"),
          Rule.hub("intake", "core|hub\\.(alert|store)"),
          Rule.hub("fleet", "core|hub\\.store"),
          Rule.hub("link", "core|net|hub\\.(fleet|intake|store)"),
          Rule.hub("classic", "core|net|program\\.schedule|hub\\.(fleet|intake|store)"),
          Rule.hub("inventory", "core|hub\\.(fleet|store)"),
          Rule.hub("manage", "core|net|hub\\.(classic|store)"),
          Rule.hub("graphite", "core|net|hub\\.(fleet|store)"),
          Rule.hub("settings", "core|program\\.files"),
          Rule.hub("export", "core|hub\\.(fleet|settings|store)"),
          Rule.hub("notify", "core|program\\.files|hub\\.(alert|settings|store)"),
          Rule.hub("dashboards", "core|hub\\.(store|yaml)"),
          Rule.hub(
              "api",
              "core|net|hub\\.(alert|classic|inventory|dashboards|export|fleet|graphite|intake|link|metrics|notify|store|yaml)"),
          Rule.hub(
              "web",
              "core|net|hub\\.(alert|api|classic|dashboards|fleet|inventory|notify|store|yaml)"),
          Rule.hub("cli", "core|net|program|hub\\.yaml"),
          Rule.hub("yaml", "core"),
          Rule.withoutSql("alert"),
          Rule.withoutSql("metrics"),
          Rule.withoutSql("intake"),
          Rule.withoutSql("fleet"),
          Rule.withoutSql("link"),
          Rule.withoutSql("graphite"),
          Rule.withoutSql("classic"),
          Rule.withoutSql("inventory"),
          Rule.withoutSql("manage"),
          Rule.withoutSql("export"),
          Rule.withoutSql("notify"),
          Rule.withoutSql("dashboards"),
          Rule.withoutSql("api"),
          Rule.withoutSql("web"),
          Rule.withoutYaml("api"),
          Rule.withoutYaml("cli"),
          Rule.withoutYaml("dashboards"),
          Rule.withoutYaml("fleet"),
          Rule.of(
              "bench/src",
              IMPORT + "io\\.happo\\.(?!agent\\.exec\\.|hub\\.|core\\.|net\\.|bench\\.)",
              "bench uses exec, the hub's rooms, core and net, and else the built programs"),
          Rule.of(
              "e2e/src",
              IMPORT + "io\\.happo\\.(?!e2e\\.|hub\\.store\\.PostgresCluster;)",
              "e2e starts the built programs and never calls them; one test server is shared with the hub"));

  @Test
  void no_room_uses_what_it_may_not() {
    var offenders = new ArrayList<String>();
    for (var file : files(".java")) {
      var name = relative(file);
      var rules = RULES.stream().filter(rule -> name.startsWith(rule.room + "/")).toList();
      eachLine(
          file,
          (number, line) ->
              rules.stream()
                  .filter(rule -> rule.forbidden.matcher(withoutComment(line)).find())
                  .forEach(
                      rule ->
                          offenders.add(
                              name + ":" + number + ": " + line.strip() + " (" + rule.why + ")")));
    }
    assertThat(offenders).isEmpty();
  }

  @Test
  void everything_the_agent_runs_goes_through_exec() {
    var offenders = new ArrayList<String>();
    for (var file : files(".java")) {
      var name = relative(file);
      if (name.startsWith("agent/src/main/java/") && !name.contains("/agent/exec/")) {
        eachLine(
            file,
            (number, line) -> {
              if (Pattern.compile("\\bProcessBuilder\\b|\\bgetRuntime\\(\\)\\.exec\\(")
                  .matcher(withoutComment(line))
                  .find()) {
                offenders.add(name + ":" + number + ": " + line.strip());
              }
            });
      }
    }
    assertThat(offenders).isEmpty();
  }

  @Test
  void no_source_file_is_longer_than_500_lines() {
    var offenders =
        files(".java", ".sh", ".md", ".html", ".css", ".js", ".sql").stream()
            .filter(file -> !relative(file).startsWith("docs/reference/")) // Made, not written.
            .filter(file -> lines(file).size() > LONGEST_FILE_LINES)
            .map(file -> relative(file) + " has " + lines(file).size() + " lines")
            .toList();
    assertThat(offenders).isEmpty();
  }

  @Test
  void every_link_of_the_docs_leads_somewhere() {
    var link = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    var offenders = new ArrayList<String>();
    for (var page : files(".md")) {
      eachLine(
          page,
          (number, line) ->
              link.matcher(line)
                  .results()
                  .map(found -> found.group(1))
                  .filter(target -> !target.matches("[a-z]+:.*"))
                  .filter(target -> !leadsSomewhere(page, target))
                  .forEach(target -> offenders.add(relative(page) + ":" + number + ": " + target)));
    }
    assertThat(offenders).isEmpty();
  }

  private static boolean leadsSomewhere(Path page, String target) {
    var parts = target.split("#", 2);
    var folder = page.toAbsolutePath().getParent();
    var file =
        parts[0].isEmpty()
            ? page
            : folder == null ? Path.of(parts[0]) : folder.resolve(parts[0]).normalize();
    return Files.exists(file)
        && (parts.length == 1
            || !file.toString().endsWith(".md")
            || anchors(file).contains(parts[1]));
  }

  /** The names of a page's headings, as the common viewers make them. */
  private static Set<String> anchors(Path page) {
    return Set.copyOf(
        lines(page).stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
            .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
            .distinct()
            .toList());
  }

  @Test
  void no_file_names_a_folder_of_the_machine_it_was_written_on() {
    // Put together here so that this file does not hold them itself.
    var machine =
        Pattern.compile(
            Stream.of("work", "root", "farm", "tmp/bash_jobs")
                .map(folder -> "(?<![A-Za-z0-9._@}-])/" + folder + "/")
                .reduce((a, b) -> a + "|" + b)
                .orElseThrow());
    var offenders = new ArrayList<String>();
    for (var file : files("")) {
      eachLine(
          file,
          (number, line) -> {
            if (machine.matcher(line).find()) {
              offenders.add(relative(file) + ":" + number + ": " + line.strip());
            }
          });
    }
    assertThat(offenders).isEmpty();
  }

  private interface LineReader {
    void read(int number, String line);
  }

  private static void eachLine(Path file, LineReader reader) {
    var lines = lines(file);
    for (int n = 0; n < lines.size(); n++) {
      reader.read(n + 1, lines.get(n));
    }
  }

  /** A comment may say what the code may not do. */
  private static String withoutComment(String line) {
    var stripped = line.strip();
    return stripped.startsWith("*") || stripped.startsWith("/*")
        ? ""
        : line.replaceFirst("(?<![:\"])//.*", "");
  }

  /** Lines of a file; Latin-1, so that every file can be read. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String relative(Path file) {
    return Programs.ROOT.relativize(file).toString();
  }

  /**
   * The files of the tree with one of these endings, without what is built and what Git and editors
   * keep.
   */
  private static List<Path> files(String... endings) {
    var files = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          Programs.ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              var name = String.valueOf(folder.getFileName());
              boolean skip =
                  name.equals("target")
                      || name.equals(".git")
                      || name.equals(".idea")
                      || name.equals(".vscode");
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              boolean wanted =
                  Stream.of(endings).anyMatch(ending -> file.toString().endsWith(ending));
              if (wanted && attributes.isRegularFile() && !file.endsWith(".git")) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(files).isNotEmpty();
    return files;
  }
}
