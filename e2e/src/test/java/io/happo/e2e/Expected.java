package io.happo.e2e;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one part of an answer must be.
 *
 * @param shown for people
 * @param accepts whether a text is that
 */
record Expected(String shown, Predicate<String> accepts) {
  /** Exactly this text. */
  static Expected exactly(String text) {
    return new Expected(text, text::equals);
  }

  /** Anything: the recording does not pin this part. */
  static Expected anything() {
    return new Expected("anything", text -> true);
  }

  /**
   * This text with {@code …} for any text of at least one character; blanks at both ends do not
   * count.
   */
  static Expected like(String pattern) {
    var regex = new StringBuilder();
    for (var literal : pattern.split("…", -1)) {
      regex
          .append(regex.isEmpty() ? "" : ".+")
          .append(literal.isEmpty() ? "(?:)" : Pattern.quote(literal));
    }
    var compiled = Pattern.compile(regex.toString(), Pattern.DOTALL);
    return new Expected(pattern, text -> compiled.matcher(text.strip()).matches());
  }

  /** This text, where what matches the regular expression may be any other match of it. */
  static Expected blanking(String regex, String text) {
    var blank = Pattern.compile(regex);
    var wanted = blank.matcher(text).replaceAll(Matcher.quoteReplacement("…"));
    return new Expected(
        text, seen -> blank.matcher(seen).replaceAll(Matcher.quoteReplacement("…")).equals(wanted));
  }
}
