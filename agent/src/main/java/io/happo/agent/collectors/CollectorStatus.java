package io.happo.agent.collectors;

import java.util.List;

/**
 * How a collector is.
 *
 * @param pid 0: it does not run
 * @param upNanos since it was started
 * @param starts how often it was started again after it had ended by itself
 * @param sinceRestartNanos since that was done last; {@link Long#MAX_VALUE}: never
 * @param residentBytes what it took of memory when that was looked at last; 0: it was not yet
 * @param memoryBytes what it may take; 0: any
 * @param inCrashLoop whether it ended last in a crash loop
 * @param lastEnd how it ended last; empty: it has not
 * @param lastSaid the last line it wrote before; empty: none
 * @param startsInNanos until it is started again
 * @param refused that the newest configuration is not used, and why; empty: it is
 * @param troubles why its values cannot be read, of each address
 * @param log what it wrote last
 */
record CollectorStatus(
    State state,
    long pid,
    long upNanos,
    int starts,
    long sinceRestartNanos,
    long residentBytes,
    long memoryBytes,
    boolean inCrashLoop,
    String lastEnd,
    String lastSaid,
    long startsInNanos,
    String refused,
    List<String> troubles,
    List<String> log) {
  /** What is being done. */
  enum State {
    /** It is about to be started for the first time. */
    BEGINNING,
    RUNNING,
    /** It has ended and is started again soon. */
    WAITING,
    /** It ends again and again, and is tried now and then. */
    CRASH_LOOP,
    /** There is no configuration with which it could be started. */
    REFUSED
  }
}
