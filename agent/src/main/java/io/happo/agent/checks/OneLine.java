package io.happo.agent.checks;

/**
 * Text from outside (names, arguments, lines of a log) as part of a line of output: a line feed in
 * it would end the line, and a bar would begin the performance data.
 */
public final class OneLine {
  private OneLine() {}

  /** The text with {@code ,} for a bar and a blank for each control character. */
  public static String of(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '|' || Character.isISOControl(c)) {
        clean = clean == null ? new StringBuilder(text) : clean;
        clean.setCharAt(i, c == '|' ? ',' : ' ');
      }
    }
    return clean == null ? text : clean.toString();
  }

  /** The same, with at most so many characters and {@code ...} for what is left out. */
  public static String of(String text, int most) {
    return of(text.length() > most ? text.substring(0, most) + "..." : text);
  }
}
