package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** That docs/checks.md gives the reason of each difference from the plugins, and no other. */
class DifferencesTest {
  private static final Path ROOT = Path.of(System.getProperty("happo.root", ".."));
  private static final Pattern CASE = Pattern.compile("(?m)^~(\\S+)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([a-z0-9, -]+) \\| ");

  @Test
  void each_difference_in_the_cases_has_its_reason_in_the_docs_and_the_other_way_round()
      throws IOException {
    var inCases = new TreeSet<String>();
    try (var files = Files.list(ROOT.resolve("agent/src/test/resources/parity"))) {
      for (var file : files.toList()) {
        CASE.matcher(Files.readString(file)).results().forEach(it -> inCases.add(it.group(1)));
      }
    }
    var inDocs = new TreeSet<String>();
    var page = Files.readString(ROOT.resolve("docs/checks.md"));
    ROW.matcher(page.substring(page.indexOf("| ID |")))
        .results()
        .forEach(it -> inDocs.addAll(List.of(it.group(1).split(", "))));
    assertThat(inCases).isNotEmpty().isEqualTo(inDocs);
  }
}
