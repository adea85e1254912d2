package io.happo.core.plan;

/**
 * One thing that is wrong with a plan.
 *
 * @param place where, such as {@code checks[3].timeoutSeconds}; empty for the whole
 * @param text what is wrong, and where it can be told, what to write instead
 */
public record Problem(String place, String text) {
  @Override
  public String toString() {
    return place.isEmpty() ? text : place + ": " + text;
  }
}
