package io.happo.hub.alert;

/**
 * Why a rule tells nothing, or nothing more.
 *
 * @param gate name of the {@link Gate}; {@link #TOLD} when nothing keeps it back
 * @param why for people
 * @param since unix milliseconds
 */
public record Standing(String gate, String why, long since) {
  /** In place of a gate: it has been told. */
  public static final String TOLD = "TOLD";

  /** In place of a gate: there is no such rule any more. */
  public static final String GONE = "GONE";
}
