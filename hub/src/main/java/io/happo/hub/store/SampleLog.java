package io.happo.hub.store;

import io.happo.hub.metrics.Packed;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/**
 * What was measured, in the order in which it was stored, for those who send it on: a queue on the
 * disk. An entry stays until it is gathered and all outputs have it, or it is too old.
 */
public final class SampleLog {
  /**
   * What one agent brought at once.
   *
   * @param number of entries that are stored later it is larger; numbers may be left out
   * @param agent 0: nobody's
   * @param received unix milliseconds
   */
  public record Entry(long number, long agent, long received, List<Sample> samples) {}

  /**
   * One value.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public record Sample(long series, long time, double value) {}

  private static final String LOST = "samples.lost";

  private static final String ALL =
      "SELECT number, agent, received, data FROM samples_waiting WHERE %1$s"
          + " UNION ALL SELECT number, agent, received, data FROM samples_recent WHERE %1$s";

  private final Store store;

  public SampleLog(Store store) {
    this.store = store;
  }

  /**
   * What follows a number, in order.
   *
   * @param most entries
   */
  public List<Entry> after(long number, int most) {
    return store.read(
        h ->
            h.createQuery(ALL.formatted("number > :after") + " ORDER BY 1 LIMIT :most")
                .bind("after", number)
                .bind("most", most)
                .map(
                    (rows, _) ->
                        new Entry(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            samples(rows.getBytes(4))))
                .list());
  }

  /** What was stored since a time, in order. */
  public List<Entry> since(long received) {
    return store.read(
        h ->
            h.createQuery(ALL.formatted("received >= :since") + " ORDER BY 1")
                .bind("since", received)
                .map(
                    (rows, _) ->
                        new Entry(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            samples(rows.getBytes(4))))
                .list());
  }

  private static List<Sample> samples(byte[] data) {
    var samples = new ArrayList<Sample>();
    Packed.each(data, (series, time, value) -> samples.add(new Sample(series, time, value)));
    return samples;
  }

  /** Number of the newest entry; 0 when there has been none. */
  public long last() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT max(n) FROM (SELECT coalesce(max(number), 0) AS n FROM samples_recent"
                        + " UNION ALL SELECT coalesce(max(number), 0) FROM samples_waiting"
                        + " UNION ALL SELECT coalesce(max(number), 0) FROM sample_positions"
                        + ") AS numbers")
                .mapTo(Long.class)
                .one());
  }

  /** Number of the last entry that an output has; none when it is not known. */
  public OptionalLong position(String output) {
    return store.read(
        h ->
            h.createQuery("SELECT number FROM sample_positions WHERE output = :output")
                .bind("output", output)
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty()));
  }

  /** An output has all entries up to this one; from now on what follows is kept for it. */
  public void setPosition(String output, long number) {
    store.write(
        h ->
            h.createUpdate(
                    "INSERT INTO sample_positions VALUES (:output, :number)"
                        + " ON CONFLICT (output) DO UPDATE SET number = excluded.number")
                .bind("output", output)
                .bind("number", number)
                .execute());
  }

  /** There is no such output any more. */
  public void forget(String output) {
    store.write(
        h ->
            h.createUpdate("DELETE FROM sample_positions WHERE output = :output")
                .bind("output", output)
                .execute());
  }

  /**
   * Throws away what all outputs have, and what is too old or too much. Only what is gathered is
   * looked at.
   *
   * @param before what came before is too old, unix milliseconds
   * @param mostBytes of what waits
   * @return entries that are lost for an output
   */
  public long shrink(long before, long mostBytes) {
    return store.write(
        h -> {
          h.execute(
              "DELETE FROM samples_waiting WHERE number <= coalesce("
                  + "(SELECT min(number) FROM sample_positions), "
                  + Long.MAX_VALUE
                  + ")");
          long lost = lose(h, "received < " + before);
          long bytes =
              h.createQuery("SELECT coalesce(sum(length(data)), 0) FROM samples_waiting")
                  .mapTo(Long.class)
                  .one();
          if (bytes > mostBytes) {
            // The oldest, by what they have on average.
            long rows =
                h.createQuery("SELECT count(*) FROM samples_waiting").mapTo(Long.class).one();
            long tooMany = Math.ceilDiv(rows * (bytes - mostBytes), bytes);
            lost +=
                lose(
                    h,
                    "number IN (SELECT number FROM samples_waiting ORDER BY number LIMIT "
                        + tooMany
                        + ")");
          }
          return lost;
        });
  }

  /** Throws away what some output has not. */
  private static long lose(Handle handle, String which) {
    long newest =
        handle
            .createQuery("SELECT coalesce(max(number), 0) FROM samples_waiting WHERE " + which)
            .mapTo(Long.class)
            .one();
    if (newest == 0) {
      return 0;
    }
    HubValues.set(handle, LOST, String.valueOf(newest));
    return handle.execute("DELETE FROM samples_waiting WHERE " + which);
  }

  /** The greatest number of an entry that was thrown away before all outputs had it; 0: none. */
  public long lost() {
    return store.read(
        h ->
            h.createQuery("SELECT value FROM hub WHERE name = :name")
                .bind("name", LOST)
                .mapTo(String.class)
                .findOne()
                .map(Long::parseLong)
                .orElse(0L));
  }
}
