package io.happo.program.cli;

import java.util.List;

/**
 * The sample of {@code /etc/default/happo-agent.env}: every variable of the daemon, commented out.
 */
public final class SampleEnvironment {
  private SampleEnvironment() {}

  public static String of(Program program, Command daemon) {
    var out = new StringBuilder();
    out.append("# Settings of '").append(program.name()).append(' ').append(daemon.name());
    out.append("'. Options of its command line win over these.\n");
    out.append("# Commented out, with the defaults: take away the # to change one.\n");
    options(out, program.globals());
    options(out, daemon.options());
    return out.toString();
  }

  private static void options(StringBuilder out, List<Option> options) {
    for (var option : options) {
      out.append("\n# ").append(option.doc()).append('\n');
      var limits = option.isFlag() ? option.type().expected() : option.limits();
      if (!limits.isEmpty()) {
        out.append("# (").append(limits).append(")\n");
      }
      out.append("#").append(option.environment()).append('=');
      out.append(option.isFlag() ? "false" : option.defaultValue()).append('\n');
    }
  }
}
