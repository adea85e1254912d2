package io.happo.program.cli;

import io.happo.core.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line by a program's table, in the manner of GNU getopt_long: {@code --name
 * value}, {@code --name=value}, {@code -Xvalue}, flags in one cluster, {@code --} as the end of
 * options, options after arguments too. As the original's callers may use what Go's flag package
 * allows, {@code -name} is the same as {@code --name} and {@code -X=value} as {@code -X value}.
 *
 * <p>What the command line leaves open comes from the environment (an empty variable counts as
 * unset), then from the defaults. All problems are gathered and told at once. Pure: nothing is read
 * but the parameters.
 */
public final class Parser {
  private final Program program;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, List<String>> given = new HashMap<>();
  private final List<String> operands = new ArrayList<>();
  private final List<Option> options = new ArrayList<>();

  /** Options that come from the command line or the environment. */
  private final Set<String> set = new HashSet<>();

  /**
   * Before a command is named: commands that have the options given, in which case it is missing.
   */
  private final List<String> missing = new ArrayList<>();

  private boolean hasCommand;
  private String hint;

  private Parser(Program program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
    this.options.addAll(program.globals());
    this.hint = "See '" + program.name() + " --help'.";
  }

  /**
   * Reads the words after the program's name.
   *
   * @param environment all variables of the process
   */
  public static Parsed parse(Program program, String[] words, Map<String, String> environment) {
    return new Parser(program, environment).parse(words);
  }

  private Parsed parse(String[] words) {
    @Nullable Command command = null;
    boolean optionsEnded = false;
    for (int i = 0; i < words.length; i++) {
      var word = words[i];
      boolean isOption = !optionsEnded && word.length() > 1 && word.charAt(0) == '-';
      if (isOption && word.equals("--")) {
        optionsEnded = true;
      } else if (isOption && asksForHelp(word)) {
        return new Parsed.Print(command == null ? Help.of(program) : Help.of(program, command));
      } else if (isOption && command == null && (word.equals("-v") || word.equals("--version"))) {
        return new Parsed.Print(Version.line(program.name()));
      } else if (isOption) {
        boolean usesNext = option(word, i + 1 < words.length ? words[i + 1] : null);
        i += usesNext ? 1 : 0;
      } else if (command != null) {
        operands.add(word);
      } else if (word.equals("help") || word.equals("h")) {
        if (i + 1 == words.length) {
          return new Parsed.Print(Help.of(program));
        }
        var name = name(words, i + 1);
        var about = find(name);
        return about == null ? unknownCommand(name) : new Parsed.Print(Help.of(program, about));
      } else {
        var name = name(words, i);
        command = find(name);
        if (command == null && i + 1 < words.length && asksForHelp(words[i + 1])) {
          var group = program.only(name + " ");
          if (!group.commands().isEmpty()) {
            return new Parsed.Print(Help.of(group));
          }
        }
        if (command == null) {
          return unknownCommand(name);
        }
        i += command.name().equals(word) ? 0 : 1;
        hasCommand = true;
        options.addAll(command.options());
        hint = "See '" + program.name() + " " + command.name() + " --help'.";
      }
    }
    var values = resolve();
    // After another mistake such a word may be the value of an option that is unknown.
    if (problems.isEmpty() && command != null) {
      checkOperands(command);
    }
    if (!problems.isEmpty()) {
      tellMissingCommand();
      return new Parsed.Misuse(
          program.name(), problems, hint, program.misuseExit(), program.isPlugin());
    }
    return command == null
        ? new Parsed.Print(Help.of(program))
        : new Parsed.Run(command, new Arguments(values, operands, set));
  }

  /**
   * A daemon that starts with what it did not understand does harm; whatever else the original has
   * passes over such words.
   */
  private void checkOperands(Command command) {
    var wanted = command.operands();
    if (program.passesOverWords() && wanted.size() < 2 && !command.name().equals("daemon")) {
      return;
    }
    boolean hasMore = !wanted.isEmpty() && wanted.getLast().endsWith("...");
    if (operands.size() > wanted.size() && !hasMore) {
      var first = operands.get(wanted.size());
      problems.add(
          command.name()
              + (wanted.isEmpty()
                  ? " takes no arguments"
                  : " takes no more than " + command.operand())
              + ", but there is '"
              + first
              + "'");
    } else if (operands.size() < wanted.size() && !wanted.get(operands.size()).startsWith("[")) {
      problems.add(wanted.get(operands.size()) + " is missing");
    }
  }

  /** The word, and the next one where it takes both to name a command. */
  private String name(String[] words, int at) {
    boolean isNamed = program.group(words[at]).isEmpty() || at + 1 == words.length;
    if (isNamed || words[at + 1].startsWith("-")) {
      return words[at];
    }
    var both = words[at] + " " + words[at + 1];
    var alone = find(words[at]);
    boolean takesWords = alone != null && !alone.operands().isEmpty();
    return takesWords && find(both) == null ? words[at] : both;
  }

  private static boolean asksForHelp(String word) {
    return word.equals("-h") || word.equals("--help") || word.equals("-help");
  }

  private @Nullable Command find(String name) {
    for (var command : program.commands()) {
      if (command.name().equals(name)) {
        return command;
      }
    }
    return null;
  }

  /**
   * Never an UNKNOWN for a monitoring system: the original answers this with 2, on standard error
   * alone.
   */
  private Parsed unknownCommand(String word) {
    var names = new ArrayList<String>();
    for (var command : program.commands()) {
      names.add(command.name());
    }
    var seconds = program.group(word.split(" ", -1)[0]);
    if (!seconds.isEmpty()) {
      problems.add(
          "after '"
              + word.split(" ", -1)[0]
              + "' one of these is to follow: "
              + String.join(", ", seconds)
              + Nearest.suggestion(word.substring(word.indexOf(' ') + 1), seconds));
    } else if (missing.isEmpty()) {
      problems.add(
          "'" + word + "' is not a " + program.name() + " command" + suggestion(word, names));
    }
    tellMissingCommand();
    return new Parsed.Misuse(program.name(), problems, hint, 2, false);
  }

  /** A near command, or the one that takes what stands behind its name and a bar here. */
  private String suggestion(String word, List<String> names) {
    var near = Nearest.suggestion(word, names);
    int bar = word.indexOf('_');
    var command = near.isEmpty() && bar > 0 ? find(word.substring(0, bar)) : null;
    return command == null || command.operands().isEmpty() || bar + 1 == word.length()
        ? near
        : "; say '" + program.name() + " " + command.name() + " " + word.substring(bar + 1) + "'";
  }

  /** Who forgot the command is told that, and not that its options are unknown. */
  private void tellMissingCommand() {
    if (!hasCommand && !missing.isEmpty()) {
      problems.clear();
      problems.add("the command is missing: " + String.join(", ", missing));
    }
  }

  /** Takes one word that begins with a dash; returns whether it took the next word as its value. */
  private boolean option(String word, @Nullable String next) {
    boolean isLong = word.startsWith("--");
    int equals = word.indexOf('=');
    int end = equals < 0 ? word.length() : equals;
    var name = word.substring(isLong ? 2 : 1, end);
    var option = name.length() > 1 ? byName(name) : null;
    if (option != null) {
      return value(option, "--" + name, equals < 0 ? null : word.substring(equals + 1), next);
    }
    if (isLong) {
      unknown(word.substring(0, end));
      return false;
    }
    return cluster(word, next);
  }

  private boolean cluster(String word, @Nullable String next) {
    for (int at = 1; at < word.length(); at++) {
      var shown = "-" + word.charAt(at);
      var option = byKey(word.charAt(at));
      if (option == null) {
        unknown(at == 1 ? word : shown + " in " + word);
        return false;
      }
      var rest = word.substring(at + 1);
      if (rest.startsWith("=")) {
        return value(option, shown, rest.substring(1), next);
      }
      if (!option.isFlag()) {
        return value(option, shown, rest.isEmpty() ? null : rest, next);
      }
      value(option, shown, null, null);
    }
    return false;
  }

  private boolean value(
      Option option, String shown, @Nullable String attached, @Nullable String next) {
    if (attached != null) {
      take(option, shown, attached);
      return false;
    }
    if (option.isFlag()) {
      take(option, shown, "true");
      return false;
    }
    if (next == null) {
      problems.add(shown + " needs a value: " + option.placeholder());
      given.put(option.name(), new ArrayList<>());
      return false;
    }
    take(option, shown, next);
    return true;
  }

  private void take(Option option, String shown, String word) {
    set.add(option.name());
    var words = given.get(option.name());
    if (words == null || !option.repeatable()) {
      words = new ArrayList<>();
      given.put(option.name(), words);
    }
    words.add(word);
    check(option, shown, word);
  }

  private boolean check(Option option, String shown, String word) {
    if (option.type().accepts(word)) {
      return true;
    }
    problems.add(shown + ": '" + word + "' is not " + option.type().expected());
    return false;
  }

  private Map<String, List<String>> resolve() {
    var values = new HashMap<String, List<String>>();
    for (var option : options) {
      var words = given.get(option.name());
      values.put(option.name(), words == null ? fallback(option) : words);
    }
    return values;
  }

  private List<String> fallback(Option option) {
    var variable = option.environment().isEmpty() ? null : environment.get(option.environment());
    if (variable != null && !variable.isEmpty()) {
      set.add(option.name());
      return check(option, "environment variable " + option.environment(), variable)
          ? List.of(variable)
          : List.of();
    }
    if (option.required()) {
      problems.add("--" + option.name() + " " + option.placeholder() + " is missing");
    }
    return option.defaultValue().isEmpty() ? List.of() : List.of(option.defaultValue());
  }

  private void unknown(String word) {
    if (!hasCommand && missing.isEmpty()) {
      for (var command : program.commands()) {
        if (has(command, word)) {
          missing.add(command.name());
        }
      }
    }
    var names = new ArrayList<String>();
    for (var option : options) {
      names.add("--" + option.name());
    }
    problems.add("unknown option " + word + Nearest.suggestion(word, names));
  }

  /** Whether a word such as {@code -H}, {@code -Hweb}, {@code --host} is an option of a command. */
  private static boolean has(Command command, String word) {
    boolean isLong = word.startsWith("--");
    for (var option : command.options()) {
      if (isLong ? word.equals("--" + option.name()) : word.charAt(1) == option.key()) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Option byName(String name) {
    for (var option : options) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    return null;
  }

  private @Nullable Option byKey(char key) {
    for (var option : options) {
      if (option.key() == key) {
        return option;
      }
    }
    return null;
  }
}
