package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Messages for channels: from the change of state that they tell until they are delivered. */
public final class Messages {
  static final String ADD =
      "INSERT INTO messages (channel, content, created_at, tries, next_at, problem)"
          + " VALUES (?, ?, ?, ?, ?, ?)";

  /**
   * One. Times are unix milliseconds.
   *
   * @param content JSON
   * @param tries how often it was tried
   * @param nextAt when it is tried next; empty: it was delivered, or given up
   * @param deliveredAt empty: it was not
   * @param problem of the last try; empty when there was none
   */
  public record Message(
      long number,
      String channel,
      String content,
      long createdAt,
      int tries,
      OptionalLong nextAt,
      OptionalLong deliveredAt,
      String problem) {}

  private static final String COLUMNS =
      "number, channel, content, created_at, tries, next_at, delivered_at, problem";

  private final Store store;

  public Messages(Store store) {
    this.store = store;
  }

  /** One that nobody's state is the reason of, such as a trial. */
  public long add(String channel, String content, long now) {
    return store.write(
        h ->
            h.createQuery(ADD + " RETURNING number")
                .bind(0, channel)
                .bind(1, content)
                .bind(2, now)
                .bind(3, 0)
                .bind(4, now)
                .bind(5, "")
                .mapTo(Long.class)
                .one());
  }

  /** The first of a channel that is to be sent. */
  public Optional<Message> waiting(String channel) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM messages WHERE channel = :channel AND next_at IS NOT NULL"
                        + " ORDER BY number LIMIT 1")
                .bind("channel", channel)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** Channels for which something waits. */
  public List<String> channels() {
    return store.read(
        h ->
            h.createQuery("SELECT DISTINCT channel FROM messages WHERE next_at IS NOT NULL")
                .mapTo(String.class)
                .list());
  }

  /** How many messages wait for each channel for which something waits. */
  public Map<String, Long> waiting() {
    var found = new TreeMap<String, Long>();
    store
        .read(
            h ->
                h.createQuery(
                        "SELECT channel, count(*) FROM messages WHERE next_at IS NOT NULL"
                            + " GROUP BY channel")
                    .map((rows, _) -> Map.entry(rows.getString(1), rows.getLong(2)))
                    .list())
        .forEach(one -> found.put(one.getKey(), one.getValue()));
    return found;
  }

  /** Channels that have not taken messages since a time, and what they said last. */
  public Map<String, String> undelivered(long since) {
    var found = new TreeMap<String, String>();
    store
        .read(
            h ->
                h.createQuery(
                        "SELECT channel, problem FROM messages WHERE created_at > :since"
                            + " AND delivered_at IS NULL AND problem <> '' ORDER BY number")
                    .bind("since", since)
                    .map((rows, _) -> Map.entry(rows.getString(1), rows.getString(2)))
                    .list())
        .forEach(one -> found.put(one.getKey(), one.getValue()));
    return found;
  }

  /** How many were given up of those made since a time. */
  public long givenUp(long since) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT count(*) FROM messages WHERE created_at > :since"
                        + " AND next_at IS NULL AND delivered_at IS NULL")
                .bind("since", since)
                .mapTo(Long.class)
                .one());
  }

  /** The newest first. */
  public List<Message> newest(long before, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM messages WHERE number < :before ORDER BY number DESC LIMIT :most")
                .bind("before", before)
                .bind("most", most)
                .map((rows, _) -> row(rows))
                .list());
  }

  /** It has arrived. */
  public void delivered(long number, long now) {
    store.write(
        h ->
            h.createUpdate(
                    "UPDATE messages SET tries = tries + 1, next_at = NULL, delivered_at = :now,"
                        + " problem = '' WHERE number = :number")
                .bind("now", now)
                .bind("number", number)
                .execute());
  }

  /**
   * It has not.
   *
   * @param nextAt when it is tried again; empty: not
   */
  public void failed(long number, String problem, OptionalLong nextAt) {
    store.write(
        h ->
            h.createUpdate(
                    "UPDATE messages SET tries = tries + 1, next_at = :next, problem = :problem"
                        + " WHERE number = :number")
                .bind("next", Columns.orNull(nextAt))
                .bind("problem", Columns.text(problem))
                .bind("number", number)
                .execute());
  }

  /**
   * Forgets those that are done and old.
   *
   * @return rows that are gone; fewer than {@code most}: no more are left
   */
  public int forget(long before, int most) {
    return store.write(
        h ->
            h.createUpdate(
                    "DELETE FROM messages WHERE number IN (SELECT number FROM messages"
                        + " WHERE created_at < :before AND next_at IS NULL LIMIT :most)")
                .bind("before", before)
                .bind("most", most)
                .execute());
  }

  private static Message row(ResultSet rows) throws SQLException {
    return new Message(
        rows.getLong(1),
        rows.getString(2),
        rows.getString(3),
        rows.getLong(4),
        rows.getInt(5),
        Columns.optionalLong(rows, 6),
        Columns.optionalLong(rows, 7),
        rows.getString(8));
  }
}
