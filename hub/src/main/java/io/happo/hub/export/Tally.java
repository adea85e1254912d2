package io.happo.hub.export;

import java.util.OptionalLong;

/** How an output fares, since the hub started. Any thread. */
final class Tally {
  private long sent;
  private long refused;
  private long lostEntries;
  private OptionalLong takenAt = OptionalLong.empty();
  private String problem = "";
  private OptionalLong problemSince = OptionalLong.empty();
  private String dropped = "";

  /**
   * As it is at one moment.
   *
   * @param sent values that the other side has
   * @param refused values that it did not want
   * @param lostEntries of the log, which were not kept until the other side was there
   * @param takenAt when it took something last; unix milliseconds
   * @param problem why it takes nothing now; empty when it does
   * @param dropped why something was dropped last; empty when nothing was
   */
  record Counts(
      long sent,
      long refused,
      long lostEntries,
      OptionalLong takenAt,
      String problem,
      OptionalLong problemSince,
      String dropped) {}

  synchronized Counts counts() {
    return new Counts(sent, refused, lostEntries, takenAt, problem, problemSince, dropped);
  }

  /** Whether this ends a problem. */
  synchronized boolean taken(long values, long now) {
    sent += values;
    takenAt = OptionalLong.of(now);
    return goesOn();
  }

  /** All is as it should be; whether this ends a problem. */
  synchronized boolean goesOn() {
    boolean ends = !problem.isEmpty();
    problem = "";
    problemSince = OptionalLong.empty();
    return ends;
  }

  /** Whether this is a problem that was not there. */
  synchronized boolean failed(String why, long now) {
    boolean begins = problem.isEmpty();
    if (begins) {
      problemSince = OptionalLong.of(now);
    }
    problem = why;
    return begins;
  }

  synchronized void refused(long values, String why) {
    refused += values;
    dropped = why;
  }

  synchronized void lost(long entries, String why) {
    lostEntries += entries;
    dropped = why;
  }
}
