package io.happo.hub.export;

/**
 * A value on its way out.
 *
 * @param time unix milliseconds
 * @param value not NaN
 */
record Point(Series series, long time, double value) {}
