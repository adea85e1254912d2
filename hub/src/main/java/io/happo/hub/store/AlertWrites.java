package io.happo.hub.store;

import io.happo.hub.alert.Kind;
import io.happo.hub.alert.Standing;
import io.happo.hub.alert.Told;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What intake writes of alerts, as a part of its transaction: what people are told is there when
 * the change of state is, and not otherwise. As {@link IntakeTransaction}.
 */
public final class AlertWrites {
  private final Store store;
  private final Statements statements;

  /** Those of the transaction, each prepared once. */
  @FunctionalInterface
  interface Statements {
    PreparedStatement prepared(String sql) throws SQLException;
  }

  AlertWrites(Store store, Statements statements) {
    this.store = store;
    this.statements = statements;
  }

  /** How it stands between a rule and a check. */
  public void keep(String rule, long check, Told told, Standing held) {
    execute(
        "INSERT INTO alerts (rule, check_number, status, told_at, steps, count, flapping,"
            + " acknowledged, incident, channels, gate, why, since)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (rule, check_number) DO UPDATE SET status = excluded.status,"
            + " told_at = excluded.told_at, steps = excluded.steps, count = excluded.count,"
            + " flapping = excluded.flapping, acknowledged = excluded.acknowledged,"
            + " incident = excluded.incident, channels = excluded.channels, gate = excluded.gate, why = excluded.why,"
            + " since = excluded.since",
        rule,
        check,
        told.status(),
        told.at(),
        told.steps(),
        told.count(),
        told.flapping(),
        told.acknowledged(),
        told.incident(),
        JsonTexts.of(told.channels()),
        held.gate(),
        held.why(),
        held.since());
  }

  /** Nothing is open any more between a rule and a check. */
  public void remove(String rule, long check) {
    execute("DELETE FROM alerts WHERE rule = ? AND check_number = ?", rule, check);
  }

  /** Adds to what people find of a check: what was told of it, or not, and why. */
  public void note(
      long time, String rule, long check, Kind kind, int status, String gate, String why) {
    execute(
        "INSERT INTO notes (time, rule, check_number, kind, status, gate, why)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        time,
        rule,
        check,
        kind.word(),
        status,
        gate,
        why);
  }

  /** A message for a channel, to be sent from now on. */
  public void message(String channel, String content, long now) {
    execute(Messages.ADD, channel, content, now, 0, now, "");
  }

  public void unacknowledge(long check) {
    execute("DELETE FROM acknowledgements WHERE check_number = ?", check);
  }

  /** A flexible downtime begins. */
  public void beginSilence(long number, long now) {
    execute("UPDATE silences SET started_at = ? WHERE number = ?", now, number);
  }

  /** A silence ends. */
  public void endSilence(long number, long now) {
    execute(
        "UPDATE silences SET ends_at = CASE WHEN begins_at < ? THEN ? ELSE begins_at + 1 END"
            + " WHERE number = ?",
        now,
        now,
        number);
  }

  private void execute(String sql, Object... values) {
    try {
      var statement = statements.prepared(sql);
      for (int i = 0; i < values.length; i++) {
        switch (values[i]) {
          case Long number -> statement.setLong(i + 1, number);
          case Integer number -> statement.setInt(i + 1, number);
          case Boolean flag -> statement.setBoolean(i + 1, flag);
          default -> statement.setString(i + 1, Columns.text(values[i].toString()));
        }
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw store.failure(e);
    }
  }
}
