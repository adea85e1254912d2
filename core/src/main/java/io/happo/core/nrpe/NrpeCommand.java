package io.happo.core.nrpe;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * What a query asks for.
 *
 * @param name never empty, without {@code !}
 * @param arguments at most 16, none empty, none with {@code !}
 */
public record NrpeCommand(String name, List<String> arguments) {
  /** The name that asks for the version of the daemon: {@code check_nrpe} without {@code -c}. */
  public static final String VERSION_QUERY = "_NRPE_CHECK";

  /** Further arguments are ignored, as NRPE ignores them. */
  public static final int MAX_ARGUMENTS = 16;

  private static final char SEPARATOR = '!';

  public NrpeCommand {
    arguments = List.copyOf(arguments);
    if (!isWord(name)
        || arguments.size() > MAX_ARGUMENTS
        || !arguments.stream().allMatch(NrpeCommand::isWord)) {
      throw new IllegalArgumentException(
          "a command has a name and at most 16 arguments, none of them empty or with a '!'");
    }
  }

  private static boolean isWord(String text) {
    return !text.isEmpty() && text.indexOf(SEPARATOR) < 0;
  }

  /**
   * Splits a query at each run of {@code !} and holds it to the rules, in the order of NRPE:
   * forbidden characters, arguments at all, {@code $(} in one of the first 16.
   *
   * @throws RefusedQueryException FORBIDDEN_CHARACTER, ARGUMENTS_OFF, EMPTY or COMMAND_SUBSTITUTION
   */
  public static NrpeCommand parse(String query, QueryRules rules) throws RefusedQueryException {
    var forbidden = rules.forbidden().foundIn(query);
    if (!forbidden.isEmpty()) {
      throw new RefusedQueryException(
          Reason.FORBIDDEN_CHARACTER,
          "the query holds the forbidden character "
              + RefusedQueryException.shown(forbidden)
              + "; nasty_metachars says which are");
    }
    if (!rules.arguments() && query.indexOf(SEPARATOR) >= 0) {
      throw new RefusedQueryException(
          Reason.ARGUMENTS_OFF,
          "the query for "
              + RefusedQueryException.shown(query.substring(0, query.indexOf(SEPARATOR)))
              + " brings arguments, which are off; dont_blame_nrpe=1 takes them");
    }
    var words = words(query);
    if (words.isEmpty()) {
      throw new RefusedQueryException(
          Reason.EMPTY, "the query names no command; check_nrpe names it with -c");
    }
    var arguments = words.subList(1, words.size());
    if (!rules.substitution() && arguments.stream().anyMatch(word -> word.contains("$("))) {
      throw new RefusedQueryException(
          Reason.COMMAND_SUBSTITUTION,
          "an argument of "
              + RefusedQueryException.shown(words.getFirst())
              + " holds '$(', which would run a command;"
              + " allow_bash_command_substitution=1 takes it");
    }
    return new NrpeCommand(words.getFirst(), arguments);
  }

  /** The name and the first 16 arguments. */
  private static List<String> words(String query) {
    var words = new ArrayList<String>();
    int from = 0;
    while (from < query.length() && words.size() <= MAX_ARGUMENTS) {
      int to = query.indexOf(SEPARATOR, from);
      if (to < 0) {
        to = query.length();
      }
      if (to > from) {
        words.add(query.substring(from, to));
      }
      from = to + 1;
    }
    return words;
  }
}
