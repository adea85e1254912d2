package io.happo.agent.checks;

import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Exit;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/** What the tables of built-in checks have in common. */
public final class Tables {
  /** Seconds until a check gives up, unless {@code -t} says another number. */
  public static final int TIMEOUT_SECONDS = 10;

  private static final List<Exit> EXITS =
      List.of(
          new Exit("0", "OK"),
          new Exit("1", "WARNING"),
          new Exit("2", "CRITICAL"),
          new Exit("3", "UNKNOWN: it could not look, or the options are wrong."));

  private static final List<Exit> EXITS_OF_LISTS =
      List.of(
          new Exit("0", "The list."),
          new Exit("3", "UNKNOWN: it cannot be had, which is said, or the options are wrong."));

  private static final List<Option> OF_ALL =
      List.of(
          Option.of(
                  "timeout",
                  Type.TEXT,
                  "SECONDS[:STATE]",
                  "Give up after so many seconds, with this state.")
              .withKey('t')
              .byDefault(TIMEOUT_SECONDS + ":CRITICAL"),
          Option.flag("verbose", "Say more; what is said then is for people alone.")
              .withKey('v')
              .thatRepeats(),
          Option.flag("version", "Print the version.").withKey('V'));

  private Tables() {}

  /**
   * The table of a check: its own options, then those that all have.
   *
   * @param operand what stands for its arguments that are no options; empty when it takes none
   */
  public static Command check(
      String name,
      String summary,
      List<String> description,
      String operand,
      List<Option> options,
      List<Command.Example> examples) {
    var all = new ArrayList<>(options);
    all.addAll(OF_ALL);
    return new Command(name, summary, description, operand, all, examples, EXITS);
  }

  /** The option {@code -w}. */
  public static Option warning(String placeholder, String doc) {
    return Option.of("warning", Type.TEXT, placeholder, doc).withKey('w');
  }

  /** The option {@code -c}. */
  public static Option critical(String placeholder, String doc) {
    return Option.of("critical", Type.TEXT, placeholder, doc).withKey('c');
  }

  /** The table of a list for an inventory: its own options, then those that all have. */
  public static Command list(
      String name,
      String summary,
      List<String> description,
      List<Option> options,
      List<Command.Example> examples) {
    var all = new ArrayList<>(options);
    all.add(
        Option.of(
                "timeout",
                Type.TEXT,
                "SECONDS[:STATE]",
                "Give up after so many seconds, with this state.")
            .withKey('t')
            .byDefault("30:UNKNOWN"));
    all.add(Option.flag("version", "Print the version.").withKey('V'));
    return new Command(name, summary, description, "", all, examples, EXITS_OF_LISTS);
  }
}
