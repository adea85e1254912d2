package io.happo.program.cli;

import java.util.List;

/** Manual pages in roff's man macros: for {@code man}, without warnings of groff. */
public final class ManPage {
  private final StringBuilder out = new StringBuilder();

  private ManPage() {}

  /**
   * The page of some commands of a program.
   *
   * @param section 1 for commands of users, 8 for a daemon
   * @param commands the commands to tell of; a single one is told of without a heading of its own
   * @param seeAlso other pages: {@code happo-agent(8)}
   */
  public static String of(
      Program program, int section, List<Command> commands, List<String> seeAlso) {
    var page = new ManPage();
    page.macro(
        "TH", program.name(), Integer.toString(section), "", "Happo " + Version.number(), "");
    // Ragged right and without hyphens: long paths and variables cannot be broken, and are to be
    // copied.
    page.out.append(".ad l\n.nh\n");
    page.heading("NAME");
    page.line(program.name() + " - " + lowerFirst(program.summary()));
    page.heading("SYNOPSIS");
    for (var command : commands) {
      page.line(Help.usage(program, command));
      page.macro("br");
    }
    page.line(program.name() + " --version");
    page.heading(commands.size() == 1 ? "DESCRIPTION" : "COMMANDS");
    for (var command : commands) {
      page.command(program, command, commands.size() > 1);
    }
    if (!program.globals().isEmpty()) {
      page.heading("OPTIONS OF EVERY COMMAND");
      page.options(program.globals());
    }
    page.heading("SEE ALSO");
    page.line(String.join(", ", seeAlso));
    return page.out.toString();
  }

  private void command(Program program, Command command, boolean hasHeading) {
    if (hasHeading) {
      macro("SS", Help.usage(program, command));
    }
    line(command.summary() + ".");
    for (var paragraph : command.description()) {
      macro("PP");
      line(paragraph);
    }
    part("OPTIONS", hasHeading);
    options(command.options());
    part("EXAMPLES", hasHeading);
    for (var example : command.examples()) {
      macro("PP");
      line(example.purpose() + ":");
      macro("PP");
      macro("RS", "4");
      macro("nf");
      line(example.line());
      macro("fi");
      macro("RE");
    }
    part("EXIT STATUS", hasHeading);
    for (var exit : command.exits()) {
      term(exit.status());
      line(exit.meaning());
    }
  }

  private void options(List<Option> options) {
    for (var option : options) {
      term(Help.spelling(option));
      line(option.doc());
      var facts = Help.facts(option);
      if (!facts.isEmpty()) {
        line("(" + String.join("; ", facts) + ")");
      }
    }
  }

  /** The heading of a part of the page, or a few words when the page tells of several commands. */
  private void part(String title, boolean isInsideCommand) {
    if (isInsideCommand) {
      macro("PP");
      line(title.charAt(0) + title.substring(1).toLowerCase(java.util.Locale.ROOT) + ":");
    } else {
      heading(title);
    }
  }

  private void heading(String title) {
    macro("SH", title);
  }

  private void term(String term) {
    macro("TP");
    out.append("\\fB").append(escaped(term)).append("\\fR\n");
  }

  private void macro(String name, String... arguments) {
    out.append('.').append(name);
    for (var argument : arguments) {
      out.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
    }
    out.append('\n');
  }

  private void line(String text) {
    boolean looksLikeMacro = text.startsWith(".") || text.startsWith("'");
    out.append(looksLikeMacro ? "\\&" : "").append(escaped(text)).append('\n');
  }

  /**
   * Backslashes, and the signs that roff would make typographic; people copy examples from manual
   * pages.
   */
  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        // Long lists may break after a comma.
        .replace(",", ",\\:");
  }

  private static String lowerFirst(String text) {
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
