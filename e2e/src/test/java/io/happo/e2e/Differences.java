package io.happo.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One table of differences of {@code docs/compatibility.md}: which cases we answer otherwise than
 * the original, and how. The page explains the notation to its readers; it is the notation that is
 * read here.
 */
final class Differences {
  /**
   * One row.
   *
   * @param cases names, with {@code *} for any text
   * @param parts what our answer is, by part; the parts that are not named are as recorded
   */
  record Row(List<String> cases, Map<String, Expected> parts) {
    boolean covers(String name) {
      return cases.stream().anyMatch(glob -> matches(glob, name));
    }
  }

  /** The heading over the table against happo-agent. */
  static final String HAPPO_AGENT = "# Compatible with happo-agent 3.1.3";

  /** The heading over the table against NRPE. */
  static final String NRPE = "# Compatible with NRPE 4.1.0";

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern CELL_BORDER = Pattern.compile("(?<!\\\\)\\|");

  private final List<Row> rows;

  private Differences(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  /**
   * Reads one.
   *
   * @param heading the line over its part of the page
   */
  static Differences read(Path page, String heading, Mapping mapping) throws IOException {
    var rows = new ArrayList<Row>();
    boolean found = false;
    boolean within = false;
    for (var line : Files.readAllLines(page)) {
      if (line.startsWith("# ")) {
        within = line.equals(heading);
        found |= within;
      } else if (within && line.startsWith("| `")) {
        rows.add(row(line, mapping));
      }
    }
    if (!found) {
      throw new AssertionError(page + " has no line '" + heading + "'");
    }
    return new Differences(rows);
  }

  private static Row row(String line, Mapping mapping) {
    var cells = CELL_BORDER.split(line.substring(1), -1);
    if (cells.length < 5) {
      throw new AssertionError("a row of the table of differences has four cells: " + line);
    }
    var parts = new LinkedHashMap<String, Expected>();
    for (var code : codes(cells[2])) {
      var words = code.split(" ", 2);
      if (words.length < 2) {
        throw new AssertionError("'" + code + "' names no part and what it is: " + line);
      }
      var none = words[0].equals("no");
      parts.put(none ? words[1] : words[0], Expected.like(none ? "" : mapping.apply(words[1])));
    }
    if (parts.isEmpty()) {
      throw new AssertionError(
          "a row of the table of differences does not say what ours is: " + line);
    }
    return new Row(codes(cells[0]), parts);
  }

  private static List<String> codes(String cell) {
    return CODE.matcher(cell).results().map(found -> found.group(1).replace("\\|", "|")).toList();
  }

  /** The row of a case; two rows for one case are an error of the page. */
  Optional<Row> of(String name) {
    var found = rows.stream().filter(row -> row.covers(name)).toList();
    if (found.size() > 1) {
      throw new AssertionError("two rows of the table of differences have " + name);
    }
    return found.stream().findFirst();
  }

  /** Names in the table that no case has. */
  List<String> without(List<String> names) {
    return rows.stream()
        .flatMap(row -> row.cases().stream())
        .filter(glob -> names.stream().noneMatch(name -> matches(glob, name)))
        .toList();
  }

  static boolean matches(String glob, String name) {
    return Pattern.matches(Pattern.quote(glob).replace("*", "\\E.*\\Q"), name);
  }
}
