package io.happo.program.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * One program: its table.
 *
 * @param name what to type
 * @param summary one line, without a full stop
 * @param globals options that stand before or after the subcommand
 * @param commands its subcommands, in the order of the help
 * @param misuseExit the exit status when the command line cannot be understood
 * @param passesOverWords whether words beside options that a command has no use for are no mistake,
 *     as for the original
 * @param isPlugin whether a monitoring system reads its standard output, so that complaints belong
 *     there as well
 */
public record Program(
    String name,
    String summary,
    List<Option> globals,
    List<Command> commands,
    int misuseExit,
    boolean passesOverWords,
    boolean isPlugin) {
  public Program {
    globals = List.copyOf(globals);
    commands = List.copyOf(commands);
  }

  /** The same program with those commands alone that begin so. */
  Program only(String beginning) {
    var some = new ArrayList<Command>();
    for (var command : commands) {
      if (command.name().startsWith(beginning)) {
        some.add(command);
      }
    }
    return new Program(name, summary, globals, some, misuseExit, passesOverWords, isPlugin);
  }

  /** The second words of the commands that begin with this one: {@code create} of token create. */
  List<String> group(String first) {
    var seconds = new ArrayList<String>();
    for (var command : commands) {
      if (command.name().startsWith(first + " ")) {
        seconds.add(command.name().substring(first.length() + 1));
      }
    }
    return seconds;
  }
}
