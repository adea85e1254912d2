package io.happo.hub.store;

import io.happo.hub.alert.CheckState;
import io.happo.hub.alert.Reported;
import io.happo.hub.alert.Standing;
import io.happo.hub.alert.Subject;
import io.happo.hub.alert.Told;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What is in trouble, who was told of it, and who was not and why; intake alone writes it. */
public final class AlertBook {
  /** A check that is in trouble, flaps, or is spoken of. */
  public record Trouble(long number, Subject subject, CheckState state, String output) {}

  /** How it stands between a rule and a check. */
  public record Open(String rule, long check, Told told, Standing standing) {}

  /**
   * Something that was told, or not.
   *
   * @param gate {@link Standing#TOLD}, or what kept it back
   * @param why by which channels, or why not
   */
  public record Note(
      long number,
      long time,
      String rule,
      Subject subject,
      String kind,
      int status,
      String gate,
      String why) {}

  private final Store store;

  public AlertBook(Store store) {
    this.store = store;
  }

  /** All checks that are not well or flap, and those of which anything is open. */
  public List<Trouble> troubles() {
    return store.read(
        h ->
            h.createQuery(
                    Checks.STATE
                        + ", c.agent, SUBSTR(c.output, 1, 4096) FROM checks c WHERE c.status > 0"
                        + " OR c.hard_status > 0 OR c.flapping"
                        + " OR c.number IN (SELECT check_number FROM alerts)")
                .map(
                    (rows, _) ->
                        new Trouble(
                            rows.getLong(1),
                            new Subject(rows.getLong(16), rows.getString(2)),
                            Checks.state(rows),
                            rows.getString(17)))
                .list());
  }

  /** All checks that no agent runs, and somebody reports. */
  public Map<Subject, Reported> reported() {
    return store.read(
        h -> {
          var reported = new HashMap<Subject, Reported>();
          h.createQuery("SELECT agent, name, time, late_at FROM checks WHERE late_at IS NOT NULL")
              .map(
                  (rows, _) ->
                      Map.entry(
                          new Subject(rows.getLong(1), rows.getString(2)),
                          new Reported(rows.getLong(3), rows.getLong(4))))
              .list()
              .forEach(one -> reported.put(one.getKey(), one.getValue()));
          return reported;
        });
  }

  /** Of all rules and checks, or of those of one check. */
  public List<Open> open(OptionalLong check) {
    return store.read(
        h -> {
          var query =
              h.createQuery(
                  "SELECT rule, check_number, status, told_at, steps, count, flapping,"
                      + " acknowledged, incident, channels, gate, why, since FROM alerts"
                      + (check.isPresent() ? " WHERE check_number = :check" : "")
                      + " ORDER BY rule, check_number");
          check.ifPresent(number -> query.bind("check", number));
          return query.map((rows, _) -> open(rows)).list();
        });
  }

  /** Of some checks, by check and rule. */
  public List<Open> open(Collection<Long> checks) {
    return checks.isEmpty()
        ? List.of()
        : store.read(
            h ->
                h.createQuery(
                        "SELECT rule, check_number, status, told_at, steps, count, flapping,"
                            + " acknowledged, incident, channels, gate, why, since FROM alerts"
                            + " WHERE check_number IN (<checks>) ORDER BY check_number, rule")
                    .bindList("checks", List.copyOf(checks))
                    .map((rows, _) -> open(rows))
                    .list());
  }

  private static Open open(ResultSet rows) throws SQLException {
    return new Open(
        rows.getString(1),
        rows.getLong(2),
        new Told(
            rows.getInt(3),
            rows.getLong(4),
            rows.getInt(5),
            rows.getInt(6),
            rows.getBoolean(7),
            rows.getBoolean(8),
            rows.getString(9),
            JsonTexts.list(rows.getString(10))),
        new Standing(rows.getString(11), rows.getString(12), rows.getLong(13)));
  }

  /**
   * What was told and what was not, the newest first.
   *
   * @param check of which; empty: of all
   * @param before only those of a lower number
   */
  public List<Note> notes(OptionalLong check, long before, int most) {
    return store.read(
        h -> {
          var query =
              h.createQuery(
                      "SELECT n.number, n.time, n.rule, c.agent, c.name, n.kind, n.status, n.gate,"
                          + " n.why FROM notes n JOIN checks c ON c.number = n.check_number"
                          + " WHERE n.number < :before"
                          + (check.isPresent() ? " AND n.check_number = :check" : "")
                          + " ORDER BY n.number DESC LIMIT :most")
                  .bind("before", before)
                  .bind("most", most);
          check.ifPresent(number -> query.bind("check", number));
          return query
              .map(
                  (rows, _) ->
                      new Note(
                          rows.getLong(1),
                          rows.getLong(2),
                          rows.getString(3),
                          new Subject(rows.getLong(4), rows.getString(5)),
                          rows.getString(6),
                          rows.getInt(7),
                          rows.getString(8),
                          rows.getString(9)))
              .list();
        });
  }

  /**
   * Forgets old notes.
   *
   * @return rows that are gone; fewer than {@code most}: no more are left
   */
  public int forget(long before, int most) {
    return store.write(
        h ->
            h.createUpdate(
                    "DELETE FROM notes WHERE number IN"
                        + " (SELECT number FROM notes WHERE time < :before LIMIT :most)")
                .bind("before", before)
                .bind("most", most)
                .execute());
  }
}
