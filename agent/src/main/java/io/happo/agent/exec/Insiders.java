package io.happo.agent.exec;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells which commands the agent runs in its own process: those whose program has the name of a
 * check that is part of it, as {@link When} says. A command that another user is to run is one of
 * them only where that user could find out the same.
 */
public record Insiders(Inside inside, When when) {
  /** What every such program's name begins with. */
  private static final String PREFIX = "check_";

  /** When a program is taken for the check of its name. */
  public enum When {
    /** When it is not there. */
    MISSING,
    /** Always. */
    FIRST,
    /** Never. */
    OFF
  }

  /** The name of a check and what it is given; empty when the command is to be started. */
  Optional<List<String>> words(Command command, Map<String, String> environment) {
    if (command.place() == Command.Place.INSIDE) {
      return Optional.of(command.argv());
    }
    if (command.place() == Command.Place.OUTSIDE || when == When.OFF || !namesCheck(command)) {
      return Optional.empty();
    }
    var line = command.line();
    return (line.isPresent() ? ShellLine.words(line.get()) : Optional.of(command.argv()))
        .filter(words -> isInside(words, command, environment));
  }

  /** Few commands do; the others are not looked at any closer. */
  private static boolean namesCheck(Command command) {
    return command.line().orElse(command.argv().getFirst()).contains(PREFIX);
  }

  private boolean isInside(List<String> words, Command command, Map<String, String> environment) {
    var program = words.getFirst();
    var name = name(program);
    if (!name.startsWith(PREFIX) || !inside.has(name)) {
      return false;
    }
    var surroundings = command.surroundings();
    boolean isOthers = surroundings.flatMap(Surroundings::identity).isPresent();
    return (!isOthers || inside.isOpenToAll(name, words.subList(1, words.size())))
        && (when == When.FIRST
            || isMissing(
                program,
                surroundings.map(Surroundings::environment).orElse(environment),
                surroundings.map(Surroundings::directory).orElse(Path.of(""))));
  }

  private static boolean isMissing(
      String program, Map<String, String> environment, Path directory) {
    try {
      return program.indexOf('/') < 0
          ? ShellLine.file(program, environment).isEmpty()
          : !Files.exists(directory.resolve(program));
    } catch (InvalidPathException e) {
      return false; // Whoever starts it says what is wrong.
    }
  }

  static String name(String program) {
    return program.substring(program.lastIndexOf('/') + 1);
  }
}
