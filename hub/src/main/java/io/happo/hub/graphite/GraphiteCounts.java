package io.happo.hub.graphite;

import java.util.SortedMap;

/**
 * How much the port got since the start.
 *
 * @param stored values
 * @param unknown values that their sender could not tell, as NaN
 * @param dropped what is not stored, by reason; all reasons there are
 * @param connections open now
 */
public record GraphiteCounts(
    long stored, long unknown, SortedMap<String, Long> dropped, int connections) {}
