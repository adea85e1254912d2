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

  /** Letters to insert, leave out or exchange to make one of the other (Levenshtein). */
  private static int slips(String from, String to) {
    var row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int exchange = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchange, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
