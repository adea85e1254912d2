package io.happo.hub.store;

import java.util.List;

/**
 * Forgets history by age, a slice at a time so that nobody waits long: each call looks at some
 * checks or series beyond a number, and says where it came to.
 */
public final class Retention {
  /**
   * What a slice did.
   *
   * @param last number of the last check or series that was looked at; begin again at 0 when {@code
   *     end}
   * @param rows that are gone
   */
  public record Slice(long last, boolean end, long rows) {}

  private final Store store;

  public Retention(Store store) {
    this.store = store;
  }

  /**
   * Forgets results that ran before a time. The current state stays.
   *
   * @param after number of a check; those beyond it are looked at
   */
  public Slice results(long before, long after, int checks) {
    return slice("checks", "results", "check_number", before, after, checks);
  }

  /** Forgets samples of before a time. */
  public Slice samples(long before, long after, int series) {
    return slice("series", "samples", "series", before, after, series);
  }

  private Slice slice(
      String owners, String rows, String owner, long before, long after, int owned) {
    var kept = store.settles() ? rows + "_settled" : rows;
    return store.write(
        h -> {
          List<Long> numbers =
              h.createQuery(
                      "SELECT number FROM "
                          + owners
                          + " WHERE number > :after ORDER BY number LIMIT :owned")
                  .bind("after", after)
                  .bind("owned", owned)
                  .mapTo(Long.class)
                  .list();
          long gone = 0;
          var sql = "DELETE FROM " + kept + " WHERE " + owner + " = ? AND time < ?";
          var batch = h.prepareBatch(sql);
          for (var number : numbers) {
            batch.bind(0, number).bind(1, before).add();
          }
          for (int count : numbers.isEmpty() ? new int[0] : batch.execute()) {
            gone += count;
          }
          return new Slice(
              numbers.isEmpty() ? after : numbers.getLast(), numbers.size() < owned, gone);
        });
  }

  /**
   * Forgets events.
   *
   * @return rows that are gone; fewer than {@code most}: no more are left
   */
  public int events(long before, int most) {
    return store.write(
        h ->
            h.createUpdate(
                    "DELETE FROM events WHERE number IN"
                        + " (SELECT number FROM events WHERE time < :before LIMIT :most)")
                .bind("before", before)
                .bind("most", most)
                .execute());
  }
}
