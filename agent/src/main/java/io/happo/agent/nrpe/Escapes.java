package io.happo.agent.nrpe;

import java.util.Locale;

/** The escapes of nasty_metachars, which are those of C. */
final class Escapes {
  private Escapes() {}

  /**
   * Puts characters in place of escapes. Of an unknown escape NRPE keeps the backslash and loses
   * the letter; a backslash at the end stays.
   */
  static String decode(String text) {
    var decoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        c = meaning(text.charAt(i));
      }
      decoded.append(c);
    }
    return decoded.toString();
  }

  private static char meaning(char letter) {
    return switch (letter) {
      case 'a' -> 0x07;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0b;
      case '\'', '"', '?' -> letter;
      default -> '\\';
    };
  }

  /** A character as a person would write it. */
  static String show(char c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default ->
          c < ' ' || c > '~' ? String.format(Locale.ROOT, "\\x%02x", (int) c) : String.valueOf(c);
    };
  }
}
