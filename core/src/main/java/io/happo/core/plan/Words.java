package io.happo.core.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a command line, as {@code /bin/sh} splits it: blanks part them, quotes and
 * backslashes keep them together (POSIX Shell Command Language, 2.2 Quoting). No shell ever sees
 * the line, so what only a shell understands is refused rather than taken for plain text. A {@link
 * Tokens token} belongs to one word whatever it holds; its value is put in after the splitting and
 * so adds neither words nor quotes.
 */
public final class Words {
  /** What somebody who writes it outside of quotes wants a shell for. */
  private static final String SHELLS = "|&;<>$`";

  private final String line;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private int at;

  private Words(String line) {
    this.line = line;
  }

  /**
   * Splits a line.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static List<String> split(String line) {
    var words = new Words(line);
    words.read();
    return words.words;
  }

  /** A line that is split into these words. */
  static String join(String first, List<String> others) {
    var line = new StringBuilder();
    append(line, first);
    for (var other : others) {
      append(line.append(' '), other);
    }
    return line.toString();
  }

  /** In single quotes, unless nothing in it needs them. */
  private static void append(StringBuilder line, String word) {
    boolean plain = !word.isEmpty();
    var quoted = new StringBuilder("'");
    for (int i = 0; i < word.length(); i++) {
      int token = Tokens.end(word, i);
      if (token >= 0) {
        quoted.append(word, i, token);
        i = token - 1;
      } else {
        char c = word.charAt(i);
        plain &= c > ' ' && c != '\'' && c != '"' && c != '\\' && SHELLS.indexOf(c) < 0;
        quoted.append(c == '\'' ? "'\\''" : String.valueOf(c));
      }
    }
    line.append(plain ? word : quoted.append('\''));
  }

  private void read() {
    while (at < line.length()) {
      char c = line.charAt(at);
      if (token()) {
        continue;
      }
      at++;
      switch (c) {
        case ' ', '\t', '\n', '\r' -> endWord();
        case '\'' -> quoted('\'');
        case '"' -> quoted('"');
        case '\\' -> add(at < line.length() ? line.charAt(at++) : '\\');
        default -> {
          if (SHELLS.indexOf(c) >= 0) {
            throw new IllegalArgumentException(
                "holds "
                    + c
                    + ", which only a shell understands, and none is used: put it in single"
                    + " quotes if it is meant as such, or write a script");
          }
          add(c);
        }
      }
    }
    endWord();
  }

  private void quoted(char quote) {
    int begin = at;
    inWord = true;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (token()) {
        continue;
      }
      at++;
      if (c == quote) {
        return;
      }
      if (quote == '"' && (c == '$' || c == '`')) {
        throw new IllegalArgumentException(
            "holds "
                + c
                + " in double quotes, which only a shell understands, and none is used: use single"
                + " quotes if it is meant as such, or write a script");
      }
      if (quote == '"' && c == '\\' && at < line.length() && isSpecial(line.charAt(at))) {
        c = line.charAt(at++);
      }
      add(c);
    }
    throw new IllegalArgumentException(
        "has a quote at character " + begin + " that is not closed; add its end or escape it");
  }

  /** What a backslash between double quotes takes the meaning of. */
  private static boolean isSpecial(char c) {
    return c == '"' || c == '\\' || c == '$' || c == '`';
  }

  /** Takes a token as it is, if one begins here. */
  private boolean token() {
    int end = Tokens.end(line, at);
    if (end < 0) {
      return false;
    }
    inWord = true;
    word.append(line, at, end);
    at = end;
    return true;
  }

  private void add(char c) {
    inWord = true;
    word.append(c);
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }
}
