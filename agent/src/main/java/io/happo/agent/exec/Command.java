package io.happo.agent.exec;

import java.util.List;

/**
 * What to run. A NUL in an argument is no error here: the operating system's answer ("invalid
 * argument") becomes the outcome.
 *
 * @param argv the program, then its arguments; the program is a path, or a name looked up on the
 *     PATH of the child's environment, and does not begin with a hyphen
 * @param mergeOutput whether stderr goes where stdout goes, in the order written
 */
public record Command(List<String> argv, boolean mergeOutput) {
  public Command {
    argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.getFirst().isEmpty() || argv.getFirst().startsWith("-")) {
      throw new IllegalArgumentException(
          "A command needs a program that is not empty and does not begin with a hyphen: " + argv);
    }
  }

  /** A line for the shell: {@code /bin/sh -c line}. */
  public static Command shell(String line) {
    return new Command(List.of("/bin/sh", "-c", line), false);
  }

  /** As {@link #shell}, with stderr in the same stream as stdout. */
  public static Command shellMerged(String line) {
    return new Command(List.of("/bin/sh", "-c", line), true);
  }

  /** A program and its arguments, with no shell between. */
  public static Command direct(List<String> argv) {
    return new Command(argv, false);
  }
}
