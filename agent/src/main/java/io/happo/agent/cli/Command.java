package io.happo.agent.cli;

import java.util.List;

/**
 * One subcommand.
 *
 * @param name what to type
 * @param summary one line, without a full stop
 * @param description paragraphs for people
 * @param operand what stands for the argument that is no option; empty when the command takes none.
 *     More arguments than that are ignored, as the original ignores them, but for the daemon
 * @param options its options, in the order of the help
 * @param examples real uses
 * @param exits what its exit statuses mean
 */
public record Command(
    String name,
    String summary,
    List<String> description,
    String operand,
    List<Option> options,
    List<Example> examples,
    List<Exit> exits) {
  public Command {
    description = List.copyOf(description);
    options = List.copyOf(options);
    examples = List.copyOf(examples);
    exits = List.copyOf(exits);
    if (name.isEmpty() || examples.isEmpty()) {
      throw new IllegalArgumentException("a command needs a name and an example");
    }
  }

  /**
   * Whether words beside options are a mistake. A daemon that starts with what it did not
   * understand does harm; the clients pass over such words, as the original does.
   */
  boolean refusesArguments() {
    return name.equals("daemon");
  }

  /** What a line does, and the line. */
  record Example(String purpose, String line) {}

  /** An exit status and what it means. */
  record Exit(String status, String meaning) {}
}
