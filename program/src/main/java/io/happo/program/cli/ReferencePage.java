package io.happo.program.cli;

import java.util.List;

/** The reference page of a program, in Markdown. */
public final class ReferencePage {
  private final StringBuilder out = new StringBuilder();

  private ReferencePage() {}

  public static String of(Program program) {
    var page = new ReferencePage();
    page.out.append("# ").append(program.name()).append("\n\n");
    page.out.append(
        "<!-- Made by GenerateDocs from the table of options: change that, not this page. -->\n\n");
    page.out.append(program.summary()).append(".\n");
    var options = program.commands().getFirst().options();
    if (!options.isEmpty()) {
      page.out.append(
          "\nOptions are written `--name value`, `--name=value`, `-Xvalue` or `-X value`, before or"
              + " after other arguments; `--` ends them.");
      page.out.append(
          options.getFirst().environment().isEmpty()
              ? " Nothing comes from the environment.\n"
              : " What the command line does not give comes from the environment, else from the"
                  + " default; an empty variable counts as unset.\n");
    }
    if (!program.globals().isEmpty()) {
      page.out.append("\n## Options of every command\n\n");
      page.options(program.globals());
    }
    for (var command : program.commands()) {
      page.command(program, command);
    }
    return page.out.toString();
  }

  private void command(Program program, Command command) {
    out.append("\n## ").append(command.name()).append("\n\n");
    out.append("`").append(Help.usage(program, command)).append("`\n\n");
    out.append(command.summary()).append(".\n\n");
    for (var paragraph : command.description()) {
      out.append(paragraph).append("\n\n");
    }
    options(command.options());
    out.append(command.options().isEmpty() ? "Examples:\n\n" : "\nExamples:\n\n");
    for (var example : command.examples()) {
      out.append("    # ").append(example.purpose()).append('\n');
      out.append("    ").append(example.line()).append('\n');
    }
    out.append("\n| exit | meaning |\n|---|---|\n");
    for (var exit : command.exits()) {
      row(exit.status(), cell(exit.meaning()));
    }
  }

  private void options(List<Option> options) {
    if (options.isEmpty()) {
      return;
    }
    out.append("| option | environment | default | value | meaning |\n|---|---|---|---|---|\n");
    for (var option : options) {
      var value = option.limits();
      row(
          code(Help.spelling(option)),
          code(option.environment()),
          code(option.defaultValue()),
          cell(option.repeatable() ? separated(value) + "may be given several times" : value),
          cell(option.required() ? option.doc() + " Required." : option.doc()));
    }
  }

  private static String separated(String text) {
    return text.isEmpty() ? "" : text + "; ";
  }

  private void row(String... cells) {
    for (var cell : cells) {
      out.append("| ").append(cell).append(cell.isEmpty() ? "" : " ");
    }
    out.append("|\n");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
