package io.happo.core.nrpe;

/**
 * A query that gets no answer: NRPE closes the connection without a word, and its user sees
 * "Receive header underflow". The message is for the log and for {@code /status}: printable ASCII,
 * one line, at most a few hundred characters, whatever the query holds.
 */
public final class RefusedQueryException extends Exception {
  /** Why, for counters. */
  public enum Reason {
    VERSION,
    TYPE,
    LENGTH,
    INCOMPLETE,
    CHECKSUM,
    EMPTY,
    FORBIDDEN_CHARACTER,
    ARGUMENTS_OFF,
    COMMAND_SUBSTITUTION,
    LINE_TOO_LONG
  }

  private static final int SHOWN_CHARACTERS = 80;

  private final Reason reason;

  RefusedQueryException(Reason reason, String message) {
    // Refusals are part of the work, thousands a second under attack: no stack trace.
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Text of a peer as a message may hold it: short, and nothing in it that a terminal obeys. */
  static String shown(String text) {
    var shown = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      if (shown.length() > SHOWN_CHARACTERS) {
        return shown.append("'...").toString();
      }
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7F && c != '\\') {
        shown.append(c);
      } else {
        shown.append("\\x").append(hex(c >> 4)).append(hex(c));
      }
    }
    return shown.append('\'').toString();
  }

  private static char hex(int value) {
    return Character.forDigit(value & 0xF, 16);
  }
}
