package io.happo.agent.exec;

/**
 * Counts since the start, and what is going on now; a snapshot, not taken at one instant.
 *
 * @param started processes started
 * @param exited runs that ended by themselves
 * @param timedOut runs that ended with {@link Outcome.TimedOut}
 * @param notStarted runs that ended with {@link Outcome.NotStarted}
 * @param inside runs in the agent's own process, which are among those that ended
 * @param running runs that have their turn now
 * @param waiting runs that wait for their turn now
 */
public record ExecCounts(
    long started,
    long exited,
    long timedOut,
    long notStarted,
    long inside,
    int running,
    int waiting) {}
