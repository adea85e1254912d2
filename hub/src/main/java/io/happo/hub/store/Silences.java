package io.happo.hub.store;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.alert.Silence;
import io.happo.hub.alert.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Silences, downtimes and acknowledgements: what people say about telling. */
public final class Silences {
  private static final String COLUMNS =
      "number, downtime, target, checks, begins_at, ends_at, until_well, flexible_millis,"
          + " started_at, times, timezone, author, reason";

  private final Store store;

  public Silences(Store store) {
    this.store = store;
  }

  /** Adds one, whose number is not looked at; the one that was made. */
  public Silence add(Silence silence, long now) {
    return store.write(
        h ->
            h.createQuery(
                    "INSERT INTO silences (downtime, target, checks, begins_at, ends_at, until_well,"
                        + " flexible_millis, started_at, times, timezone, author, reason,"
                        + " created_at) VALUES (:downtime, :target, :checks, :begin, :end, :well,"
                        + " :flexible, 0, :times, :zone, :author, :reason, :now) RETURNING "
                        + COLUMNS)
                .bind("downtime", silence.downtime())
                .bind("target", text(silence.target()))
                .bind("checks", JsonTexts.of(silence.checks()))
                .bind("begin", silence.begin())
                .bind("end", silence.end() == Long.MAX_VALUE ? null : (Long) silence.end())
                .bind("well", silence.untilWell())
                .bind("flexible", silence.flexibleMillis())
                .bind("times", silence.times().text())
                .bind("zone", silence.times().zone().getId())
                .bind("author", Columns.text(silence.author()))
                .bind("reason", Columns.text(silence.reason()))
                .bind("now", now)
                .map((rows, _) -> row(rows))
                .one());
  }

  /** Those that had not ended at a time, the newest first. */
  public List<Silence> since(long time) {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM silences WHERE ends_at IS NULL OR ends_at > :time"
                        + " OR started_at + flexible_millis > :time ORDER BY number DESC")
                .bind("time", time)
                .map((rows, _) -> row(rows))
                .list());
  }

  /** Ends one; whether it was there and had not ended. One that has not begun never was. */
  public boolean end(long number, long now) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM silences WHERE number = :number AND begins_at >= :now")
                        .bind("now", now)
                        .bind("number", number)
                        .execute()
                    == 1
                || h.createUpdate(
                            "UPDATE silences SET ends_at = :now, flexible_millis = CASE"
                                + " WHEN started_at > 0 THEN :now - started_at"
                                + " ELSE flexible_millis END WHERE number = :number"
                                + " AND (ends_at IS NULL OR ends_at > :now)")
                        .bind("now", now)
                        .bind("number", number)
                        .execute()
                    == 1);
  }

  /** Those that hold, by what they are of. */
  public Map<Subject, Acknowledgement> acknowledgements() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT c.agent, c.name, a.status, a.sticky, a.author, a.comment, a.at"
                        + " FROM acknowledgements a JOIN checks c ON c.number = a.check_number")
                .map(
                    (rows, _) ->
                        Map.entry(
                            new Subject(rows.getLong(1), rows.getString(2)),
                            new Acknowledgement(
                                rows.getInt(3),
                                rows.getBoolean(4),
                                rows.getString(5),
                                rows.getString(6),
                                rows.getLong(7))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** Somebody knows of the trouble of a check. */
  public void acknowledge(long check, Acknowledgement known) {
    store.write(
        h ->
            h.createUpdate(
                    "INSERT INTO acknowledgements (check_number, status, sticky, author, comment,"
                        + " at) VALUES (:check, :status, :sticky, :author, :comment, :at)"
                        + " ON CONFLICT (check_number) DO UPDATE SET status = excluded.status,"
                        + " sticky = excluded.sticky, author = excluded.author,"
                        + " comment = excluded.comment, at = excluded.at")
                .bind("check", check)
                .bind("status", known.status())
                .bind("sticky", known.sticky())
                .bind("author", Columns.text(known.author()))
                .bind("comment", Columns.text(known.comment()))
                .bind("at", known.at())
                .execute());
  }

  /** Whether one was there, and is taken back. */
  public boolean unacknowledge(long check) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM acknowledgements WHERE check_number = :check")
                    .bind("check", check)
                    .execute()
                == 1);
  }

  private static Silence row(ResultSet rows) throws SQLException {
    var zone = ZoneId.of(rows.getString(11));
    var times = rows.getString(10);
    return new Silence(
        rows.getLong(1),
        rows.getBoolean(2),
        target(rows.getString(3)),
        JsonTexts.list(rows.getString(4)),
        rows.getLong(5),
        Columns.optionalLong(rows, 6).orElse(Long.MAX_VALUE),
        rows.getBoolean(7),
        rows.getLong(8),
        rows.getLong(9),
        times.equals(Period.ALWAYS.text()) ? Period.ALWAYS : Period.parse(times, zone),
        rows.getString(12),
        rows.getString(13));
  }

  private static String text(Target target) {
    var json = new JsonWriter();
    target.write(json);
    return json.toString();
  }

  private static Target target(String column) {
    try {
      return Target.read((JsonObject) Json.parse(column));
    } catch (JsonException | BadPlanException | ClassCastException e) {
      throw new StoreException(
          StoreException.Reason.DAMAGED, "the store is damaged: '" + column + "' is no target", e);
    }
  }
}
