package io.happo.hub.store;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Moves results from where they are appended to where they are kept in order: SQLite alone needs
 * it. All recent rows move in one pass, sorted: the more there are of a check, the fewer pages are
 * written for each. A pass is done in slices of checks, a transaction each, so that nobody waits
 * long. For one thread.
 */
public final class Settling {
  /** Rows of a slice, unless one check has more. */
  public static final int SLICE_ROWS = 5_000;

  /** What moves at once: the rows of these checks. */
  private record Slice(long first, long last) {}

  private final Store store;
  private final Deque<Slice> pass = new ArrayDeque<>();

  public Settling(Store store) {
    this.store = store;
  }

  /** Rows that wait for it: reads all of them. */
  public long waiting() {
    if (!store.settles()) {
      return 0;
    }
    return store.read(
        h -> h.createQuery("SELECT count(*) FROM results_recent").mapTo(Long.class).one());
  }

  /** Begins a pass over all rows that wait now; those that come may move along or not. */
  public void begin() {
    pass.clear();
    if (!store.settles()) {
      return;
    }
    store.read(
        h -> {
          long first = 0;
          long last = -1;
          long size = 0;
          for (var count :
              h.createQuery(
                      "SELECT check_number, count(*) FROM results_recent GROUP BY 1 ORDER BY 1")
                  .map((r, _) -> new long[] {r.getLong(1), r.getLong(2)})) {
            if (size > 0 && size + count[1] > SLICE_ROWS) {
              pass.add(new Slice(first, last));
              size = 0;
            }
            first = size == 0 ? count[0] : first;
            last = count[0];
            size += count[1];
          }
          return size == 0 || pass.add(new Slice(first, last));
        });
  }

  /** Whether a pass is under way. */
  public boolean isUnderWay() {
    return !pass.isEmpty();
  }

  /** Moves a slice of the pass that is under way. */
  public void step() {
    var slice = pass.poll();
    if (slice == null) {
      return;
    }
    var recent = " FROM results_recent WHERE check_number BETWEEN :first AND :last";
    store.write(
        h -> {
          for (var sql :
              new String[] {
                "INSERT OR IGNORE INTO results_settled SELECT *"
                    + recent
                    + " ORDER BY check_number, time, epoch, sequence",
                "DELETE" + recent
              }) {
            h.createUpdate(sql).bind("first", slice.first).bind("last", slice.last).execute();
          }
          return true;
        });
  }

  /** Does a whole pass. */
  public void settle() {
    begin();
    while (isUnderWay()) {
      step();
    }
  }
}
