package io.happo.core.nrpe;

/**
 * The characters that no query may hold, neither in the command's name nor in an argument ({@code
 * nasty_metachars}). Everything else reaches the shell, as it does with NRPE: {@code "}, {@code $},
 * {@code *}, {@code ?}, parentheses, {@code ~}, {@code #}.
 *
 * @param characters one byte each, see {@link io.happo.core.nrpe}; may be empty
 */
public record ForbiddenCharacters(String characters) {
  /** What is forbidden where the configuration says nothing. */
  public static final ForbiddenCharacters DEFAULT = new ForbiddenCharacters("|`&><'\\[]{};\r\n");

  public ForbiddenCharacters {
    if (characters.chars().anyMatch(c -> c > 0xFF)) {
      throw new IllegalArgumentException(
          "forbidden characters are given as bytes, one character each: " + characters);
    }
  }

  /**
   * Reads the value of the directive: {@code \a \b \f \n \r \t \v \\ \' \" \?} are what they are in
   * C. Any other character behind a backslash is dropped and the backslash stays, as in NRPE 4.1; a
   * backslash at the end stays.
   */
  public static ForbiddenCharacters ofDirective(String value) {
    var characters = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        i++;
        c = escaped(value.charAt(i));
      }
      characters.append(c);
    }
    return new ForbiddenCharacters(characters.toString());
  }

  private static char escaped(char letter) {
    return switch (letter) {
      case 'a' -> 0x07;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0B;
      case '\'', '"', '?' -> letter;
      default -> '\\';
    };
  }

  /** One of the forbidden characters that a query holds, as text; empty when it holds none. */
  String foundIn(String query) {
    for (int i = 0; i < characters.length(); i++) {
      if (query.indexOf(characters.charAt(i)) >= 0) {
        return characters.substring(i, i + 1);
      }
    }
    return "";
  }
}
