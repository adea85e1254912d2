package io.happo.hub.store;

/**
 * What is stored of one queue of an agent.
 *
 * @param revision to be named by whoever changes it
 */
public record EpochRow(long number, long revision, SequenceRanges ranges) {}
