package io.happo.agent.nrpe;

/** The reference page of nrpe.cfg, in Markdown, made from the table of directives. */
public final class NrpeReference {
  private NrpeReference() {}

  /** The whole page. */
  public static String page() {
    var out = new StringBuilder();
    out.append(
        """
        # nrpe.cfg

        <!-- Made by GenerateDocs from the table of directives: change that, not this page. -->

        What `happo-agent daemon --nrpe-config FILE` does with each directive of NRPE 4.1 and of its development head.
        `happo-agent nrpe-check FILE` tells what of this concerns a given file. As with NRPE:

        - Blanks at both ends of a line do not count, those around `=` do; `#` begins a comment at the start of a line only.
        """);
    out.append("- A line has at most ").append(ConfigLines.MAX_LINE_BYTES);
    out.append(
        """
         bytes. NRPE takes the rest of a longer one for another line; here it is refused at start.
        - An unknown name is logged and has no effect. Of several lines of one name the last counts, unless it says otherwise below.
        - A line without a value or with a bad number is refused at start; in an included file it is logged, and the rest of that file is not read.
        - Digits count up to the first other character, a text without digits is 0; that is logged.

        Other than with NRPE: all problems are told at once; a file that is not UTF-8 is refused; at a reload a bad file leaves the old settings in use.

        | directive | here | value | when absent | what it does |
        |---|---|---|---|---|
        """);
    for (var directive : Directives.TABLE) {
      row(
          out,
          "`" + directive.name() + "`",
          directive.handling().words(),
          directive.values(),
          directive.absent(),
          directive.doc());
    }
    for (var include : NrpeConfigFile.INCLUDES) {
      row(out, "`" + include.name() + "`", "as NRPE", include.values(), "", include.doc());
    }
    return out.toString();
  }

  private static void row(StringBuilder out, String... cells) {
    for (var cell : cells) {
      out.append("| ").append(escaped(cell)).append(cell.isEmpty() ? "" : " ");
    }
    out.append("|\n");
  }

  private static String escaped(String text) {
    return text.startsWith("`")
        ? text
        : text.replace("\\", "\\\\")
            .replace("|", "\\|")
            .replace("*", "\\*")
            .replace("<", "&lt;")
            .replace("`", "\\`");
  }
}
