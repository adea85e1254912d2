package io.happo.agent.nrpe;

import java.util.regex.Pattern;

/**
 * Numbers of nrpe.cfg as NRPE reads them: digits count up to the first other character, a text
 * without digits at its start is 0. What people would not expect is told.
 */
final class Numbers {
  private static final Pattern LEADING = Pattern.compile("^\\s*([-+]?[0-9]+)");
  private static final Pattern WHOLE = Pattern.compile("\\s*[-+]?[0-9]+\\s*");
  private static final int MAX_DIGITS = 10;

  private Numbers() {}

  /**
   * The number of a line, from {@code least} to {@code most}.
   *
   * @throws BadLineException when it is not
   */
  static int read(Draft draft, ConfigLine line, int least, int most) throws BadLineException {
    long number = number(draft, line);
    if (number < least || number > most) {
      throw new BadLineException(
          "'" + line.value() + "' is no number from " + least + " to " + most);
    }
    return (int) number;
  }

  /** Whether the number of a line is 1, which is all that turns a switch of NRPE's on. */
  static boolean isOne(Draft draft, ConfigLine line) throws BadLineException {
    long number = number(draft, line);
    if (number != 0 && number != 1) {
      draft.warn(line, "'" + line.value() + "' counts as 0, as only 1 turns it on; write 0 or 1");
    }
    return number == 1;
  }

  /** The number of a line, whatever it is. */
  static long number(Draft draft, ConfigLine line) throws BadLineException {
    var matcher = LEADING.matcher(line.value());
    if (!matcher.find()) {
      draft.warn(line, "'" + line.value() + "' is no number and counts as 0; write a number");
      return 0;
    }
    var digits = matcher.group(1);
    if (digits.length() > MAX_DIGITS) {
      throw new BadLineException("'" + line.value() + "' is too large a number");
    }
    long number = Long.parseLong(digits);
    if (!WHOLE.matcher(line.value()).matches()) {
      draft.warn(
          line,
          "'"
              + line.value()
              + "' counts as "
              + number
              + ", what follows is left out; write "
              + number);
    }
    return number;
  }

  /** Bits in decimal, hexadecimal (0x2f) or octal (017) notation; a text without digits is 0. */
  static long bits(Draft draft, ConfigLine line) {
    var text = line.value().strip();
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      draft.warn(line, "'" + line.value() + "' is no number and counts as 0; write 0 to 0x3f");
      return 0;
    }
  }
}
