package io.happo.hub.export;

import java.time.Duration;

/**
 * How much at once, and how soon again.
 *
 * @param entries read from the log at once
 * @param points sent at once
 * @param bytes of one body, before it is compressed
 * @param timeout until the other side has answered
 * @param firstPause after the first time that it did not take something
 * @param longestPause after many times
 * @param longestAsked the most that it may ask to be left alone
 * @param look how often it is looked whether something new is there
 */
record OutputLimits(
    int entries,
    int points,
    int bytes,
    Duration timeout,
    Duration firstPause,
    Duration longestPause,
    Duration longestAsked,
    Duration look) {
  static final OutputLimits DEFAULT =
      new OutputLimits(
          500,
          5_000,
          1 << 20,
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofSeconds(1));
}
