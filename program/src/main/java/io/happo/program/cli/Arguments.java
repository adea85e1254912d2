package io.happo.program.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of all options of one command, each from the command line, else the environment, else
 * its default, and known to be of its type. Asking for an option that the command does not have is
 * a mistake of the program.
 */
public final class Arguments {
  private final Map<String, List<String>> values;
  private final List<String> operands;
  private final Set<String> given;

  /**
   * @param values by option name what was given or is the default, one value unless it is a list;
   *     no value for none
   * @param operands what was given beside options
   * @param given the options whose value is not their default
   */
  Arguments(Map<String, List<String>> values, List<String> operands, Set<String> given) {
    this.values = values;
    this.operands = List.copyOf(operands);
    this.given = Set.copyOf(given);
  }

  /** Whether the command line or the environment names this option. */
  public boolean isGiven(String option) {
    return given.contains(option);
  }

  /** The arguments that are no options, in their order. */
  public List<String> operands() {
    return operands;
  }

  /** Whether there is a value that is not empty. */
  public boolean has(String option) {
    return !text(option).isEmpty();
  }

  /** The value; empty when there is none. */
  public String text(String option) {
    var words = words(option);
    return words.isEmpty() ? "" : words.getLast();
  }

  /** All values that were given, each as it was. */
  public List<String> texts(String option) {
    return List.copyOf(words(option));
  }

  /** The parts of a list, without blanks around them and without empty ones. */
  public List<String> list(String option) {
    var parts = new ArrayList<String>();
    for (var word : words(option)) {
      int start = 0;
      while (start <= word.length()) {
        int comma = word.indexOf(',', start);
        int end = comma < 0 ? word.length() : comma;
        var part = word.substring(start, end).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = end + 1;
      }
    }
    return parts;
  }

  /** The number. An option of a number has a value always: it has a default. */
  public int number(String option) {
    return Integer.parseInt(text(option));
  }

  /** The number of an option that counts seconds, as a time. */
  public Duration seconds(String option) {
    return Duration.ofSeconds(number(option));
  }

  /** The path of an option that has a default. */
  public Path path(String option) {
    return Path.of(text(option));
  }

  /** Whether a flag is on. */
  public boolean flag(String option) {
    return Type.Flag.isTrue(text(option));
  }

  /** The 32 bytes of a digest that was given. */
  public byte[] digest(String option) {
    return Type.Digest.bytes(text(option));
  }

  private List<String> words(String option) {
    var words = values.get(option);
    if (words == null) {
      throw new IllegalArgumentException("this command has no option " + option);
    }
    return words;
  }
}
