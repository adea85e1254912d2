package io.happo.agent.checks;

import java.util.regex.Pattern;

/**
 * A text in which a regular expression can be stopped: it sees that its thread is interrupted,
 * which is what happens at the deadline of a check. Without it, an expression that somebody gave
 * might search for hours. Of one thread.
 */
public final class Interruptible implements CharSequence {
  /** Looking each time would make it some times slower. */
  private static final int LOOK_EVERY = 1 << 10;

  private final CharSequence text;
  private int reads;

  private Interruptible(CharSequence text) {
    this.text = text;
  }

  /** The thread was interrupted while it searched. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("interrupted", null, false, false);
    }
  }

  /**
   * Whether the expression occurs in the text.
   *
   * @throws CheckException when the expression is too deep for this text, which some with a
   *     repeated choice are
   */
  public static boolean finds(Pattern expression, CharSequence text)
      throws CheckException, InterruptedException {
    try {
      return expression.matcher(new Interruptible(text)).find();
    } catch (Stopped e) {
      throw new InterruptedException();
    } catch (StackOverflowError e) {
      throw CheckException.unknown(
          "the expression '"
              + OneLine.of(expression.pattern())
              + "' is too deep for a text of "
              + text.length()
              + " characters; write it without a repeated choice, such as (a|b)*");
    }
  }

  @Override
  public char charAt(int index) {
    if (++reads % LOOK_EVERY == 0 && Thread.interrupted()) {
      throw new Stopped();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new Interruptible(text.subSequence(start, end));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
