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

  private static final String AFTER =
      "SELECT number, agent, received, data FROM samples_waiting WHERE number > :after"
          + " UNION ALL SELECT number, agent, received, data FROM samples_recent"
          + " WHERE number > :after ORDER BY 1 LIMIT :most";

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
            h.createQuery(AFTER)
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

  /**
   * Number of the newest entry that was stored before a time; 0: none is there. Looks at those that
   * were stored since.
   *
   * @param received unix milliseconds
   */
  public long before(long received) {
    var newest = "(SELECT number FROM %s WHERE received < :before ORDER BY number DESC LIMIT 1)";
    return store.read(
        h ->
            h.createQuery(
                    "SELECT coalesce(max(number), 0) FROM (SELECT number FROM "
                        + newest.formatted("samples_waiting")
                        + " AS waiting UNION ALL SELECT number FROM "
                        + newest.formatted("samples_recent")
                        + " AS recent) AS numbers")
                .bind("before", received)
                .mapTo(Long.class)
                .one());
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

  /** All outputs of which it is known what they have. */
  public List<String> readers() {
    return store.read(
        h -> h.createQuery("SELECT output FROM sample_positions").mapTo(String.class).list());
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

  /** How much waits, in bytes of packed values: reads all of it. */
  public long waitingBytes() {
    return store.read(
        h ->
            h.createQuery("SELECT coalesce(sum(length(data)), 0) FROM samples_waiting")
                .mapTo(Long.class)
                .one());
  }

  /**
   * What was thrown away at once.
   *
   * @param bytes of packed values
   * @param lost entries that some output had not
   * @param end whether nothing more is to be thrown away now
   */
  public record Slice(long bytes, long lost, boolean end) {}

  /**
   * Throws away some of what all outputs have, and of what is too old or too much, the oldest
   * first. Only what is gathered is looked at.
   *
   * @param before what came before is too old, unix milliseconds
   * @param tooMuch bytes that go in any case; may be negative
   * @param most entries: nobody else writes meanwhile
   */
  public Slice shrink(long before, long tooMuch, int most) {
    return store.write(
        h -> {
          long allHave = allHave(h);
          var oldest = oldest(h, most);
          int gone = 0;
          long bytes = 0;
          for (int i = 0; i < oldest.size(); i++) {
            var one = oldest.get(i);
            if (one.number <= allHave || one.received < before || bytes < tooMuch) {
              gone = i + 1;
            }
            bytes += one.bytes;
          }
          return throwAway(h, oldest.subList(0, gone), allHave, gone < most);
        });
  }

  private record Waiting(long number, long received, long bytes) {}

  private static List<Waiting> oldest(Handle handle, int most) {
    return handle
        .createQuery(
            "SELECT number, received, length(data) FROM samples_waiting ORDER BY 1 LIMIT :most")
        .bind("most", most)
        .map((rows, _) -> new Waiting(rows.getLong(1), rows.getLong(2), rows.getLong(3)))
        .list();
  }

  private static long allHave(Handle handle) {
    return handle
        .createQuery("SELECT coalesce(min(number), " + Long.MAX_VALUE + ") FROM sample_positions")
        .mapTo(Long.class)
        .one();
  }

  private static Slice throwAway(Handle handle, List<Waiting> some, long allHave, boolean end) {
    if (some.isEmpty()) {
      return new Slice(0, 0, end);
    }
    long upTo = some.getLast().number;
    long lost = some.stream().filter(one -> one.number > allHave).count();
    if (lost > 0) {
      HubValues.set(handle, LOST, String.valueOf(Math.max(upTo, lost(handle))));
    }
    handle
        .createUpdate("DELETE FROM samples_waiting WHERE number <= :upTo")
        .bind("upTo", upTo)
        .execute();
    return new Slice(some.stream().mapToLong(Waiting::bytes).sum(), lost, end);
  }

  /** The greatest number of an entry that was thrown away before all outputs had it; 0: none. */
  public long lost() {
    return store.read(SampleLog::lost);
  }

  private static long lost(Handle handle) {
    return handle
        .createQuery("SELECT value FROM hub WHERE name = :name")
        .bind("name", LOST)
        .mapTo(String.class)
        .findOne()
        .map(Long::parseLong)
        .orElse(0L);
  }
}
