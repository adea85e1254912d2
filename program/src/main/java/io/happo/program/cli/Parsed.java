package io.happo.program.cli;

import java.util.List;

/** What a command line turned out to be. */
public sealed interface Parsed {
  /** A command to run. */
  record Run(Command command, Arguments arguments) implements Parsed {}

  /** Help or a version: a text for standard output, exit 0. */
  record Print(String text) implements Parsed {}

  /**
   * A command line that cannot be understood.
   *
   * @param problems all that is wrong with it, a sentence each
   * @param hint where to read on
   * @param exit the exit status
   * @param isPlugin whether standard output is to tell it as well
   */
  record Misuse(String program, List<String> problems, String hint, int exit, boolean isPlugin)
      implements Parsed {
    public Misuse {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("a misuse without a problem");
      }
    }
  }
}
