package io.happo.agent.feeds;

import java.util.HashSet;
import java.util.Set;

/**
 * Names that came in this hour or the one before, at most so many: so names that are no longer used
 * make room for others. Not for several threads.
 */
final class KnownNames {
  private static final long MINUTES = 60;

  private final int most;
  private Set<String> fresh = new HashSet<>();
  private Set<String> older = new HashSet<>(); // Without those that are fresh.
  private long hour;

  KnownNames(int most) {
    this.most = most;
  }

  /**
   * Whether it is known, or may become so.
   *
   * @param minute of unix time
   */
  boolean admits(String name, long minute) {
    if (hour != minute / MINUTES) {
      boolean next = minute / MINUTES == hour + 1;
      hour = minute / MINUTES;
      older = next ? fresh : new HashSet<>();
      fresh = new HashSet<>();
    }
    if (fresh.contains(name)) {
      return true;
    }
    if (!older.remove(name) && fresh.size() + older.size() >= most) {
      return false;
    }
    return fresh.add(name);
  }
}
