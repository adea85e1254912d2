package io.happo.hub.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** One change of the store: what was not committed when it is closed never was. For one thread. */
final class Transaction implements AutoCloseable {
  private final Engine engine;
  private final Connection connection;
  private boolean committed;

  Transaction(Engine engine) throws SQLException {
    this.engine = engine;
    this.connection = engine.begin();
    try {
      connection.setAutoCommit(false);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  /** The same connection; closed with this. */
  Handle handle() {
    return Jdbi.open(connection);
  }

  /** Returns when it is on the disk. */
  void commit() throws SQLException {
    connection.commit();
    committed = true;
  }

  @Override
  public void close() {
    try (connection) {
      if (!committed) {
        undo();
      }
    } catch (SQLException e) {
      // Whether it serves still, nobody knows.
      engine.writers().evictConnection(connection);
    } finally {
      engine.ended();
    }
  }

  private void undo() throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      engine.resume(connection);
    }
  }
}
