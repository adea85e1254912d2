package io.happo.agent.autoscaling;

/** Why something about Auto Scaling was not done, in the original's words where it has some. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  /** Whose fault it is. */
  public enum Kind {
    /** The request lacks something. */
    INCOMPLETE,
    /** autoscaling.yaml does not name the group. */
    UNKNOWN_GROUP,
    /** It cannot be done now. */
    FAILED
  }

  private final Kind kind;

  Refusal(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  static Refusal failed(Exception cause) {
    var refusal = new Refusal(Kind.FAILED, String.valueOf(cause.getMessage()));
    refusal.initCause(cause);
    return refusal;
  }

  public Kind kind() {
    return kind;
  }
}
