package io.happo.hub.store;

/**
 * Moves history from where it is appended to where it is kept in order: SQLite alone needs it. All
 * recent rows move at once, sorted: the more there are of a check, the fewer pages are written for
 * each.
 */
public final class Settling {
  private final Store store;

  public Settling(Store store) {
    this.store = store;
  }

  /** Rows that wait for it: reads all of them. */
  public long waiting() {
    if (!store.settles()) {
      return 0;
    }
    return store.read(
        h ->
            h.createQuery(
                    "SELECT (SELECT count(*) FROM results_recent)"
                        + " + (SELECT count(*) FROM samples_recent)")
                .mapTo(Long.class)
                .one());
  }

  /** Moves them, in one transaction. */
  public void settle() {
    if (!store.settles()) {
      return;
    }
    store.write(
        h -> {
          h.execute(
              "INSERT OR IGNORE INTO results_settled SELECT * FROM results_recent"
                  + " ORDER BY check_number, time, epoch, sequence");
          h.execute("DELETE FROM results_recent");
          h.execute(
              "INSERT OR IGNORE INTO samples_settled SELECT * FROM samples_recent"
                  + " ORDER BY series, time, epoch, sequence");
          return h.execute("DELETE FROM samples_recent");
        });
  }
}
