package io.happo.core.nrpe;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.util.List;

/**
 * The line for the shell, made of what the configuration has under a command's name and of the
 * arguments that came with the query.
 *
 * <p>The configured line is cut at each {@code $}. What stands before the first stays as it is;
 * then a macro and plain text take turns. A macro that begins with {@code ARG} is the argument
 * whose number follows, read as C's {@code atoi} reads it ({@code $ARG1$}, {@code $ARG01$} and
 * {@code $ARG1x$} are the same); it is nothing when there is no such argument. An empty one ({@code
 * $$}) is {@code $}. Anything else is put back with a {@code $} on both sides, even when the line
 * had none on the right: {@code echo $HOME} becomes {@code echo $HOME$}. Arguments are not looked
 * through again.
 */
public final class CommandLine {
  /** The longest line that is run, and the longest that may be configured, prefix included. */
  public static final int MAX_BYTES = 2047;

  private static final String ARGUMENT = "ARG";

  private CommandLine() {}

  /**
   * Makes the line. One that would be longer than {@link #MAX_BYTES} is refused; NRPE runs another
   * line than the configured one then: it cuts the configured line at 2,047 bytes (2,046 with a
   * prefix), leaves out each plain piece or macro that does not fit, and cuts an argument where the
   * room ends.
   *
   * @param prefix {@code command_prefix}; stands in front with one blank, and its macros count too;
   *     empty for none
   * @param configured the line as configured
   * @throws RefusedQueryException LINE_TOO_LONG
   */
  public static String of(String prefix, String configured, List<String> arguments)
      throws RefusedQueryException {
    var raw = prefix.isEmpty() ? configured : prefix + " " + configured;
    checkLength(raw.length());
    int dollar = raw.indexOf('$');
    if (dollar < 0) {
      return raw;
    }
    var line = new StringBuilder(raw.length());
    int from = 0;
    for (boolean macro = false; from <= raw.length(); macro = !macro) {
      if (dollar < 0) {
        dollar = raw.length();
      }
      if (macro) {
        appendMacro(line, raw.substring(from, dollar), arguments);
      } else {
        line.append(raw, from, dollar);
      }
      // Each piece is checked: the pieces of one line can ask for one long argument many times.
      checkLength(line.length());
      from = dollar + 1;
      dollar = raw.indexOf('$', from);
    }
    return line.toString();
  }

  private static void appendMacro(StringBuilder line, String macro, List<String> arguments) {
    if (macro.isEmpty()) {
      line.append('$');
    } else if (!macro.startsWith(ARGUMENT)) {
      line.append('$').append(macro).append('$');
    } else {
      int number = leadingNumber(macro.substring(ARGUMENT.length()));
      if (number >= 1 && number <= arguments.size()) {
        line.append(arguments.get(number - 1));
      }
    }
  }

  /** As {@code atoi}: blanks, a sign, digits, whatever. 0 when no digit comes, or very many. */
  private static int leadingNumber(String text) {
    int i = 0;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    boolean negative = i < text.length() && text.charAt(i) == '-';
    if (negative || (i < text.length() && text.charAt(i) == '+')) {
      i++;
    }
    int number = 0;
    for (; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
      number = Math.min(number * 10 + (text.charAt(i) - '0'), 1_000_000);
    }
    return negative ? -number : number;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static void checkLength(int bytes) throws RefusedQueryException {
    if (bytes > MAX_BYTES) {
      throw new RefusedQueryException(
          Reason.LINE_TOO_LONG,
          "the command line with its prefix and arguments is longer than "
              + MAX_BYTES
              + " bytes; shorten the arguments or the configured line");
    }
  }
}
