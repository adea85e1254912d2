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
 * @param metrics of what is measured
 */
public record IntakeLimits(
    int waitingItems,
    long waitingBytes,
    int groupItems,
    Duration gather,
    int recentRows,
    Duration patience,
    int known,
    Metrics metrics) {
  /**
   * Of what is measured.
   *
   * @param series of one agent; values of more are dropped, and that is said
   * @param recentBytes of values that are appended before they are gathered in chunks; packed, some
   *     6 bytes each
   * @param recentTime how long a value waits for that at the most
   */
  public record Metrics(int series, long recentBytes, Duration recentTime) {
    public static final Metrics DEFAULT = new Metrics(10_000, 4 << 20, Duration.ofMinutes(30));

    public Metrics {
      if (series < 1 || recentBytes < 1 || recentTime.isNegative()) {
        throw new IllegalArgumentException("limits of what is measured must be positive");
      }
    }
  }

  public static final IntakeLimits DEFAULT =
      new IntakeLimits(
          50_000,
          64L << 20,
          20_000,
          Duration.ofMillis(5),
          100_000,
          Duration.ofSeconds(30),
          1_000_000,
          Metrics.DEFAULT);

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

  /** The same with another number of series of an agent. */
  public IntakeLimits withSeries(int series) {
    return new IntakeLimits(
        waitingItems,
        waitingBytes,
        groupItems,
        gather,
        recentRows,
        patience,
        known,
        new Metrics(series, metrics.recentBytes(), metrics.recentTime()));
  }
}
