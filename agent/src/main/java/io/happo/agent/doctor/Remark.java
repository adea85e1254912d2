package io.happo.agent.doctor;

/**
 * What an examination found.
 *
 * @param about a word or two
 * @param text what is so
 * @param advice what to do; empty where nothing is to be done
 */
public record Remark(Level level, String about, String text, String advice) {
  /** How bad it is, in the words of monitoring; the worst last. */
  public enum Level {
    OK(0),
    WARNING(1),
    CRITICAL(2);

    private final int status;

    Level(int status) {
      this.status = status;
    }

    /** As plugins exit. */
    public int status() {
      return status;
    }
  }

  static Remark ok(String about, String text) {
    return new Remark(Level.OK, about, text, "");
  }

  static Remark warning(String about, String text, String advice) {
    return new Remark(Level.WARNING, about, text, advice);
  }

  static Remark critical(String about, String text, String advice) {
    return new Remark(Level.CRITICAL, about, text, advice);
  }
}
