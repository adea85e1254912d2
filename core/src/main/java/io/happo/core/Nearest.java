package io.happo.core;

/** What somebody probably meant who wrote a name that does not exist. */
public final class Nearest {
  /** More slips than this are another word, not a slip. */
  private static final int MOST_SLIPS = 2;

  private Nearest() {}

  /** The end of a message: the nearest name as a question, or nothing when none is near. */
  public static String suggestion(String word, Iterable<String> names) {
    var nearest = "";
    int fewest = Math.min(MOST_SLIPS, word.length() / 2) + 1;
    for (var name : names) {
      int slips = slips(word, name);
      if (slips < fewest) {
        fewest = slips;
        nearest = name;
      }
    }
    return nearest.isEmpty() ? "" : "; did you mean '" + nearest + "'?";
  }

  /**
   * Letters to insert, leave out, replace, or exchange with their neighbour to make one the other.
   */
  private static int slips(String from, String to) {
    var before = new int[to.length() + 1];
    var above = new int[to.length() + 1];
    var row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      var spare = before;
      before = above;
      above = row;
      row = spare;
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
    }
    return row[to.length()];
  }
}
