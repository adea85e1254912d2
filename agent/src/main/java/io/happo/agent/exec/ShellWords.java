package io.happo.agent.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a line into words as {@code /bin/sh} does, and nothing more: variables, globs, comments,
 * semicolons and pipes are plain text. Words end at blanks, tabs and newlines. Everything between
 * single quotes is itself; between double quotes a backslash takes the meaning of {@code $ ` " \};
 * elsewhere it takes that of any character; before a newline it joins the lines (POSIX Shell
 * Command Language, 2.2 Quoting).
 */
public final class ShellWords {
  private final String line;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private boolean plain = true;
  private int at;

  private ShellWords(String line) {
    this.line = line;
  }

  /**
   * The words of a line.
   *
   * @throws IllegalArgumentException when a quote is not closed; the message tells which
   */
  public static List<String> split(String line) {
    ShellWords words = new ShellWords(line);
    words.read();
    return List.copyOf(words.words);
  }

  /**
   * The words of a line in which nothing has another meaning to any shell: printable ASCII of which
   * only letters, digits and {@code _./:,@%+=-} stand outside of quotes, and no line break. Empty
   * for another one.
   */
  static Optional<List<String>> plain(String line) {
    ShellWords words = new ShellWords(line);
    try {
      words.read();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    boolean printable = line.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'));
    return words.plain && printable ? Optional.of(List.copyOf(words.words)) : Optional.empty();
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_./:,@%+=-".indexOf(c) >= 0;
  }

  private void read() {
    while (at < line.length()) {
      char c = line.charAt(at++);
      switch (c) {
        case ' ', '\t', '\n' -> endWord();
        case '\'' -> singleQuoted();
        case '"' -> doubleQuoted();
        case '\\' -> escaped("");
        default -> {
          plain &= isPlain(c);
          add(c);
        }
      }
    }
    endWord();
  }

  private void singleQuoted() {
    int end = line.indexOf('\'', at);
    if (end < 0) {
      throw open("single", at);
    }
    inWord = true;
    word.append(line, at, end);
    at = end + 1;
  }

  private void doubleQuoted() {
    int begin = at;
    inWord = true;
    while (at < line.length()) {
      char c = line.charAt(at++);
      switch (c) {
        case '"' -> {
          return;
        }
        case '\\' -> escaped("$`\"\\");
        default -> {
          plain &= c != '$' && c != '`';
          add(c);
        }
      }
    }
    throw open("double", begin);
  }

  /** After a backslash; it stays where the next character is none of {@code special}, if any. */
  private void escaped(String special) {
    if (at == line.length()) {
      plain = false;
      add('\\');
      return;
    }
    char c = line.charAt(at++);
    if (c == '\n') {
      return;
    }
    if (!special.isEmpty() && special.indexOf(c) < 0) {
      add('\\');
    }
    add(c);
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

  private static IllegalArgumentException open(String kind, int at) {
    return new IllegalArgumentException(
        "The " + kind + " quote at character " + at + " is not closed; add its end or escape it");
  }
}
