package io.happo.core;

/** What is shown to people of a text that somebody sent: short, and fit for a line of a log. */
public final class Excerpt {
  private static final int MAX_LENGTH = 40;

  private Excerpt() {}

  /** Its beginning, without control characters. */
  public static String of(String text) {
    var shown =
        new StringBuilder(text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text);
    for (int i = 0; i < shown.length(); i++) {
      if (Character.isISOControl(shown.charAt(i))) {
        shown.setCharAt(i, '?');
      }
    }
    return shown.toString();
  }
}
