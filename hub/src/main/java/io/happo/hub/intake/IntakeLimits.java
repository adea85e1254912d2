package io.happo.hub.intake;

import java.time.Duration;

/**
 * Numbers of {@link Intake}.
 *
 * @param waitingItems that are not stored yet; whoever brings more waits
 * @param waitingBytes of these, as they lie in memory, roughly
 * @param groupItems of one transaction, roughly
 * @param gather how long the first of a group waits for others
 * @param recentRows of history that are appended before they are moved into order
 * @param patience how long whoever brings more waits for room
 * @param known checks and series whose numbers and states are kept in memory; about 200 bytes each
 */
public record IntakeLimits(
    int waitingItems,
    long waitingBytes,
    int groupItems,
    Duration gather,
    int recentRows,
    Duration patience,
    int known) {
  public static final IntakeLimits DEFAULT =
      new IntakeLimits(
          50_000,
          64L << 20,
          20_000,
          Duration.ofMillis(5),
          100_000,
          Duration.ofSeconds(30),
          1_000_000);

  public IntakeLimits {
    if (waitingItems < 1
        || waitingBytes < 1
        || groupItems < 1
        || gather.isNegative()
        || recentRows < 1
        || patience.isNegative()
        || known < 1) {
      throw new IllegalArgumentException("limits of intake must be positive");
    }
  }
}
