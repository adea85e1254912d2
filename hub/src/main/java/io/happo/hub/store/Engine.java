package io.happo.hub.store;

import com.zaxxer.hikari.HikariDataSource;
import io.happo.hub.store.StoreException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** An opened database: what SQLite and PostgreSQL do differently. */
abstract sealed class Engine implements AutoCloseable permits SqliteEngine, PostgresEngine {
  /** Connections that change something; SQLite has one, which is the queue of those who wait. */
  abstract HikariDataSource writers();

  /** One that changes something, in turn; {@link #ended} must follow after it was closed. */
  Connection begin() throws SQLException {
    return writers().getConnection();
  }

  /** The next one may change something. */
  void ended() {}

  /** Connections that read; they never wait for those that write. */
  abstract HikariDataSource readers();

  /** Where Flyway finds what only this engine runs, beside what is common. */
  abstract String migrations();

  /** What the common migrations leave open. */
  abstract Map<String, String> placeholders();

  /** Whether rows of history are appended first and moved later. */
  abstract boolean settles();

  /** What it takes on the disk. */
  abstract long bytes(Handle reader);

  /** Until the end of the transaction no other process gathers samples. */
  abstract void alone(Connection connection) throws SQLException;

  /** What can be done about an error of this engine. */
  abstract Reason reason(SQLException error);

  /**
   * Ends what is left of a transaction that failed and cannot be rolled back.
   *
   * @throws SQLException when the connection does not serve any more
   */
  abstract void resume(Connection connection) throws SQLException;

  /** As {@link Store#backup}. */
  abstract void backup(Path file);

  /** As {@link Store#restore}: after this the engine is closed, and opens what the backup held. */
  abstract void restore(Path backup);

  @Override
  public abstract void close();
}
