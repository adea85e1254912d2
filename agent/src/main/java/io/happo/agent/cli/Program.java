package io.happo.agent.cli;

import java.util.List;

/**
 * One program: its table.
 *
 * @param name what to type
 * @param summary one line, without a full stop
 * @param globals options that stand before or after the subcommand
 * @param commands its subcommands, in the order of the help
 * @param misuseExit the exit status when the command line cannot be understood
 * @param isPlugin whether a monitoring system reads its standard output, so that complaints belong
 *     there as well
 */
public record Program(
    String name,
    String summary,
    List<Option> globals,
    List<Command> commands,
    int misuseExit,
    boolean isPlugin) {
  public Program {
    globals = List.copyOf(globals);
    commands = List.copyOf(commands);
  }
}
