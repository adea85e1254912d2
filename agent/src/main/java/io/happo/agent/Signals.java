package io.happo.agent;

import sun.misc.Signal;

/** Signals of the operating system. The platform has no supported way; this one is in every JDK. */
final class Signals {
  private Signals() {}

  /**
   * Calls that action on a thread of its own each time the signal comes; where there is no such
   * signal, never.
   */
  static void on(String name, Runnable action) {
    try {
      Signal.handle(new Signal(name), signal -> action.run());
    } catch (IllegalArgumentException e) {
      // Windows has no HUP, and a JVM started with -Xrs keeps none for us.
      System.getLogger("io.happo.agent").log(System.Logger.Level.DEBUG, "no signal {0}", name);
    }
  }
}
