package io.happo.program.schedule;

/**
 * One instant, by both clocks.
 *
 * @param nanos monotonic, as {@link System#nanoTime}: only differences mean something
 * @param millis of the day, as {@link System#currentTimeMillis}: may jump
 */
record Now(long nanos, long millis) {
  static final long NANOS_PER_MILLI = 1_000_000;
}
