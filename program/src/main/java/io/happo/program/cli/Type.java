package io.happo.program.cli;

import java.util.List;

/**
 * What the value of an option must look like. Types answer for themselves instead of being switched
 * over: a switch over types costs {@code check_happo} milliseconds at its start.
 */
public sealed interface Type {
  Type TEXT = new Text(false);

  /** A text that may be left out: it is written right behind the option's name, or not at all. */
  Type TEXT_OR_NONE = new Text(true);

  Type FILE = new FilePath();
  Type LIST = new Names();
  Type FLAG = new Flag();
  Type SHA256 = new Digest();

  /** Port 0 lets the system choose one. */
  Type PORT = new Whole(0, 65_535);

  /** Whether a word is such a value. */
  boolean accepts(String word);

  /**
   * What such a value is, for a sentence: {@code a whole number from 1 to 9}; empty when it may be
   * anything.
   */
  String expected();

  /** A whole number. Seconds, bytes and counts are such numbers; the option says of what. */
  static Type whole(int least, int most) {
    return new Whole(least, most);
  }

  /** A whole number without an upper limit of its own. */
  static Type atLeast(int least) {
    return new Whole(least, Integer.MAX_VALUE);
  }

  /** One of a few words. */
  static Type choice(String... words) {
    return new Choice(List.of(words));
  }

  /**
   * Any text.
   *
   * @param mayBeLeftOut as {@code optional_argument} of getopt_long; for checks alone
   */
  record Text(boolean mayBeLeftOut) implements Type {
    @Override
    public boolean accepts(String word) {
      return true;
    }

    @Override
    public String expected() {
      return "";
    }
  }

  /** The path of a file; whether there is such a file is seen when it is opened. */
  record FilePath() implements Type {
    @Override
    public boolean accepts(String word) {
      return !word.isEmpty() && word.indexOf('\0') < 0;
    }

    @Override
    public String expected() {
      return "the path of a file";
    }
  }

  /** Several texts, separated by commas; blanks around them do not count. */
  record Names() implements Type {
    @Override
    public boolean accepts(String word) {
      return true;
    }

    @Override
    public String expected() {
      return "a list separated by commas";
    }
  }

  /**
   * On or off, by the words that Go's strconv.ParseBool knows. On the command line the name alone
   * is enough.
   */
  record Flag() implements Type {
    @Override
    public boolean accepts(String word) {
      return isTrue(word) || isFalse(word);
    }

    @Override
    public String expected() {
      return "true or false";
    }

    static boolean isTrue(String word) {
      return switch (word) {
        case "1", "t", "T", "TRUE", "true", "True" -> true;
        default -> false;
      };
    }

    private static boolean isFalse(String word) {
      return switch (word) {
        case "0", "f", "F", "FALSE", "false", "False" -> true;
        default -> false;
      };
    }
  }

  /** A whole number in decimal digits. */
  record Whole(int least, int most) implements Type {
    public Whole {
      if (least > most) {
        throw new IllegalArgumentException("no number is from " + least + " to " + most);
      }
    }

    @Override
    public boolean accepts(String word) {
      try {
        int number = Integer.parseInt(word);
        return number >= least && number <= most;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    @Override
    public String expected() {
      if (most == Integer.MAX_VALUE) {
        return least == Integer.MIN_VALUE
            ? "a whole number"
            : "a whole number of at least " + least;
      }
      return "a whole number from " + least + " to " + most;
    }
  }

  /** One of a few words. */
  record Choice(List<String> words) implements Type {
    public Choice {
      words = List.copyOf(words);
    }

    @Override
    public boolean accepts(String word) {
      return words.contains(word);
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }
  }

  /**
   * A SHA-256 digest: 64 hexadecimal digits; colons between them, as some tools print them, do not
   * count.
   */
  record Digest() implements Type {
    private static final int DIGITS = 64;

    @Override
    public boolean accepts(String word) {
      int digits = 0;
      for (int i = 0; i < word.length(); i++) {
        char c = word.charAt(i);
        if (c != ':') {
          if (c > 'f' || Character.digit(c, 16) < 0) {
            return false;
          }
          digits++;
        }
      }
      return digits == DIGITS;
    }

    @Override
    public String expected() {
      return "a SHA-256 digest of 64 hexadecimal digits";
    }

    static byte[] bytes(String word) {
      var digest = new byte[DIGITS / 2];
      int digits = 0;
      for (int i = 0; i < word.length(); i++) {
        if (word.charAt(i) != ':') {
          int at = digits++ / 2;
          digest[at] = (byte) (digest[at] << 4 | Character.digit(word.charAt(i), 16));
        }
      }
      return digest;
    }
  }
}
