package io.happo.hub.alert;

/**
 * What the plan says about judging a check.
 *
 * @param maxAttempts so many results in a row that are not OK make a problem hard; at least 1
 */
public record CheckSettings(int maxAttempts) {
  public static final CheckSettings DEFAULT = new CheckSettings(3);

  public CheckSettings {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("no number of attempts: " + maxAttempts);
    }
  }
}
