package io.happo.program.cli;

import java.util.List;

/**
 * One subcommand.
 *
 * @param name what to type: a word, or two ({@code token create})
 * @param summary one line, without a full stop
 * @param description paragraphs for people
 * @param operand what stands for the arguments that are no options: a word for each, in brackets
 *     when it may be missing, with {@code ...} when there may be more of the last; empty when the
 *     command takes none
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

  /** The words that stand for its arguments. */
  List<String> operands() {
    return operand.isEmpty() ? List.of() : List.of(operand.split(" ", -1));
  }

  /** What a line does, and the line. */
  public record Example(String purpose, String line) {}

  /** An exit status and what it means. */
  public record Exit(String status, String meaning) {}
}
