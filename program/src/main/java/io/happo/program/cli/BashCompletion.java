package io.happo.program.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A completion script of bash for one program: subcommands, option names, files, the words of a
 * choice, and names that stand right behind a subcommand.
 */
public final class BashCompletion {
  private BashCompletion() {}

  public static String of(Program program) {
    return of(program, Map.of());
  }

  /**
   * The script, which knows some arguments that are no options as well.
   *
   * @param operands by the name of a command, words one of which stands right behind it
   */
  public static String of(Program program, Map<String, List<String>> operands) {
    var function = "_" + program.name().replace('-', '_');
    var names = new ArrayList<String>();
    var groups = new LinkedHashSet<String>();
    for (var command : program.commands()) {
      names.add("'" + command.name() + "'");
      int blank = command.name().indexOf(' ');
      if (blank > 0) {
        groups.add(command.name().substring(0, blank));
      }
    }
    for (var group : groups) {
      names.add("'" + group + "'");
    }
    var out = new StringBuilder();
    out.append("# Completion of ").append(program.name()).append(" for bash.\n");
    out.append(function).append("() {\n");
    out.append(
        "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n");
    // Bash splits --option=value at the equals sign, which then is a word of its own.
    out.append("  if [[ $word == = ]]; then\n    word=''\n");
    out.append("  elif [[ $before == = ]]; then\n    before=\"${COMP_WORDS[COMP_CWORD-2]}\"\n");
    out.append("  fi\n");
    out.append("  local command='' i\n");
    out.append("  COMPREPLY=()\n");
    out.append("  for ((i = 1; i < COMP_CWORD; i++)); do\n");
    out.append("    case \"${command:+$command }${COMP_WORDS[i]}\" in\n");
    out.append("      ")
        .append(String.join("|", names))
        .append(") command=\"${command:+$command }${COMP_WORDS[i]}\" ;;\n");
    out.append("    esac\n");
    out.append("  done\n");
    out.append("  case \"$command $before\" in\n");
    operands.forEach(
        (command, words) ->
            out.append("    '")
                .append(command + " " + command.substring(command.lastIndexOf(' ') + 1))
                .append("') mapfile -t COMPREPLY < <(compgen -W '")
                .append(String.join(" ", words))
                .append("' -- \"$word\"); [[ $word == -* ]] || return 0 ;;\n"));
    for (var command : program.commands()) {
      values(out, command.name() + " ", command.options());
    }
    values(out, "*", program.globals());
    out.append("  esac\n");
    out.append("  case \"$command\" in\n");
    var firsts = new LinkedHashSet<String>();
    for (var command : program.commands()) {
      firsts.add(command.name().split(" ", -1)[0]);
      out.append("    '").append(command.name()).append("') ");
      candidates(out, optionNames(command.options(), program.globals()));
    }
    for (var group : groups) {
      out.append("    '").append(group).append("') ");
      candidates(out, program.group(group));
    }
    out.append("    *) ");
    firsts.addAll(optionNames(List.of(), program.globals()));
    firsts.add("--version");
    candidates(out, firsts);
    out.append("  esac\n");
    out.append("}\n");
    out.append("complete -F ").append(function).append(' ').append(program.name()).append('\n');
    return out.toString();
  }

  private static List<String> optionNames(List<Option> options, List<Option> globals) {
    var names = new ArrayList<String>();
    for (var option : options) {
      names.add("--" + option.name());
    }
    for (var option : globals) {
      names.add("--" + option.name());
    }
    names.add("--help");
    return names;
  }

  /**
   * What completes the value of an option; after a value that cannot be guessed nothing is offered.
   */
  private static void values(StringBuilder out, String prefix, List<Option> options) {
    for (var option : options) {
      if (!option.isFlag()) {
        var quoted = prefix.equals("*") ? "*" : "'" + prefix + "'";
        out.append("    ").append(quoted).append("--").append(option.name());
        if (option.key() != Option.NO_KEY) {
          out.append('|').append(quoted).append('-').append(option.key());
        }
        out.append(") ");
        switch (option.type()) {
          case Type.FilePath _ ->
              // Folders get a slash and no blank. There is no compopt outside of a completion.
              out.append(
                  "mapfile -t COMPREPLY < <(compgen -f -- \"$word\");"
                      + " compopt -o filenames 2>/dev/null || :");
          case Type.Choice choice ->
              out.append("mapfile -t COMPREPLY < <(compgen -W '")
                  .append(String.join(" ", choice.words()))
                  .append("' -- \"$word\")");
          case Type.Text _, Type.Names _, Type.Flag _, Type.Whole _, Type.Digest _ ->
              out.append(':');
        }
        out.append("; return ;;\n");
      }
    }
  }

  private static void candidates(StringBuilder out, Iterable<String> words) {
    out.append("mapfile -t COMPREPLY < <(compgen -W '");
    out.append(String.join(" ", words)).append("' -- \"$word\") ;;\n");
  }
}
