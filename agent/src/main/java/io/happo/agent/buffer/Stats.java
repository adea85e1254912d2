package io.happo.agent.buffer;

/**
 * A moment of a {@link DurableQueue}. The counters start at zero with each open.
 *
 * @param records neither forgotten nor dropped; leased ones count
 * @param bytesOnDisk length of all segment files
 * @param segments number of segment files
 * @param droppedByAge records dropped because they were older than the limit
 * @param droppedBySize records dropped because newer ones needed their place
 * @param damagedBytes bytes that could not be read as records when the queue was opened; a torn end
 *     does not count
 */
public record Stats(
    long records,
    long bytesOnDisk,
    int segments,
    long droppedByAge,
    long droppedBySize,
    long damagedBytes) {}
