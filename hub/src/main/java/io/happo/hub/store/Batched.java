package io.happo.hub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.OptionalLong;

/** Rows for one statement, handed to the database many at a time. */
final class Batched {
  private static final int MOST_ROWS = 2_000;

  private final PreparedStatement statement;
  private final boolean eachChangesOne;
  private int column;
  private int rows;

  /**
   * @param eachChangesOne whether a row that changes nothing is a conflict with another writer
   */
  Batched(Connection connection, String sql, boolean eachChangesOne) throws SQLException {
    this.statement = connection.prepareStatement(sql);
    this.eachChangesOne = eachChangesOne;
  }

  Batched set(long value) throws SQLException {
    statement.setLong(++column, value);
    return this;
  }

  Batched set(OptionalLong value) throws SQLException {
    if (value.isEmpty()) {
      statement.setNull(++column, java.sql.Types.BIGINT);
    } else {
      statement.setLong(++column, value.getAsLong());
    }
    return this;
  }

  Batched set(boolean value) throws SQLException {
    statement.setBoolean(++column, value);
    return this;
  }

  Batched set(byte[] bytes) throws SQLException {
    statement.setBytes(++column, bytes);
    return this;
  }

  Batched set(String text) throws SQLException {
    statement.setString(++column, Columns.text(text));
    return this;
  }

  void add() throws SQLException {
    statement.addBatch();
    column = 0;
    if (++rows == MOST_ROWS) {
      flush();
    }
  }

  void flush() throws SQLException {
    if (rows == 0) {
      return;
    }
    rows = 0;
    var changed = statement.executeBatch();
    for (int i = 0; eachChangesOne && i < changed.length; i++) {
      if (changed[i] == 0) {
        throw new StoreException(
            StoreException.Reason.CONFLICT, "another writer changed the same rows of the store");
      }
    }
  }
}
