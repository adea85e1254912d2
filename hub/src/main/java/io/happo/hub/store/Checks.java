package io.happo.hub.store;

import io.happo.hub.alert.CheckState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The checks that results have come of, and their current state; intake alone writes them. */
public final class Checks {
  /**
   * A check as it stands.
   *
   * @param state of its results
   * @param exit raw exit status of the newest result
   * @param durationMillis how long that ran
   * @param plan hash of the plan that it was run by
   * @param output what it wrote, with its performance data
   * @param lateAt of one that somebody reports, as {@link io.happo.hub.alert.Reported} has it;
   *     empty: an agent runs it
   */
  public record Current(
      long number,
      long agent,
      String name,
      CheckState state,
      int exit,
      long durationMillis,
      String plan,
      String output,
      OptionalLong lateAt) {}

  /** Number, name and state: what {@link #state} reads. */
  static final String STATE =
      "SELECT c.number, c.name, c.time, c.ordered_at, c.epoch, c.sequence, c.status, c.since,"
          + " c.attempt, c.hard_status, c.hard_since, c.occurrences, c.peak, c.hard_states,"
          + " c.flapping";

  /** What {@link #row} reads. */
  static final String ROW = STATE + ", c.late_at";

  private static final String CURRENT =
      STATE
          + ", c.agent, c.exit, c.duration_ms, c.output, p.hash, c.late_at"
          + " FROM checks c JOIN plan_hashes p ON p.number = c.plan";

  private final Store store;

  public Checks(Store store) {
    this.store = store;
  }

  public Optional<Current> find(long agent, String name) {
    return store.read(
        h ->
            h.createQuery(CURRENT + " WHERE c.agent = :agent AND c.name = :name")
                .bind("agent", agent)
                .bind("name", name)
                .map((rows, _) -> current(rows))
                .findOne());
  }

  /** Which checks are asked for. */
  public enum Which {
    ALL(""),
    OK(" AND c.status = 0"),
    WARNING(" AND c.status = 1"),
    CRITICAL(" AND c.status = 2"),
    UNKNOWN(" AND c.status = 3"),
    PROBLEM(" AND c.status > 0");

    private final String condition;

    Which(String condition) {
      this.condition = condition;
    }
  }

  /**
   * A part of them, by number.
   *
   * @param agent whose; empty: of all
   * @param after only those of a higher number; 0: from the first one
   */
  public List<Current> some(Which which, OptionalLong agent, long after, int most) {
    var whose = agent.isPresent() ? " AND c.agent = :agent" : "";
    return store.read(
        h -> {
          var query =
              h.createQuery(
                      CURRENT
                          + " WHERE c.number > :after"
                          + whose
                          + which.condition
                          + " ORDER BY c.number LIMIT :most")
                  .bind("after", after)
                  .bind("most", most);
          agent.ifPresent(number -> query.bind("agent", number));
          return query.map((rows, _) -> current(rows)).list();
        });
  }

  /** All of one agent, by number, each with the beginning of what it wrote. */
  public List<Current> brief(long agent, int most) {
    return store.read(
        h ->
            h.createQuery(
                    CURRENT.replace("c.output", "SUBSTR(c.output, 1, 1000)")
                        + " WHERE c.agent = :agent AND c.status IS NOT NULL"
                        + " ORDER BY c.number LIMIT :most")
                .bind("agent", agent)
                .bind("most", most)
                .map((rows, _) -> current(rows))
                .list());
  }

  /**
   * What a check says now.
   *
   * @param time of its newest result; unix milliseconds
   */
  public record Status(long number, long agent, String name, int status, long time) {}

  /**
   * What checks say now, a part of them, by number.
   *
   * @param after only those of a higher number; 0: from the first one
   */
  public List<Status> statuses(long after, int most) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT number, agent, name, status, time FROM checks WHERE number > :after"
                        + " AND status IS NOT NULL ORDER BY number LIMIT :most")
                .bind("after", after)
                .bind("most", most)
                .map(
                    (rows, _) ->
                        new Status(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getString(3),
                            rows.getInt(4),
                            rows.getLong(5)))
                .list());
  }

  private static Current current(ResultSet rows) throws SQLException {
    return new Current(
        rows.getLong(1),
        rows.getLong(16),
        rows.getString(2),
        state(rows),
        rows.getInt(17),
        rows.getLong(18),
        rows.getString(20),
        rows.getString(19),
        Columns.optionalLong(rows, 21));
  }

  /** Of number, name, the columns of the state and when it is late. */
  static CheckRow row(ResultSet rows) throws SQLException {
    long number = rows.getLong(1);
    var name = rows.getString(2);
    rows.getLong(3);
    var state = rows.wasNull() ? null : state(rows);
    return new CheckRow(number, name, state, Columns.optionalLong(rows, 16));
  }

  static CheckState state(ResultSet rows) throws SQLException {
    return new CheckState(
        rows.getLong(3),
        rows.getLong(4),
        rows.getLong(5),
        rows.getLong(6),
        rows.getInt(7),
        rows.getLong(8),
        rows.getInt(9),
        rows.getInt(10),
        rows.getLong(11),
        rows.getInt(12),
        rows.getInt(13),
        rows.getLong(14),
        rows.getBoolean(15));
  }
}
