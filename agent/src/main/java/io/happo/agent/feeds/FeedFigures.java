package io.happo.agent.feeds;

import java.util.SortedMap;

/**
 * How much a feed got since the start.
 *
 * @param feed statsd or graphite
 * @param taken values (Graphite), lines (StatsD)
 * @param unknown values that their sender could not tell, as NaN
 * @param dropped what is not among what is measured, by reason; reasons that did not occur are not
 *     there
 */
public record FeedFigures(String feed, long taken, long unknown, SortedMap<String, Long> dropped) {}
