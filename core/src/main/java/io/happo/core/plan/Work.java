package io.happo.core.plan;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a check runs. */
public sealed interface Work {
  /**
   * A check that is part of the agent.
   *
   * @param name which there are is the agent's to know; {@code check_} may be left out before it
   */
  record Builtin(String name, List<String> arguments) implements Work {
    public Builtin {
      Rules.require(Rules.name(name));
      Rules.require(Rules.texts(arguments));
      arguments = List.copyOf(arguments);
    }

    /**
     * The check and arguments of a command line, split as that of a {@link Plugin} is.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static Builtin of(String commandLine) {
      var words = Words.split(commandLine);
      if (words.isEmpty()) {
        throw new IllegalArgumentException("is empty: give the check and its arguments");
      }
      return new Builtin(words.getFirst(), words.subList(1, words.size()));
    }

    /** The command line that {@link #of} makes this of. */
    public String commandLine() {
      return Words.join(name, arguments);
    }
  }

  /**
   * A plugin that the agent finds in its plugin folders, started with these words and no shell.
   *
   * @param name of its file
   */
  record Plugin(String name, List<String> arguments) implements Work {
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    public Plugin {
      Rules.require(Rules.plugin(name));
      Rules.require(Rules.texts(arguments));
      arguments = List.copyOf(arguments);
    }

    /**
     * The plugin and arguments of a command line, split as a shell does. A line that means
     * something else to a shell (a pipe, a variable, …) is refused, since there is none.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public static Plugin of(String commandLine) {
      var words = Words.split(commandLine);
      if (words.isEmpty()) {
        throw new IllegalArgumentException("is empty: give the plugin and its arguments");
      }
      return new Plugin(words.getFirst(), words.subList(1, words.size()));
    }

    /** The arguments as one text for a shell: each stays one word, whatever is in it. */
    public String shellArguments() {
      return arguments.stream()
          .map(
              word ->
                  PLAIN_WORD.matcher(word).matches()
                      ? word
                      : "'" + word.replace("'", "'\\''") + "'")
          .collect(Collectors.joining(" "));
    }

    /** The command line that {@link #of} makes this of. */
    public String commandLine() {
      return Words.join(name, arguments);
    }
  }

  /**
   * A script that came as a bundle.
   *
   * @param sha256 of the bundle
   */
  record Script(String sha256, List<String> arguments) implements Work {
    public Script {
      Rules.require(Rules.digest(sha256));
      Rules.require(Rules.texts(arguments));
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A plugin out of an archive that came as a bundle, started as {@link Plugin} is, in the
   * archive's folder.
   *
   * @param sha256 of the bundle
   * @param file its path in the archive
   */
  record Packed(String sha256, String file, List<String> arguments) implements Work {
    public Packed {
      Rules.require(Rules.digest(sha256));
      Rules.require(Rules.file(file));
      Rules.require(Rules.texts(arguments));
      arguments = List.copyOf(arguments);
    }

    /** The file and the arguments as one line. */
    public String commandLine() {
      return Words.join(file, arguments);
    }
  }

  /** The digest of the bundle that it takes; empty when it takes none. */
  default String bundle() {
    return switch (this) {
      case Builtin _, Plugin _ -> "";
      case Script script -> script.sha256();
      case Packed packed -> packed.sha256();
    };
  }

  /** The kind of the bundle that it takes, where it takes one. */
  default Bundle.Kind bundleKind() {
    return this instanceof Packed ? Bundle.Kind.ARCHIVE : Bundle.Kind.SCRIPT;
  }
}
