package io.happo.hub.store;

import io.happo.hub.metrics.Level;
import io.happo.hub.metrics.Parts;
import io.happo.hub.metrics.TimedValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

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
   * @param time when it begins
   * @param last the value of the latest time
   */
  public record Part(long time, long count, double min, double max, double sum, double last) {
    public double average() {
      double average = sum / count;
      return Double.isFinite(average) ? average : max;
    }
  }

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
   * What was measured in equal parts of a span of time; parts without a value are left out. Parts
   * that no level of the store is fine enough for are as wide as there are: of a past of which the
   * values are not kept one by one, 5 minutes, and further back an hour.
   *
   * @param series their numbers
   * @param from first time; where parts begin
   * @param to time behind the last
   * @param width of a part, milliseconds
   * @return by series
   */
  public Map<Long, List<Part>> parts(Collection<Long> series, long from, long to, long width) {
    return store.read(
        h -> new SampleReading(h.getConnection(), store).parts(series, from, to, width));
  }

  /**
   * The values of a series in the order of time, as far as they are kept one by one.
   *
   * @param from first time
   * @param to time behind the last
   * @param most values, the newest
   */
  public List<Sample> of(long series, long from, long to, int most) {
    return store.read(
        h -> new SampleReading(h.getConnection(), store).values(series, from, to, most));
  }

  static TimedValues values(byte[] chunk, long base) {
    return chunk.length == 0 ? new TimedValues() : TimedValues.ofChunk(chunk, base);
  }

  static Parts parts(Level level, byte[] chunk, long base) {
    return chunk.length == 0 ? new Parts(level.width()) : Parts.ofChunk(chunk, base, level.width());
  }

  static SeriesRow series(ResultSet rows) throws SQLException {
    return new SeriesRow(
        rows.getLong(1),
        new SeriesRow.Key(rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)),
        new SeriesRow.Thresholds(
            rows.getString(6), rows.getString(7), rows.getString(8), rows.getString(9)));
  }
}
