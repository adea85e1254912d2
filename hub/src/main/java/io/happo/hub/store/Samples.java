package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** What was measured; intake alone writes it. */
public final class Samples {
  /**
   * One value.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public record Sample(long time, double value) {}

  static final String SERIES =
      "SELECT number, check_number, host, name, unit, warn, crit, low, high FROM series";

  private final Store store;

  public Samples(Store store) {
    this.store = store;
  }

  /** The series of one agent, by check, host, name and unit. */
  public List<SeriesRow> series(long agent) {
    return store.read(
        h ->
            h.createQuery(SERIES + " WHERE agent = :agent ORDER BY check_number, host, name, unit")
                .bind("agent", agent)
                .map((rows, _) -> series(rows))
                .list());
  }

  /**
   * The values of a series in the order of time.
   *
   * @param from first time
   * @param to time behind the last
   * @param most values, the newest
   */
  public List<Sample> of(long series, long from, long to, int most) {
    return store
        .read(
            h ->
                h.createQuery(
                        "SELECT time, value FROM samples WHERE series = :series AND time >= :from"
                            + " AND time < :to ORDER BY time DESC, epoch DESC, sequence DESC"
                            + " LIMIT :most")
                    .bind("series", series)
                    .bind("from", from)
                    .bind("to", to)
                    .bind("most", most)
                    .map((rows, _) -> sample(rows))
                    .list())
        .reversed();
  }

  private static Sample sample(ResultSet rows) throws SQLException {
    long time = rows.getLong(1);
    double value = rows.getDouble(2);
    return new Sample(time, rows.wasNull() ? Double.NaN : value);
  }

  static SeriesRow series(ResultSet rows) throws SQLException {
    return new SeriesRow(
        rows.getLong(1),
        new SeriesRow.Key(rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)),
        new SeriesRow.Thresholds(
            rows.getString(6), rows.getString(7), rows.getString(8), rows.getString(9)));
  }
}
