package io.happo.core.plan;

import io.happo.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the values of a plan must be. Each rule gives what is wrong, or nothing: the readers tell
 * it, the records refuse to exist.
 */
public final class Rules {
  /** Of a name, as 1 to this many characters. */
  private static final int MAX_NAME = 128;

  /** Of an argument, an option, a variable or a command line, in characters. */
  private static final int MAX_TEXT = 8_192;

  /** Of one list of arguments, options or variables. */
  private static final int MAX_TEXTS = 256;

  /** Of the path of a file in an archive: in characters, in folders, and of one name. */
  private static final int MAX_PATH = 512;

  private static final int MAX_DEPTH = 32;
  private static final int MAX_PART_BYTES = 255;

  private Rules() {}

  /** Throws what a rule gave. */
  static void require(Optional<String> wrong) {
    if (wrong.isPresent()) {
      throw new IllegalArgumentException(wrong.get());
    }
  }

  /** Of a check, a script, a bundle, a built-in check. */
  public static Optional<String> name(String name) {
    boolean good = !name.isEmpty() && name.length() <= MAX_NAME && isLetterOrDigit(name.charAt(0));
    for (int i = 1; good && i < name.length(); i++) {
      char c = name.charAt(i);
      good = isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
    }
    return good
        ? Optional.empty()
        : Optional.of(
            shown(name)
                + " is no name: a letter or digit, then letters, digits, '.', '_' and '-', at most "
                + MAX_NAME
                + " in all");
  }

  /** Of a plugin, which no path may lead elsewhere than into the plugin folders. */
  static Optional<String> plugin(String name) {
    boolean good =
        !name.isEmpty()
            && name.length() <= MAX_NAME
            && !name.startsWith("-")
            && !name.equals(".")
            && !name.equals("..");
    for (int i = 0; good && i < name.length(); i++) {
      char c = name.charAt(i);
      good = c > ' ' && c != '/' && c != '\\' && c != 127;
    }
    return good
        ? Optional.empty()
        : Optional.of(
            shown(name)
                + " is no plugin: give the name of a file in the plugin folders, without a folder"
                + " and not beginning with '-'");
  }

  /** Of a file in an archive: its path, which leads nowhere but into the archive's folder. */
  static Optional<String> file(String path) {
    String wrong = "";
    if (path.startsWith("/") || path.startsWith("\\")) {
      wrong = "begins at the root of the disk";
    } else if (path.length() > MAX_PATH) {
      wrong = "has more than " + MAX_PATH + " characters";
    } else if (path.startsWith("-")) {
      wrong = "begins with '-', as options do";
    }
    int parts = 0;
    for (int from = 0; wrong.isEmpty() && from <= path.length(); parts++) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      wrong = parts == MAX_DEPTH ? "is too deep" : wrongPart(path.substring(from, end));
      from = end + 1;
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(shown(path) + " is no path of a file in an archive: it " + wrong);
  }

  private static String wrongPart(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..")) {
      return "has a part that is " + (part.isEmpty() ? "empty" : "'" + part + "'");
    }
    if (part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
      return "has a part of more than " + MAX_PART_BYTES + " bytes";
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (Character.isISOControl(c)) {
        return "holds a control character";
      }
      if (c == '\\' || c == ':') {
        return "holds '" + c + "', which leads elsewhere on Windows";
      }
    }
    return part.endsWith(".") || part.endsWith(" ")
        ? "has a part that ends with a point or a blank, which Windows leaves out"
        : "";
  }

  static Optional<String> digest(String sha256) {
    return Sha256.is(sha256)
        ? Optional.empty()
        : Optional.of(shown(sha256) + " is no SHA-256: 64 digits 0 to 9 and a to f");
  }

  static Optional<String> base64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return text.length() <= MAX_TEXT ? Optional.empty() : Optional.of("is too long");
    } catch (IllegalArgumentException e) {
      return Optional.of(shown(text) + " is no base64");
    }
  }

  /** Of something that becomes an argument, an option or a variable of a process. */
  static Optional<String> text(String text) {
    if (text.length() > MAX_TEXT) {
      return Optional.of(
          "has " + text.length() + " characters; at most " + MAX_TEXT + " are possible");
    }
    return text.indexOf('\0') >= 0
        ? Optional.of("holds a NUL, which nothing can be given")
        : Optional.empty();
  }

  static Optional<String> texts(List<String> texts) {
    for (var text : texts) {
      var wrong = text(text);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return count(texts.size(), MAX_TEXTS);
  }

  static Optional<String> environment(Map<String, String> variables) {
    for (var variable : variables.entrySet()) {
      var wrong = variable(variable.getKey()).or(() -> text(variable.getValue()));
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return count(variables.size(), MAX_TEXTS);
  }

  private static Optional<String> variable(String name) {
    boolean good =
        !name.isEmpty()
            && name.length() <= MAX_NAME
            && !(name.charAt(0) >= '0' && name.charAt(0) <= '9');
    for (int i = 0; good && i < name.length(); i++) {
      good = isLetterOrDigit(name.charAt(i)) || name.charAt(i) == '_';
    }
    return good
        ? Optional.empty()
        : Optional.of(
            shown(name) + " is no variable: letters, digits and '_', not beginning with a digit");
  }

  public static Optional<String> count(int size, int most) {
    return size <= most
        ? Optional.empty()
        : Optional.of("has " + size + " entries; at most " + most + " are possible");
  }

  /** Whole seconds from 1 on. */
  static Optional<String> duration(Duration duration, Duration most) {
    return duration.toNanosPart() == 0 && duration.isPositive() && duration.compareTo(most) <= 0
        ? Optional.empty()
        : Optional.of(
            "is "
                + Durations.text(duration)
                + "; whole seconds from 1s to "
                + Durations.text(most)
                + " are possible");
  }

  static Optional<String> attempts(long attempts) {
    return attempts >= 1 && attempts <= Check.MAX_ATTEMPTS
        ? Optional.empty()
        : Optional.of("is " + attempts + "; 1 to " + Check.MAX_ATTEMPTS + " are possible");
  }

  /** A copy that nobody changes. */
  static <V> SortedMap<String, V> copy(Map<String, V> map) {
    return map.isEmpty()
        ? Collections.emptySortedMap()
        : Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /** A text of anybody's in a message: in quotes, on one line, not too long. */
  public static String shown(String text) {
    var shown = new StringBuilder("'");
    for (int i = 0; i < text.length() && i < 80; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown.append(text.length() > 80 ? "…'" : "'").toString();
  }

  static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
