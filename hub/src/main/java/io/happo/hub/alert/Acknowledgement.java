package io.happo.hub.alert;

/**
 * Somebody knows of a trouble.
 *
 * @param status hard status at that time
 * @param sticky whether it holds until the check is well; else until its hard status changes
 * @param author who
 * @param comment what they said
 * @param at unix milliseconds
 */
public record Acknowledgement(int status, boolean sticky, String author, String comment, long at) {
  /** Whether it still holds when the hard status is this. */
  public boolean holds(int hardStatus) {
    return hardStatus != 0 && (sticky || hardStatus == status);
  }
}
