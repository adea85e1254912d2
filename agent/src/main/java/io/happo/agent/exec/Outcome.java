package io.happo.agent.exec;

import java.time.Duration;

/** How a run ended. Elapsed times count from the call of {@link Exec#run}. */
public sealed interface Outcome {
  /**
   * The command ended by itself.
   *
   * @param status its exit status, 0 to 255; killed by signal n: 128 + n
   * @param stdout what it printed; both streams when the command merges them
   * @param stderr what it printed there; empty when the command merges the streams
   */
  record Exited(int status, Output stdout, Output stderr, Duration elapsed) implements Outcome {}

  /**
   * The deadline passed, the calling thread was interrupted, or {@link Exec} was closed.
   *
   * @param started false when its turn never came because too many others ran
   */
  record TimedOut(Output stdout, Output stderr, boolean started, Duration elapsed)
      implements Outcome {}

  /**
   * It could not be started.
   *
   * @param reason the operating system's, in lower case, such as {@code argument list too long}; or
   *     what is wrong with a script's first line
   */
  record NotStarted(String reason) implements Outcome {}
}
