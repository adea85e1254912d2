package io.happo.hub.inventory;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Lines of RFC 4180. What a spreadsheet would take for a formula gets a quote in front of it, as it
 * is a machine's word and not that of whoever opens the file.
 */
public final class Csv {
  private static final String FORMULA = "=+-@\t\r";

  private Csv() {}

  /** One line, with its end. */
  public static String line(String... cells) {
    return Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String cell(String text) {
    var cell = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean isPlain = cell.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return isPlain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
