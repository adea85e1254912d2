package io.happo.hub.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lines with columns below each other, for people. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param heads of the columns; none: the table has no line of heads
   */
  TextTable(String... heads) {
    if (heads.length > 0) {
      rows.add(List.of(heads));
    }
  }

  TextTable row(Object... cells) {
    var row = new ArrayList<String>();
    for (var cell : cells) {
      // A cell is one line, and nothing of it drives a terminal.
      var text = new StringBuilder();
      String.valueOf(cell)
          .lines()
          .findFirst()
          .orElse("")
          .codePoints()
          .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
      row.add(text.toString());
    }
    rows.add(row);
    return this;
  }

  /** Puts what stands below the heads in the order of its first two columns. */
  TextTable sorted() {
    rows.subList(1, rows.size())
        .sort(
            Comparator.comparing((List<String> row) -> row.get(0))
                .thenComparing(row -> row.get(1)));
    return this;
  }

  @Override
  public String toString() {
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).codePointCount(0, row.get(i).length()));
      }
    }
    var out = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        var cell = row.get(i);
        line.append(cell);
        line.repeat(' ', widths[i] + 2 - cell.codePointCount(0, cell.length()));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
