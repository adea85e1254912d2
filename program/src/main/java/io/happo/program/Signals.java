package io.happo.program;

import sun.misc.Signal;

/** Signals of the operating system. The platform has no supported way; this one is in every JDK. */
public final class Signals {
  private Signals() {}

  /**
   * Calls that action on a thread of its own each time the signal comes; where there is no such
   * signal, never.
   */
  public static void on(String name, Runnable action) {
    try {
      Signal.handle(new Signal(name), signal -> action.run());
    } catch (IllegalArgumentException e) {
      // Windows has no HUP, and a JVM started with -Xrs keeps none for us.
      System.getLogger("io.happo.program").log(System.Logger.Level.DEBUG, "no signal {0}", name);
    }
  }
}
