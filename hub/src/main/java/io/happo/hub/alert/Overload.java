package io.happo.hub.alert;

import java.util.List;

/**
 * Whether an agent that is there is late with what it does, and not just one of its checks: many of
 * those that run as often as those that are late are late. A hub sees no more of it than that: the
 * machine may have too much to do, or what the agent runs may hang.
 *
 * @param late checks of which a result is overdue, or was so a moment ago
 * @param of how many that run as often or more often than one of these
 */
public record Overload(int late, int of) {
  /** Fewer are told one by one. */
  public static final int MANY = 3;

  /** It begins with a share of one in so many, and holds until it is less than the other. */
  private static final int BEGINS = 2;

  private static final int HOLDS = 4;

  /**
   * A check.
   *
   * @param within how long after a result the next one is there at the latest, nanoseconds
   * @param isLate whether it is not there by then, or was not a moment ago
   */
  public record Timely(long within, boolean isLate) {}

  /** Of all checks of which it is known how often they run. */
  public static Overload of(List<Timely> checks) {
    long longest = -1; // What runs less often cannot be late yet.
    int late = 0;
    for (var check : checks) {
      if (check.isLate()) {
        longest = Math.max(longest, check.within());
        late++;
      }
    }
    int all = 0;
    for (var check : checks) {
      all += check.within() <= longest ? 1 : 0;
    }
    return new Overload(late, all);
  }

  /**
   * Whether it is overloaded now.
   *
   * @param before whether it was
   */
  public boolean holds(boolean before) {
    return before ? late > 0 && late * HOLDS >= of : late >= MANY && late * BEGINS >= of;
  }

  /** What is told of it. */
  public Health.Trouble trouble(long since) {
    return new Health.Trouble(
        "the agent is overloaded: it is connected, and "
            + late
            + " of its "
            + of
            + " checks that run as often have brought no result in time",
        since);
  }
}
