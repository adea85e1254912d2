package io.happo.hub.metrics;

import java.time.Duration;

/**
 * How finely the past is kept. A chunk holds what one series has in a block of time; a table holds
 * the chunks of a period, and is dropped as a whole. Blocks and periods begin at multiples of their
 * length.
 */
public enum Level {
  /** Each value as it was measured. */
  RAW("raw", Duration.ofMillis(1), Duration.ofHours(4), Duration.ofDays(1)),
  /** What was measured in each 5 minutes. */
  FIVE_MINUTES("5m", Duration.ofMinutes(5), Duration.ofHours(12), Duration.ofDays(8)),
  /** What was measured in each hour. */
  HOUR("1h", Duration.ofHours(1), Duration.ofDays(4), Duration.ofDays(64));

  private final String text;
  private final long width;
  private final long block;
  private final long period;

  Level(String text, Duration width, Duration block, Duration period) {
    this.text = text;
    this.width = width.toMillis();
    this.block = block.toMillis();
    this.period = period.toMillis();
  }

  /** As people and answers write it. */
  public String text() {
    return text;
  }

  /** Milliseconds that a part of it takes. */
  public long width() {
    return width;
  }

  /** Milliseconds of a block. */
  public long block() {
    return block;
  }

  /** The block that a time lies in. */
  public long blockOf(long time) {
    return Math.floorDiv(time, block);
  }

  /** The period that a time lies in. */
  public long periodOf(long time) {
    return Math.floorDiv(time, period);
  }

  /** When a period begins. */
  public long beginOf(long number) {
    return number * period;
  }
}
