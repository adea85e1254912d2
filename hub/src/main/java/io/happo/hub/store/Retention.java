package io.happo.hub.store;

import io.happo.hub.metrics.Level;
import java.util.List;

/**
 * Forgets history by age, a slice at a time so that nobody waits long: each call looks at some
 * checks beyond a number, and says where it came to.
 */
public final class Retention {
  /**
   * What a slice did.
   *
   * @param last number of the last check that was looked at; begin again at 0 when {@code end}
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
    var kept = store.settles() ? "results_settled" : "results";
    return store.write(
        h -> {
          List<Long> numbers =
              h.createQuery(
                      "SELECT number FROM checks WHERE number > :after ORDER BY number LIMIT :most")
                  .bind("after", after)
                  .bind("most", checks)
                  .mapTo(Long.class)
                  .list();
          long gone = 0;
          var batch =
              h.prepareBatch("DELETE FROM " + kept + " WHERE check_number = ? AND time < ?");
          for (var number : numbers) {
            batch.bind(0, number).bind(1, before).add();
          }
          for (int count : numbers.isEmpty() ? new int[0] : batch.execute()) {
            gone += count;
          }
          return new Slice(
              numbers.isEmpty() ? after : numbers.getLast(), numbers.size() < checks, gone);
        });
  }

  /**
   * In a new store, says from when on values are kept at a level; also where a clock that was wrong
   * has said that nothing is kept until some time to come.
   *
   * @param now unix milliseconds
   */
  public void begin(Level level, long before, long now) {
    store.write(
        h -> new SampleTables(h.getConnection(), store.settles()).begin(level, before, now));
  }

  /**
   * Forgets values of before a time, a period of the level at once.
   *
   * @return how many periods are gone
   */
  public int samples(Level level, long before) {
    return store.write(
        h -> new SampleTables(h.getConnection(), store.settles()).drop(level, before));
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
