package io.happo.hub.store;

import java.util.List;
import java.util.Map;

/** Who did what: only ever added to. */
public final class Audit {
  /**
   * One deed.
   *
   * @param time unix milliseconds
   * @param who user, API token or agent
   * @param action a word: {@code agent.approve}, {@code run} …
   * @param target what it was done to
   */
  public record Entry(
      long number,
      long time,
      String who,
      String action,
      String target,
      Map<String, String> details) {}

  private final Store store;

  public Audit(Store store) {
    this.store = store;
  }

  public void add(
      long time, String who, String action, String target, Map<String, String> details) {
    store.write(
        h ->
            h.createUpdate(
                    "INSERT INTO audit (time, who, action, target, details)"
                        + " VALUES (:time, :who, :action, :target, :details)")
                .bind("time", time)
                .bind("who", who)
                .bind("action", action)
                .bind("target", target)
                .bind("details", JsonTexts.of(details))
                .execute());
  }

  /**
   * The newest first.
   *
   * @param before behind the last number; {@link Long#MAX_VALUE} for the newest of all
   */
  public List<Entry> before(long before, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, time, who, action, target, details FROM audit"
                        + " WHERE number < :before ORDER BY number DESC LIMIT :most")
                .bind("before", before)
                .bind("most", most)
                .map(
                    (rows, _) ->
                        new Entry(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            JsonTexts.map(rows.getString(6))))
                .list());
  }
}
