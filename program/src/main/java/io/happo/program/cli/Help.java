package io.happo.program.cli;

import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints: plain text of at most 80 columns where the words allow it. */
public final class Help {
  private static final int COLUMNS = 80;

  private final StringBuilder out = new StringBuilder();

  private Help() {}

  public static String of(Program program) {
    var help = new Help();
    help.out.append("Usage: ").append(program.name());
    help.out.append(program.globals().isEmpty() ? "" : " [OPTION]...");
    help.out.append(" COMMAND [OPTION]...\n\n");
    help.text(program.summary() + ".", 0);
    help.out.append("\nCommands:\n");
    for (var command : program.commands()) {
      help.out.append("  ").append(command.name());
      help.out.repeat(' ', Math.max(2, 16 - command.name().length())).append(command.summary());
      help.out.append('\n');
    }
    help.options("Options:", program.globals());
    help.out.append("  -h, --help\n      Print this help.\n");
    help.out.append("  -v, --version\n      Print the version.\n");
    help.examples(program.commands().getFirst().examples());
    help.out
        .append("\n'")
        .append(program.name())
        .append(" COMMAND --help' tells more of a command.\n");
    return help.out.toString();
  }

  public static String of(Program program, Command command) {
    var help = new Help();
    help.out.append("Usage: ").append(usage(program, command)).append("\n\n");
    help.text(command.summary() + ".", 0);
    for (var paragraph : command.description()) {
      help.out.append('\n');
      help.text(paragraph, 0);
    }
    help.options("Options:", command.options());
    help.out.append("  -h, --help\n      Print this help.\n");
    if (!program.globals().isEmpty()) {
      help.options("Options of every command:", program.globals());
    }
    help.examples(command.examples());
    help.out.append("\nExit status:\n");
    for (var exit : command.exits()) {
      help.text(exit.status() + "  " + exit.meaning(), 2);
    }
    return help.out.toString();
  }

  /** The synopsis of a command: {@code happo-agent add [OPTION]...}. */
  public static String usage(Program program, Command command) {
    var usage = program.name() + " " + command.name() + " [OPTION]...";
    return command.operand().isEmpty() ? usage : usage + " " + command.operand();
  }

  /** How an option is written: {@code -P, --port PORT}. */
  public static String spelling(Option option) {
    var name = "--" + option.name() + (option.isFlag() ? "" : " " + option.placeholder());
    return option.key() == Option.NO_KEY ? name : "-" + option.key() + ", " + name;
  }

  /** What the table knows of an option beside its doc, one fact each. */
  public static List<String> facts(Option option) {
    var facts = new ArrayList<String>();
    if (option.required()) {
      facts.add("required");
    }
    if (!option.limits().isEmpty()) {
      facts.add(option.limits());
    }
    if (option.repeatable()) {
      facts.add("may be given several times");
    }
    if (!option.defaultValue().isEmpty()) {
      facts.add("default " + option.defaultValue());
    }
    if (!option.environment().isEmpty()) {
      facts.add("environment " + option.environment());
    }
    return facts;
  }

  private void options(String title, List<Option> options) {
    out.append('\n').append(title).append('\n');
    for (var option : options) {
      out.append(option.key() == Option.NO_KEY ? "      " : "  ")
          .append(spelling(option))
          .append('\n');
      text(option.doc(), 6);
      var facts = facts(option);
      if (!facts.isEmpty()) {
        text("(" + String.join("; ", facts) + ")", 6);
      }
    }
  }

  private void examples(List<Command.Example> examples) {
    out.append("\nExamples:\n");
    for (var example : examples) {
      text(example.purpose() + ":", 2);
      out.append("    ").append(example.line()).append('\n');
    }
  }

  private void text(String text, int indent) {
    int column = 0;
    int start = 0;
    while (start < text.length()) {
      int blank = text.indexOf(' ', start);
      int end = blank < 0 ? text.length() : blank;
      if (column > 0 && column + 1 + end - start > COLUMNS) {
        out.append('\n');
        column = 0;
      }
      if (column == 0) {
        out.repeat(' ', indent);
        column = indent;
      } else {
        out.append(' ');
        column++;
      }
      out.append(text, start, end);
      column += end - start;
      start = end + 1;
    }
    out.append('\n');
  }
}
