package io.happo.hub.store;

import io.happo.core.link.Item;
import io.happo.hub.alert.CheckState;
import io.happo.hub.metrics.Packed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What intake writes as one: all of it is there after {@link #commit}, nothing of it without. For
 * one thread; every method throws {@link StoreException}, after which only {@link #close} is left.
 *
 * <p>Texts are kept as they come, but for the limits of what is a name.
 */
public final class IntakeTransaction implements AutoCloseable {
  private final Store store;
  private final Runnable release;
  private final Transaction transaction;
  private final Connection connection;

  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Batched epochs;
  private final Batched checks;
  private final Batched results;
  private final Batched samples;
  private final Batched seen;
  private final Batched events;
  private @Nullable Savepoint mark;
  private int newResults;
  private long newBytes;
  private final Map<Long, Packed> packed = new HashMap<>(); // By agent.
  private final long now;

  IntakeTransaction(Store store, Engine engine, long now, Runnable release) {
    this.store = store;
    this.now = now;
    this.release = release;
    Transaction opened = null;
    try {
      opened = new Transaction(engine);
      connection = opened.connection();
      var recent = engine.settles() ? "_recent" : "";
      epochs =
          new Batched(
              connection,
              "UPDATE epochs SET ranges = ?, revision = revision + 1, changed_at = ?"
                  + " WHERE number = ? AND revision = ?",
              true);
      checks =
          new Batched(
              connection,
              "UPDATE checks SET time = ?, ordered_at = ?, epoch = ?, sequence = ?, status = ?,"
                  + " since = ?, attempt = ?, hard_status = ?, hard_since = ?, occurrences = ?,"
                  + " peak = ?, hard_states = ?, flapping = ?, exit = ?, duration_ms = ?, plan = ?,"
                  + " output = ?, late_at = ? WHERE number = ?",
              false);
      results =
          new Batched(
              connection,
              "INSERT INTO results" + recent + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
              false);
      samples =
          new Batched(
              connection,
              "INSERT INTO samples_recent (agent, received, data) VALUES (?, ?, ?)",
              false);
      seen = new Batched(connection, "UPDATE series SET seen = ? WHERE number = ?", false);
      events =
          new Batched(
              connection,
              "INSERT INTO events (agent, time, epoch, sequence, name, text, details)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              false);
    } catch (SQLException e) {
      if (opened != null) {
        opened.close();
      }
      throw store.failure(e);
    }
    transaction = opened;
  }

  private interface Call<T> {
    T make() throws SQLException;
  }

  private <T> T call(Call<T> call) {
    try {
      return call.make();
    } catch (SQLException e) {
      throw store.failure(e);
    }
  }

  /** What is stored of a queue, which is noted down when it is new. */
  public EpochRow epoch(long agent, String epoch, long now) {
    return call(
        () -> {
          var statement =
              prepared(
                  "INSERT INTO epochs (agent, epoch, ranges, revision, changed_at)"
                      + " VALUES (?, ?, '', 0, ?) ON CONFLICT (agent, epoch)"
                      + " DO UPDATE SET epoch = excluded.epoch RETURNING number, revision, ranges");
          statement.setLong(1, agent);
          statement.setString(2, epoch);
          statement.setLong(3, now);
          try (var row = one(statement)) {
            return new EpochRow(
                row.getLong(1), row.getLong(2), SequenceRanges.parse(row.getString(3)));
          }
        });
  }

  /** All checks of an agent. */
  public List<CheckRow> checks(long agent) {
    return call(
        () -> {
          var checksOfAgent = new ArrayList<CheckRow>();
          var statement = prepared(Checks.ROW + " FROM checks c WHERE c.agent = ?");
          statement.setLong(1, agent);
          try (var rows = statement.executeQuery()) {
            while (rows.next()) {
              checksOfAgent.add(Checks.row(rows));
            }
          }
          return checksOfAgent;
        });
  }

  /** A check of an agent, which is noted down when it is new. */
  public CheckRow checkRow(long agent, String name) {
    long number = check(agent, name);
    return call(
        () -> {
          var statement = prepared(Checks.ROW + " FROM checks c WHERE c.number = ?");
          statement.setLong(1, number);
          try (var row = one(statement)) {
            return Checks.row(row);
          }
        });
  }

  /** What of alerts is written with it, at once. */
  public AlertWrites alerts() {
    return new AlertWrites(store, this::prepared);
  }

  /** From now on {@link #backToMark} undoes what is written at once, not what waits in batches. */
  public void mark() {
    mark = call(connection::setSavepoint);
  }

  /** Undoes what was written since there was a mark; nothing when there is none. */
  public void backToMark() {
    call(
        () -> {
          if (mark != null) {
            connection.rollback(mark);
          }
          return this;
        });
  }

  /**
   * Series of an agent that had values lately.
   *
   * @param since when, unix milliseconds, to about a day
   */
  public List<SeriesRow> seriesSince(long agent, long since) {
    return call(
        () -> {
          var seriesOfAgent = new ArrayList<SeriesRow>();
          var statement = prepared(Samples.SERIES + " WHERE agent = ? AND seen >= ?");
          statement.setLong(1, agent);
          statement.setLong(2, since);
          try (var rows = statement.executeQuery()) {
            while (rows.next()) {
              seriesOfAgent.add(Samples.series(rows));
            }
          }
          return seriesOfAgent;
        });
  }

  /** The number of a check that may be new. */
  public long check(long agent, String name) {
    return number(
        "INSERT INTO checks (agent, name) VALUES (?, ?)"
            + " ON CONFLICT (agent, name) DO UPDATE SET name = excluded.name RETURNING number",
        agent,
        name);
  }

  /** The number of a plan's hash that may be new. */
  public long plan(String hash) {
    return number(
        "INSERT INTO plan_hashes (hash) VALUES (?)"
            + " ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash RETURNING number",
        hash);
  }

  /**
   * The number of a series that has a value and may be new; its thresholds are these from now on.
   */
  public long series(long agent, SeriesRow.Key key, SeriesRow.Thresholds thresholds) {
    return number(
        "INSERT INTO series (agent, check_number, host, name, unit, warn, crit, low, high, seen)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (agent, check_number, host, name, unit) DO UPDATE SET"
            + " warn = excluded.warn, crit = excluded.crit, low = excluded.low,"
            + " high = excluded.high, seen = excluded.seen RETURNING number",
        agent,
        key.check(),
        key.host(),
        key.name(),
        key.unit(),
        thresholds.warn(),
        thresholds.crit(),
        thresholds.low(),
        thresholds.high(),
        now);
  }

  /** A series still has values. */
  public void seen(long series) {
    call(
        () -> {
          seen.set(now).set(series).add();
          return this;
        });
  }

  private long number(String sql, Object... values) {
    return call(
        () -> {
          var statement = prepared(sql);
          for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Long number) {
              statement.setLong(i + 1, number);
            } else {
              statement.setString(i + 1, Columns.text(values[i].toString()));
            }
          }
          try (var row = one(statement)) {
            return row.getLong(1);
          }
        });
  }

  /** Closed with the connection. */
  private PreparedStatement prepared(String sql) throws SQLException {
    var statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private static ResultSet one(PreparedStatement statement) throws SQLException {
    var rows = statement.executeQuery();
    if (!rows.next()) {
      throw new SQLException("no row came back");
    }
    return rows;
  }

  /** Adds a result to the history. */
  public void addResult(long check, long epoch, long sequence, Item.CheckResult result, long plan) {
    newResults++;
    call(
        () -> {
          results
              .set(check)
              .set(result.time())
              .set(epoch)
              .set(sequence)
              .set(result.status())
              .set(result.exit())
              .set(result.durationMillis())
              .set(plan)
              .set(result.output())
              .add();
          return this;
        });
  }

  /**
   * Adds a value to the history.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public void addSample(long agent, long series, long time, double value) {
    var some = packed.computeIfAbsent(agent, _ -> new Packed());
    some.add(series, time, value);
    if (some.isFull()) {
      packed.remove(agent);
      add(agent, some);
    }
  }

  private void add(long agent, Packed some) {
    var bytes = some.toBytes();
    newBytes += bytes.length;
    call(
        () -> {
          samples.set(agent).set(now).set(bytes).add();
          return this;
        });
  }

  public void addEvent(long agent, long epoch, long sequence, Item.Event event) {
    call(
        () -> {
          events
              .set(agent)
              .set(event.time())
              .set(epoch)
              .set(sequence)
              .set(event.name())
              .set(event.text())
              .set(JsonTexts.of(event.details()))
              .add();
          return this;
        });
  }

  /** Keeps what a machine has of something, where it is other than before. */
  public void addInventory(long agent, String name, Item.Inventory inventory) {
    call(
        () -> {
          // One whose clock is ahead must not stay the newest for as long.
          long time = Math.min(inventory.time(), now);
          Inventories.add(connection, agent, name, time, inventory.text());
          return this;
        });
  }

  /**
   * Makes this the current state of a check.
   *
   * @param newest the result that it stands on
   * @param lateAt as {@link CheckRow} has it
   */
  public void setState(
      long check, CheckState state, Item.CheckResult newest, long plan, OptionalLong lateAt) {
    call(
        () -> {
          checks
              .set(state.time())
              .set(state.orderedAt())
              .set(state.epoch())
              .set(state.sequence())
              .set(state.status())
              .set(state.since())
              .set(state.attempt())
              .set(state.hardStatus())
              .set(state.hardSince())
              .set(state.occurrences())
              .set(state.peak())
              .set(state.hardStates())
              .set(state.flapping())
              .set(newest.exit())
              .set(newest.durationMillis())
              .set(plan)
              .set(newest.output())
              .set(lateAt)
              .set(check)
              .add();
          return this;
        });
  }

  /** Makes these the stored sequences of a queue, once for each in a transaction. */
  public void setRanges(long epoch, long revision, SequenceRanges ranges, long now) {
    call(
        () -> {
          epochs.set(ranges.toString()).set(now).set(epoch).set(revision).add();
          return this;
        });
  }

  /** Rows that {@link Settling} will have to move. */
  public int newRows() {
    return newResults;
  }

  /** Bytes of values that {@link Gathering} will have to gather. */
  public long newBytes() {
    return newBytes;
  }

  /**
   * Returns when it is on the disk.
   *
   * @throws StoreException CONFLICT when another hub stored something of the same queues; whether
   *     it was committed is not known for UNAVAILABLE
   */
  public void commit() {
    packed.forEach(this::add);
    packed.clear();
    call(
        () -> {
          epochs.flush();
          checks.flush();
          results.flush();
          samples.flush();
          seen.flush();
          events.flush();
          transaction.commit();
          store.changed();
          return this;
        });
  }

  /** Ends it: what was not committed is gone. */
  @Override
  public void close() {
    transaction.close();
    release.run();
  }
}
