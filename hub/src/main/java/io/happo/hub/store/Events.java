package io.happo.hub.store;

import java.util.List;
import java.util.Map;

/** What happened at agents; intake alone writes it. */
public final class Events {
  /**
   * One of them.
   *
   * @param time unix milliseconds
   * @param text one line for people
   */
  public record Row(
      long number, long agent, long time, String name, String text, Map<String, String> details) {}

  private final Store store;

  public Events(Store store) {
    this.store = store;
  }

  /**
   * Those of one agent, the newest first.
   *
   * @param before behind the last time
   */
  public List<Row> ofAgent(long agent, long before, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, agent, time, name, text, details FROM events"
                        + " WHERE agent = :agent AND time < :before"
                        + " ORDER BY time DESC, number DESC LIMIT :most")
                .bind("agent", agent)
                .bind("before", before)
                .bind("most", most)
                .map(
                    (rows, _) ->
                        new Row(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            rows.getString(4),
                            rows.getString(5),
                            JsonTexts.map(rows.getString(6))))
                .list());
  }
}
