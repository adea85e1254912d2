package io.happo.hub.store;

import io.happo.hub.alert.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** What is wrong now, for people to look at. */
public final class Troubles {
  /**
   * A check that is not well.
   *
   * @param hardStatus 0 while it is not certain
   * @param since when its status became that, unix milliseconds
   * @param reported whether somebody reports it, and not the agent's plan
   * @param knownBy who has said that they know; empty: nobody
   */
  public record Trouble(
      long number,
      Subject subject,
      int status,
      int hardStatus,
      long since,
      int attempt,
      boolean flapping,
      String output,
      String knownBy,
      String comment,
      boolean reported) {}

  /** Checks of agents that are in, and what is the hub's own. */
  private static final String FROM =
      " FROM checks c LEFT JOIN agents g ON g.number = c.agent"
          + " LEFT JOIN acknowledgements a ON a.check_number = c.number"
          + " WHERE c.status > 0 AND (g.state = 'joined' OR c.agent = 0)";

  /** First what nobody knows of, the certain before the rest, the worst first, the newest first. */
  private static final String BY_IMPORTANCE =
      " ORDER BY CASE WHEN a.check_number IS NOT NULL OR c.number IN (SELECT check_number FROM"
          + " alerts WHERE gate IN ('DOWNTIME', 'PARENT', 'QUIET', 'DEPENDENCY')) THEN 2 ELSE 0 END"
          + " + CASE WHEN c.hard_status = 0 THEN 1 ELSE 0 END,"
          + " CASE c.status WHEN 2 THEN 0 WHEN 3 THEN 1 ELSE 2 END, c.since DESC, c.number";

  private final Store store;

  public Troubles(Store store) {
    this.store = store;
  }

  /** How many checks of agents that are in say each of the four statuses. */
  public long[] counts() {
    var counts = new long[4];
    store
        .read(
            h ->
                h.createQuery(
                        "SELECT c.status, count(*) FROM checks c WHERE c.status IS NOT NULL"
                            + " AND c.agent NOT IN (SELECT number FROM agents"
                            + " WHERE state <> 'joined') GROUP BY c.status")
                    .map((rows, _) -> new long[] {rows.getLong(1), rows.getLong(2)})
                    .list())
        .forEach(row -> counts[(int) row[0]] = row[1]);
    return counts;
  }

  /**
   * A part of them, by importance.
   *
   * @param status of which alone; empty: all
   * @param search that stands in the name of the agent or the check; empty: all
   */
  public List<Trouble> some(OptionalInt status, String search, int from, int most) {
    var conditions = new ArrayList<String>();
    if (status.isPresent()) {
      conditions.add(" AND c.status = :status");
    }
    if (!search.isEmpty()) {
      conditions.add(
          " AND (LOWER(g.name) LIKE :search ESCAPE '!' OR LOWER(c.name) LIKE :search ESCAPE '!')");
    }
    return store.read(
        h -> {
          var query =
              h.createQuery(
                      "SELECT c.number, c.agent, c.name, c.status, c.hard_status, c.since,"
                          + " c.attempt, c.flapping, SUBSTR(c.output, 1, 1000), a.author, a.comment,"
                          + " c.late_at IS NOT NULL"
                          + FROM
                          + String.join("", conditions)
                          + BY_IMPORTANCE
                          + " LIMIT :most OFFSET :from")
                  .bind("most", most)
                  .bind("from", from);
          status.ifPresent(one -> query.bind("status", one));
          if (!search.isEmpty()) {
            query.bind("search", "%" + escaped(search.toLowerCase(Locale.ROOT)) + "%");
          }
          return query.map((rows, _) -> row(rows)).list();
        });
  }

  private static String escaped(String search) {
    return search.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  private static Trouble row(ResultSet rows) throws SQLException {
    return new Trouble(
        rows.getLong(1),
        new Subject(rows.getLong(2), rows.getString(3)),
        rows.getInt(4),
        rows.getInt(5),
        rows.getLong(6),
        rows.getInt(7),
        rows.getBoolean(8),
        rows.getString(9),
        orEmpty(rows.getString(10)),
        orEmpty(rows.getString(11)),
        rows.getBoolean(12));
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }
}
