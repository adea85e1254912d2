package io.happo.agent.nrpe;

import java.util.Locale;

/**
 * Something to tell about a configuration.
 *
 * @param file the file it is about
 * @param line its line there, from 1; 0 when it is about the whole file
 * @param directive the directive it is about; empty for none
 * @param message what is there, what comes of it, what to do; one line
 */
public record Finding(Severity severity, String file, int line, String directive, String message) {
  /** How much it matters. */
  public enum Severity {
    /** Works, in another way than with NRPE. */
    NOTE,
    /** Works perhaps, and perhaps not as meant; the daemon logs it. */
    WARNING,
    /** The daemon does not start, or goes on with what it had. */
    ERROR;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    file = printable(file);
    directive = printable(directive);
    message = printable(message);
  }

  /** Where it is: {@code file:line}. */
  public String place() {
    return line == 0 ? file : file + ":" + line;
  }

  /** {@code file:line: warning: directive: message}. */
  @Override
  public String toString() {
    return place() + ": " + severity + ": " + said();
  }

  /** The message with the directive before it. */
  public String said() {
    return directive.isEmpty() ? message : directive + ": " + message;
  }

  /** What a file holds must not steer a terminal or break a line of a log. */
  static String printable(String text) {
    var shown = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }
}
