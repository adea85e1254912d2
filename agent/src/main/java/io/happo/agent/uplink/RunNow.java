package io.happo.agent.uplink;

import io.happo.core.link.ToAgent.Run;
import io.happo.core.link.ToHub.RunEnd;
import java.util.function.Consumer;

/** Who runs what the hub wants run at once. Any thread. */
public interface RunNow {
  /** Announces a run, before {@link #run} is called for it: from now on it can be cancelled. */
  void expect(String id);

  /**
   * Runs it and returns when it is over, or at once when it is not to be run. Called on a thread of
   * its own.
   *
   * @param output takes what it writes, while it writes; waits while the hub is slow, and throws
   *     nothing when the hub is gone
   */
  RunEnd run(Run run, Consumer<String> output);

  /** Ends a run; nothing when there is none of that id. Also called when the hub is lost. */
  void cancel(String id);
}
