package io.happo.program.schedule;

/**
 * Counts since the start, and what is going on now.
 *
 * @param planned checks of the plan
 * @param running runs going on
 * @param results results that were kept
 * @param lost results that could not be kept
 * @param missed starts left out: the run before went on, no place was free, the machine slept
 * @param jumps how often a clock jumped or the machine slept
 */
public record SchedulerCounts(
    int planned, int running, long results, long lost, long missed, long jumps) {}
