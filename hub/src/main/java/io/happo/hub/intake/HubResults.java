package io.happo.hub.intake;

import io.happo.hub.alert.Subject;

/** Takes what the hub itself has found out, which becomes a result when it is other than before. */
@FunctionalInterface
interface HubResults {
  /**
   * Takes one.
   *
   * @param time when it became so, unix milliseconds
   */
  void say(Subject subject, int status, String text, long time);
}
