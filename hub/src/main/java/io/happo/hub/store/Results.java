package io.happo.hub.store;

import io.happo.core.link.Range;
import java.util.List;

/** The history of checks, and what is stored of the agents' queues; intake alone writes it. */
public final class Results {
  /**
   * One run of a check.
   *
   * @param time when it started by its agent's clock, unix milliseconds
   * @param epoch number of the queue that it came from
   * @param sequence in that queue
   */
  public record Row(
      long check,
      long time,
      long epoch,
      long sequence,
      int status,
      int exit,
      long durationMillis,
      String plan,
      String output) {}

  /** The queue of results that the hub makes itself, at each agent. */
  public static final String HUB = "hub";

  private static final int[] STATUS_OF_RANK = {0, 1, 3, 2};

  private final Store store;

  public Results(Store store) {
    this.store = store;
  }

  /** When a check ran and what came of it. */
  public record Status(long time, int status) {}

  /** As {@link #ofCheck}, and no more than that. */
  public List<Status> statuses(long check, long from, long to, int most) {
    return store
        .read(
            h ->
                h.createQuery(
                        "SELECT time, status FROM results WHERE check_number = :check"
                            + " AND time >= :from AND time < :to"
                            + " ORDER BY time DESC, epoch DESC, sequence DESC LIMIT :most")
                    .bind("check", check)
                    .bind("from", from)
                    .bind("to", to)
                    .bind("most", most)
                    .map((rows, _) -> new Status(rows.getLong(1), rows.getInt(2)))
                    .list())
        .reversed();
  }

  /**
   * As {@link #statuses}, of equal ones in a row the first alone.
   *
   * @param most runs, the newest
   */
  public List<Status> runs(long check, long from, long to, int most) {
    return store
        .read(
            h ->
                h.createQuery(
                        "SELECT time, status FROM (SELECT time, epoch, sequence, status,"
                            + " lag(status) OVER (ORDER BY time, epoch, sequence) AS earlier"
                            + " FROM results WHERE check_number = :check"
                            + " AND time >= :from AND time < :to) AS statuses"
                            + " WHERE earlier IS NULL OR earlier <> status"
                            + " ORDER BY time DESC, epoch DESC, sequence DESC LIMIT :most")
                    .bind("check", check)
                    .bind("from", from)
                    .bind("to", to)
                    .bind("most", most)
                    .map((rows, _) -> new Status(rows.getLong(1), rows.getInt(2)))
                    .list())
        .reversed();
  }

  /**
   * The worst that a check said in each part of a time that it said anything in, and when it first
   * did there: what is shown of long times. CRITICAL is worse than UNKNOWN, that than WARNING.
   *
   * @param parts into how many equal ones the time is cut
   */
  public List<Status> worst(long check, long from, long to, int parts) {
    long width = Math.max(1, (to - from) / parts);
    return store.read(
        h ->
            h.createQuery(
                    "SELECT MIN(time), MAX(CASE status WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE status END)"
                        + " FROM results WHERE check_number = :check AND time >= :from"
                        + " AND time < :to GROUP BY (time - :from) / :width ORDER BY 1")
                .bind("check", check)
                .bind("from", from)
                .bind("to", to)
                .bind("width", width)
                .map((rows, _) -> new Status(rows.getLong(1), STATUS_OF_RANK[rows.getInt(2)]))
                .list());
  }

  /**
   * What a check said, in the order of time.
   *
   * @param from first time
   * @param to time behind the last
   * @param most rows, the newest
   */
  public List<Row> ofCheck(long check, long from, long to, int most) {
    return store
        .read(
            h ->
                h.createQuery(
                        "SELECT r.check_number, r.time, r.epoch, r.sequence, r.status, r.exit,"
                            + " r.duration_ms, r.output, p.hash FROM results r"
                            + " JOIN plan_hashes p ON p.number = r.plan"
                            + " WHERE r.check_number = :check AND r.time >= :from AND r.time < :to"
                            + " ORDER BY r.time DESC, r.epoch DESC, r.sequence DESC LIMIT :most")
                    .bind("check", check)
                    .bind("from", from)
                    .bind("to", to)
                    .bind("most", most)
                    .map(
                        (rows, _) ->
                            new Row(
                                rows.getLong(1),
                                rows.getLong(2),
                                rows.getLong(3),
                                rows.getLong(4),
                                rows.getInt(5),
                                rows.getInt(6),
                                rows.getLong(7),
                                rows.getString(9),
                                rows.getString(8)))
                    .list())
        .reversed();
  }

  /** A time in which nothing came of a check, as the hub found out. */
  public record Silence(long from, long to) {}

  /**
   * When nothing came of a check, though it was to: each from the last result before the hub said
   * so to the next after it.
   *
   * @param agent whose check it is
   * @param to how long the last lasts that is not over
   * @param most the newest
   */
  public List<Silence> silences(long agent, long check, long from, long to, int most) {
    return store
        .read(
            h ->
                h.createQuery(
                        "SELECT coalesce(earlier, time), coalesce(later, :to) FROM (SELECT time,"
                            + " epoch, status, lag(time) OVER (ORDER BY time, epoch, sequence) AS"
                            + " earlier, lead(time) OVER (ORDER BY time, epoch, sequence) AS later"
                            + " FROM results WHERE check_number = :check AND time >= :from"
                            + " AND time < :to) AS times WHERE status = 3 AND epoch ="
                            + " (SELECT number FROM epochs WHERE agent = :agent AND epoch = :hub)"
                            + " ORDER BY time DESC LIMIT :most")
                    .bind("agent", agent)
                    .bind("check", check)
                    .bind("hub", HUB)
                    .bind("from", from)
                    .bind("to", to)
                    .bind("most", most)
                    .map((rows, _) -> new Silence(rows.getLong(1), rows.getLong(2)))
                    .list())
        .reversed();
  }

  /** When something was stored last, unix milliseconds; 0: nothing ever was. */
  public long lastStored() {
    return store.read(
        h ->
            h.createQuery("SELECT coalesce(max(changed_at), 0) FROM epochs")
                .mapTo(Long.class)
                .one());
  }

  /** How many there are of all checks: a count of all rows. */
  public long count() {
    return store.read(h -> h.createQuery("SELECT count(*) FROM results").mapTo(Long.class).one());
  }

  /** The sequences of an agent's queue that are stored. */
  public List<Range> stored(long agent, String epoch) {
    return store
        .read(
            h ->
                h.createQuery("SELECT ranges FROM epochs WHERE agent = :agent AND epoch = :epoch")
                    .bind("agent", agent)
                    .bind("epoch", epoch)
                    .mapTo(String.class)
                    .findOne())
        .map(ranges -> SequenceRanges.parse(ranges).toList())
        .orElse(List.of());
  }
}
