package io.happo.net;

import java.util.function.IntPredicate;

/**
 * Tests of whole texts. Plain loops: regular expressions and streams would cost the agent memory to
 * load and compile.
 */
final class Characters {
  private Characters() {}

  static boolean all(String text, IntPredicate test) {
    for (int i = 0; i < text.length(); i++) {
      if (!test.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Whether a character may stand in the value of a header field (RFC 9110, 5.5): no control but
   * the tab.
   */
  static boolean isOfField(int c) {
    return c == '\t' || (c >= ' ' && c != 0x7f);
  }

  /** Whether a text is a token: what methods and field names are made of (RFC 9110, 5.6.2). */
  static boolean isToken(String text) {
    return !text.isEmpty() && all(text, Characters::isOfToken);
  }

  private static boolean isOfToken(int c) {
    return isDigit(c)
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
