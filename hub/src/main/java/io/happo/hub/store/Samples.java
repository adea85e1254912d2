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

  /**
   * What was measured in a part of a span of time, of values that could be told.
   *
   * @param time of the only value, or when the part begins
   */
  public record Bucket(long time, double min, double avg, double max) {}

  static final String SERIES =
      "SELECT number, check_number, host, name, unit, warn, crit, low, high FROM series";

  /** PostgreSQL fails where the sum of squares has no place in a number. */
  private static final String AVERAGE =
      "coalesce(avg(value) FILTER (WHERE abs(value) < 1e140), max(value))";

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

  /** Those that a check measures, by name and unit. */
  public List<SeriesRow> series(long agent, long check) {
    return store.read(
        h ->
            h.createQuery(
                    SERIES
                        + " WHERE agent = :agent AND check_number = :check AND host = ''"
                        + " ORDER BY name, unit")
                .bind("agent", agent)
                .bind("check", check)
                .map((rows, _) -> series(rows))
                .list());
  }

  /**
   * The values of a series, gathered in equal parts of a span of time; parts without any are left
   * out.
   *
   * @param from first time
   * @param to time behind the last; later
   * @param points at most so many
   */
  public List<Bucket> buckets(long series, long from, long to, int points) {
    long width = Math.ceilDiv(to - from, points);
    return store.read(
        h ->
            h.createQuery(
                    "SELECT (time - :from) / :width, count(*), min(time), min(value), "
                        + AVERAGE
                        + ", max(value) FROM samples WHERE series = :series AND time >= :from"
                        + " AND time < :to AND value IS NOT NULL GROUP BY 1 ORDER BY 1")
                .bind("series", series)
                .bind("from", from)
                .bind("to", to)
                .bind("width", width)
                .map(
                    (rows, _) ->
                        new Bucket(
                            rows.getLong(2) == 1 ? rows.getLong(3) : from + rows.getLong(1) * width,
                            rows.getDouble(4),
                            rows.getDouble(5),
                            rows.getDouble(6)))
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
