package io.happo.agent.exec;

import java.util.List;
import java.util.Optional;

/**
 * What to run. A NUL in an argument is no error here: the operating system's answer ("invalid
 * argument") becomes the outcome.
 *
 * @param argv the program, then its arguments; the program is a path, or a name looked up on the
 *     PATH of the child's environment, and does not begin with a hyphen
 * @param stderr where its standard error goes
 * @param surroundings other ones than the agent's own
 * @param place whether it is started, or run in the agent's own process
 */
public record Command(
    List<String> argv, Stderr stderr, Optional<Surroundings> surroundings, Place place) {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");

  /** Where standard error goes. */
  public enum Stderr {
    /** Into a stream of its own. */
    APART,
    /** Where stdout goes, in the order written. */
    MERGED,
    /** Nowhere; whoever holds it is not waited for. */
    DROPPED
  }

  /** Where it is run. */
  public enum Place {
    /** As the settings say of its program ({@link Insiders}). */
    EITHER,
    /** In the agent's own process: the program is the name of a check that is part of it. */
    INSIDE,
    /** Started, whatever its program is called. */
    OUTSIDE
  }

  public Command {
    argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.getFirst().isEmpty() || argv.getFirst().startsWith("-")) {
      throw new IllegalArgumentException(
          "A command needs a program that is not empty and does not begin with a hyphen: " + argv);
    }
  }

  /**
   * A line for the shell: {@code /bin/sh -c line}. Where the shell would only become the program,
   * none is started.
   */
  public static Command shell(String line) {
    return direct(List.of("/bin/sh", "-c", line));
  }

  /** The line, when this is one for the shell. */
  Optional<String> line() {
    return argv.size() == 3 && argv.subList(0, 2).equals(SHELL)
        ? Optional.of(argv.getLast())
        : Optional.empty();
  }

  /** As {@link #shell}, with stderr in the same stream as stdout. */
  public static Command shellMerged(String line) {
    return shell(line).with(Stderr.MERGED);
  }

  /** A program and its arguments, with no shell between. */
  public static Command direct(List<String> argv) {
    return new Command(argv, Stderr.APART, Optional.empty(), Place.EITHER);
  }

  /** A check that is part of the agent, and what it is given. */
  public static Command inside(List<String> argv) {
    return direct(argv).at(Place.INSIDE);
  }

  /** The same, run there. */
  public Command at(Place other) {
    return new Command(argv, stderr, surroundings, other);
  }

  /** The same, with another place for its standard error. */
  public Command with(Stderr other) {
    return new Command(argv, other, surroundings, place);
  }

  /** The same, elsewhere. */
  public Command in(Surroundings other) {
    return new Command(argv, stderr, Optional.of(other), place);
  }
}
