package io.happo.agent.checks;

import io.happo.agent.cli.AllChecks;
import io.happo.core.Perfdata;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Asks a plugin of Debian's monitoring-plugins and the built-in check of the same name the same,
 * and tells in what the answers differ.
 *
 * <p>Cases stand in {@code parity/CHECK.txt}: a line of arguments each, {@code {name}} for what the
 * test puts there, {@code {side}} for what tells the files of the two apart. A line that begins
 * with {@code ~ID} is one where they differ, for the reason that stands under this ID in
 * docs/checks.md.
 */
public final class Parity {
  private static final Path PLUGINS = Path.of("/usr/lib/nagios/plugins");
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Pattern NUMBER = Pattern.compile("[0-9]+([.,][0-9]+)?(e-?[0-9]+)?");

  /** Values move between two looks: by a tenth, or by this much. */
  private static final double TOLERANCE = 0.1;

  private static final double LEAST = 2;

  private final Builtins builtins;

  /**
   * @param state folder of what checks keep
   */
  public Parity(Path state) {
    builtins =
        new Builtins(
            new AllChecks(),
            new Machine(
                Path.of("/"),
                InstantSource.system(),
                System::nanoTime,
                new MemoryFolder(state),
                Long.MAX_VALUE));
  }

  /** Whether the plugin is there to be asked. */
  public static boolean has(String plugin) {
    return Files.isExecutable(PLUGINS.resolve(plugin));
  }

  /** One line of a file of cases. */
  public record Case(String check, String arguments, Optional<String> difference) {
    @Override
    public String toString() {
      return check + " " + arguments;
    }
  }

  /** The cases of a check. */
  public static List<Case> cases(String check, Map<String, String> places) throws IOException {
    var cases = new ArrayList<Case>();
    try (var in = Parity.class.getResourceAsStream("/parity/" + check + ".txt")) {
      if (in == null) {
        throw new IOException("there is no parity/" + check + ".txt");
      }
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        for (var place : places.entrySet()) {
          line = line.replace("{" + place.getKey() + "}", place.getValue());
        }
        boolean differs = line.startsWith("~");
        int blank = differs ? line.indexOf(' ') : 0;
        cases.add(
            new Case(
                check,
                line.substring(blank).strip(),
                differs ? Optional.of(line.substring(1, blank)) : Optional.empty()));
      }
    }
    return cases;
  }

  /** What one said. */
  public record Said(int status, String output) {
    String firstLine() {
      var line = output.lines().findFirst().orElse("");
      int bar = line.indexOf('|');
      return (bar < 0 ? line : line.substring(0, bar)).strip();
    }
  }

  /** Asks the built-in check. */
  public Said ours(Case one) {
    var words = Work.Plugin.of(one.toString().replace("{side}", "ours"));
    var answer = builtins.run(words.name(), words.arguments(), DEADLINE);
    return answer == null
        ? new Said(-1, "nothing in time")
        : new Said(answer.status(), answer.stdout());
  }

  /** Asks the plugin. */
  public Said theirs(Case one) throws IOException, InterruptedException {
    var words = Work.Plugin.of(one.toString().replace("{side}", "theirs"));
    var line = new ArrayList<>(words.arguments());
    line.addFirst(PLUGINS.resolve(words.name()).toString());
    var builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    var process = builder.start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), output);
  }

  /** Asks both, and tells what is wrong with that; empty when nothing is. */
  public String judge(Case one) {
    Said theirs;
    try {
      theirs = theirs(one);
    } catch (IOException | InterruptedException e) {
      return one + ": " + e;
    }
    var ours = ours(one);
    var differences = differences(theirs, ours);
    if (one.difference().isPresent()) {
      return differences.isEmpty() ? one + ": differs no more: take the mark away" : "";
    }
    return differences.isEmpty()
        ? ""
        : "\n%s: %s%n  theirs: %s  ours: %s"
            .formatted(one, differences, theirs.output(), ours.output());
  }

  /** In what the answers differ, a line each; empty when in nothing that counts. */
  public static List<String> differences(Said theirs, Said ours) {
    var found = new ArrayList<String>();
    if (theirs.status() != ours.status()) {
      found.add("status " + ours.status() + ", theirs " + theirs.status());
    }
    var wanted = Perfdata.of(theirs.output());
    var there = Perfdata.of(ours.output());
    boolean isMisuse = theirs.status() == 3 && wanted.isEmpty();
    if (!isMisuse && !shape(theirs.firstLine()).equals(shape(ours.firstLine()))) {
      found.add("text '" + ours.firstLine() + "', theirs '" + theirs.firstLine() + "'");
    }
    if (!labels(wanted).equals(labels(there))) {
      found.add("labels " + labels(there) + ", theirs " + labels(wanted));
      return found;
    }
    for (int i = 0; i < wanted.size(); i++) {
      compare(wanted.get(i), there.get(i), found);
    }
    return found;
  }

  private static String shape(String line) {
    return NUMBER.matcher(line).replaceAll("#");
  }

  private static List<String> labels(List<Perfdata> perfdata) {
    return perfdata.stream().map(Perfdata::label).toList();
  }

  private static void compare(Perfdata theirs, Perfdata ours, List<String> found) {
    var label = theirs.label();
    if (!theirs.unit().equals(ours.unit())) {
      found.add(label + ": unit '" + ours.unit() + "', theirs '" + theirs.unit() + "'");
    }
    boolean isTime = theirs.unit().equals("s") || theirs.unit().equals("ms");
    double allowed = Math.max(LEAST, TOLERANCE * Math.abs(theirs.value()));
    if (!isTime && !(Math.abs(theirs.value() - ours.value()) <= allowed)) {
      found.add(label + ": " + ours.value() + ", theirs " + theirs.value());
    }
    bound(label + ": warn", theirs.warn(), ours.warn(), found);
    bound(label + ": crit", theirs.crit(), ours.crit(), found);
    bound(label + ": min", theirs.min(), ours.min(), found);
    bound(label + ": max", theirs.max(), ours.max(), found);
  }

  private static void bound(String what, String theirs, String ours, List<String> found) {
    if (!theirs.equals(ours)) {
      found.add(what + " '" + ours + "', theirs '" + theirs + "'");
    }
  }
}
