package io.happo.core.plan;

import io.happo.core.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a text of a fleet's plan holds of its agent: {@code {{tags.role}}}, {@code
 * {{facts.hostname}}}, with a default after {@code |}. Anything else in double braces stays as it
 * is, since plugins and templates of others use them too. A value is put in once and not read
 * again.
 */
final class Tokens {
  private static final List<String> ROOTS = List.of("tags", "facts");

  private Tokens() {}

  /** The end of the token that begins at this character; -1 when none does. */
  static int end(String text, int begin) {
    if (!text.startsWith("{{", begin)) {
      return -1;
    }
    int at = afterBlanks(text, begin + 2);
    int root = at;
    while (at < text.length() && Rules.isLetterOrDigit(text.charAt(at))) {
      at++;
    }
    if (at == root || at == text.length() || text.charAt(at) != '.') {
      return -1;
    }
    int key = ++at;
    while (at < text.length() && isKey(text.charAt(at))) {
      at++;
    }
    if (at == key) {
      return -1;
    }
    at = afterBlanks(text, at);
    if (at < text.length() && text.charAt(at) == '|') {
      int close = text.indexOf("}}", at);
      return close < 0 ? -1 : close + 2;
    }
    return text.startsWith("}}", at) ? at + 2 : -1;
  }

  private static int afterBlanks(String text, int at) {
    int after = at;
    while (after < text.length() && text.charAt(after) == ' ') {
      after++;
    }
    return after;
  }

  private static boolean isKey(char c) {
    return Rules.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
  }

  /** What is wrong with the tokens of a text, whatever the agent. */
  static Optional<String> wrong(String text) {
    for (int at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2)) {
      int end = end(text, at);
      var inner = text.substring(afterBlanks(text, at + 2));
      if (end < 0 && (inner.startsWith("tags.") || inner.startsWith("facts."))) {
        return Optional.of(
            "holds a token that is not whole; write {{tags.NAME}} or {{facts.NAME|default}}");
      }
      if (end >= 0) {
        var root = inner.substring(0, inner.indexOf('.'));
        if (!ROOTS.contains(root)) {
          return Optional.of(
              "holds "
                  + text.substring(at, end)
                  + ", and there are only tags and facts"
                  + Nearest.suggestion(root, ROOTS));
        }
        at = end - 2;
      }
    }
    return Optional.empty();
  }

  static boolean hasAny(String text) {
    for (int at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2)) {
      if (end(text, at) >= 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * A text with the values of an agent.
   *
   * @param problem is told of each token that has no value
   */
  static String expand(String text, AgentView agent, Consumer<String> problem) {
    int at = text.indexOf("{{");
    if (at < 0) {
      return text;
    }
    var expanded = new StringBuilder();
    int from = 0;
    while (at >= 0) {
      int end = end(text, at);
      if (end >= 0) {
        expanded.append(text, from, at);
        expanded.append(value(text.substring(at + 2, end - 2), agent, problem));
        from = end;
      }
      at = text.indexOf("{{", end >= 0 ? end : at + 2);
    }
    return expanded.append(text, from, text.length()).toString();
  }

  private static String value(String token, AgentView agent, Consumer<String> problem) {
    int bar = token.indexOf('|');
    var name = (bar < 0 ? token : token.substring(0, bar)).strip();
    int point = name.indexOf('.');
    Map<String, String> values = name.startsWith("tags.") ? agent.tags() : agent.facts();
    var value = values.get(name.substring(point + 1));
    if (value == null && bar >= 0) {
      return token.substring(bar + 1).strip();
    }
    if (value == null) {
      problem.accept(
          "this agent has no "
              + name
              + ": give it one, or write a default, {{"
              + name
              + "|…}}"
              + Nearest.suggestion(name.substring(point + 1), values.keySet()));
      return "";
    }
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        problem.accept(name + " of this agent holds a control character, which no value may");
        return "";
      }
    }
    return value;
  }
}
