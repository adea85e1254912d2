package io.happo.agent.buffer;

import java.time.Duration;

/**
 * How much a {@link DurableQueue} may keep.
 *
 * @param maxBytes bytes of all segment files together, at least 64 KiB; beyond it the oldest
 *     records go
 * @param maxAge records whose time lies further back than this are dropped; whole seconds, more
 *     than zero
 */
public record Limits(long maxBytes, Duration maxAge) {
  private static final long LEAST_BYTES = 64 << 10;

  public Limits {
    if (maxBytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "a buffer of " + maxBytes + " bytes is too small: give it " + LEAST_BYTES + " or more");
    }
    if (maxAge.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "a buffer that keeps records for " + maxAge + " keeps none: give it a second or more");
    }
  }
}
