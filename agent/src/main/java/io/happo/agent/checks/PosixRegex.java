package io.happo.agent.checks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions of POSIX (regex(7)) with the additions of GNU, as plugins in C and grep read
 * them, in the words of Java: classes such as {@code [[:digit:]]}, {@code \<}, {@code a{2}}, and in
 * basic ones {@code \(a\|b\)}. Whether something is found is the same; which of several parts is
 * found may differ, since POSIX wants the longest.
 */
public final class PosixRegex {
  private final String text;
  private final boolean isExtended;
  private final StringBuilder java = new StringBuilder();
  private final Deque<Integer> groups = new ArrayDeque<>();
  private int at;

  /** Where the last part that can be repeated begins in {@code java}; -1 when there is none. */
  private int part = -1;

  private boolean isRepeated;

  /** Whether {@code ^} and {@code $} are found at each line, and nothing else reaches beyond it. */
  private boolean isByLines;

  private PosixRegex(String text, boolean isExtended) {
    this.text = text;
    this.isExtended = isExtended;
  }

  /** An extended one for each line by itself: {@code regcomp(REG_EXTENDED | REG_NEWLINE)}. */
  public static Pattern extendedByLines(String text, boolean ignoresCase) throws UsageException {
    var regex = new PosixRegex(text, true);
    regex.isByLines = true;
    return compile(regex.translate(), text, ignoresCase);
  }

  /** An extended one: {@code regcomp(REG_EXTENDED)}, {@code grep -E}. */
  public static Pattern extended(String text, boolean ignoresCase) throws UsageException {
    return compile(new PosixRegex(text, true).translate(), text, ignoresCase);
  }

  /** A basic one, as grep takes it. */
  public static Pattern basic(String text, boolean ignoresCase) throws UsageException {
    return compile(new PosixRegex(text, false).translate(), text, ignoresCase);
  }

  /** One of Perl, which are nearly those of Java. */
  public static Pattern perl(String text, boolean ignoresCase) throws UsageException {
    return compile(text, text, ignoresCase);
  }

  private static Pattern compile(String java, String text, boolean ignoresCase)
      throws UsageException {
    int flags = Pattern.DOTALL;
    if (ignoresCase) {
      flags |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    }
    try {
      return Pattern.compile(java, flags);
    } catch (PatternSyntaxException e) {
      throw new UsageException(
          "'" + text + "' is no regular expression: " + e.getDescription().replace('\n', ' '));
    } catch (StackOverflowError e) {
      throw new UsageException("the regular expression is nested too deep");
    }
  }

  private String translate() throws UsageException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\') {
        escaped();
      } else if (c == '[') {
        bracket();
      } else if (c == '.') {
        part(isByLines ? "[^\n]" : ".");
      } else if (c == '*') {
        repeat("*");
      } else if (c == '^' && (isExtended || part < 0)) {
        anchor(isByLines ? "(?:(?<=\n)|\\A)" : "^");
      } else if (c == '$' && (isExtended || isEnd())) {
        anchor(isByLines ? "(?=\n|\\z)" : "\\z");
      } else if (isExtended && "+?{|()".indexOf(c) >= 0) {
        operator(c);
      } else {
        literal(c);
      }
    }
    return java.toString();
  }

  private boolean isEnd() {
    return at == text.length() || text.startsWith("\\)", at) || text.startsWith("\\|", at);
  }

  private void escaped() throws UsageException {
    if (at == text.length()) {
      throw new UsageException("the regular expression '" + text + "' ends with a backslash");
    }
    char c = text.charAt(at++);
    if (!isExtended && "+?{|()".indexOf(c) >= 0) {
      operator(c);
      return;
    }
    switch (c) {
      case 'w', 'W', 's', 'S' -> part("\\" + c);
      case 'b', 'B' -> anchor("\\" + c);
      case '<' -> anchor("\\b(?=\\w)");
      case '>' -> anchor("\\b(?<=\\w)");
      case '`' -> anchor("\\A");
      case '\'' -> anchor("\\z");
      default -> {
        if (c >= '1' && c <= '9') {
          part("(?:\\" + c + ")");
        } else {
          literal(c);
        }
      }
    }
  }

  private void operator(char c) {
    switch (c) {
      case '(' -> {
        groups.addLast(java.length());
        anchor("(");
      }
      case ')' -> {
        if (groups.isEmpty() && isExtended) {
          literal(c);
        } else {
          java.append(')');
          part = groups.isEmpty() ? -1 : groups.removeLast();
          isRepeated = false;
        }
      }
      case '|' -> anchor("|");
      case '{' -> interval();
      default -> repeat(String.valueOf(c));
    }
  }

  /** {@code {2}}, {@code {2,}}, {@code {,3}} or {@code {2,3}}; any other brace is itself. */
  private void interval() {
    int end = at;
    int commas = 0;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end)) || text.charAt(end) == ',')) {
      commas += text.charAt(end++) == ',' ? 1 : 0;
    }
    var inside = text.substring(at, end);
    if (part < 0
        || inside.isEmpty()
        || commas > 1
        || !text.startsWith(isExtended ? "}" : "\\}", end)) {
      literal('{');
      return;
    }
    at = end + (isExtended ? 1 : 2);
    repeat("{" + (inside.startsWith(",") ? "0" : "") + inside + "}");
  }

  /** What stands behind a repetition repeats it once more; in Java it would change its manner. */
  private void repeat(String operator) {
    if (part < 0) {
      literal(operator.charAt(0));
      return;
    }
    if (isRepeated) {
      java.insert(part, "(?:").append(')');
    }
    java.append(operator);
    isRepeated = true;
  }

  private void part(String words) {
    part = java.length();
    isRepeated = false;
    java.append(words);
  }

  private void anchor(String words) {
    part = -1;
    java.append(words);
  }

  private void literal(char c) {
    if (Character.isLowSurrogate(c)) {
      java.append(c); // The other half of a character has begun the part.
    } else {
      part(plain(c));
    }
  }

  private static String plain(char c) {
    boolean isSpecial = c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    return isSpecial ? "\\" + c : String.valueOf(c);
  }

  /** {@code [...]}: in it a backslash is itself, and a {@code ]} that stands first. */
  private void bracket() throws UsageException {
    part("[");
    if (text.startsWith("^", at)) {
      java.append(isByLines ? "^\n" : "^");
      at++;
    }
    boolean isFirst = true;
    while (at < text.length() && (isFirst || text.charAt(at) != ']')) {
      char c = text.charAt(at++);
      if (c == '[' && at < text.length() && ":.=".indexOf(text.charAt(at)) >= 0) {
        named(text.charAt(at));
      } else if (c == '-' && !isFirst && at < text.length() && text.charAt(at) != ']') {
        java.append('-');
      } else {
        java.append(plain(c));
      }
      isFirst = false;
    }
    if (at == text.length()) {
      throw new UsageException("in the regular expression '" + text + "' a [ has no ]");
    }
    at++;
    java.append(']');
  }

  /** {@code [:digit:]}, {@code [.a.]} or {@code [=a=]} in a bracket. */
  private void named(char kind) throws UsageException {
    int end = text.indexOf(kind + "]", at + 1);
    var name = end < 0 ? "" : text.substring(at + 1, end);
    if (kind == ':') {
      java.append(
          switch (name) {
            case "alpha" -> "\\p{Alpha}";
            case "digit" -> "\\p{Digit}";
            case "alnum" -> "\\p{Alnum}";
            case "upper" -> "\\p{Upper}";
            case "lower" -> "\\p{Lower}";
            case "space" -> "\\s";
            case "blank" -> "\\p{Blank}";
            case "punct" -> "\\p{Punct}";
            case "print" -> "\\p{Print}";
            case "graph" -> "\\p{Graph}";
            case "cntrl" -> "\\p{Cntrl}";
            case "xdigit" -> "\\p{XDigit}";
            default ->
                throw new UsageException(
                    "in the regular expression '" + text + "' [:" + name + ":] is no class");
          });
    } else if (name.length() == 1) {
      java.append(plain(name.charAt(0)));
    } else {
      throw new UsageException(
          "in the regular expression '" + text + "' [" + kind + name + kind + "] is no character");
    }
    at = end + 2;
  }
}
