package io.happo.hub.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.happo.hub.store.StoreException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** A PostgreSQL server that somebody else runs. */
final class PostgresEngine extends Engine {
  private static final int CONNECTIONS = 10;

  /** Of the lock of who gathers samples; any number that nobody else takes. */
  private static final long GATHERING = 0x686170706fL;

  private final HikariDataSource pool;

  /**
   * @param url as its driver takes it, user and password among the parameters
   */
  PostgresEngine(String url) {
    var config = new HikariConfig();
    config.setPoolName("postgresql");
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.addDataSourceProperty("ApplicationName", "happo-hub");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // A server that is gone without a word is noticed.
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", "10");
    config.addDataSourceProperty("socketTimeout", "120");
    pool = new HikariDataSource(config);
  }

  @Override
  HikariDataSource writers() {
    return pool;
  }

  @Override
  HikariDataSource readers() {
    return pool;
  }

  @Override
  String migrations() {
    return "postgresql";
  }

  @Override
  Map<String, String> placeholders() {
    return Map.of(
        "key", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "bytes", "BYTEA");
  }

  @Override
  long bytes(Handle reader) {
    return reader
        .createQuery("SELECT pg_database_size(current_database())")
        .mapTo(Long.class)
        .one();
  }

  @Override
  boolean settles() {
    return false;
  }

  @Override
  void alone(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + GATHERING + ")");
    }
  }

  /** By the classes of SQLSTATE, appendix A of PostgreSQL's manual. */
  @Override
  Reason reason(SQLException error) {
    var state = error.getSQLState();
    if (state == null) {
      return Reason.UNAVAILABLE; // of the pool, or of a connection that is gone
    }
    return switch (state) {
      case "53100" -> Reason.FULL;
      case "40001", "40P01" -> Reason.CONFLICT;
      case "XX001", "XX002" -> Reason.DAMAGED;
      default ->
          switch (state.substring(0, 2)) {
            // Connections, resources, an operator's hand, the system; read-only while it recovers.
            case "08", "53", "57", "58", "25" -> Reason.UNAVAILABLE;
            default -> Reason.FAULT;
          };
    };
  }

  @Override
  void resume(Connection connection) throws SQLException {
    throw new SQLException("the connection is gone");
  }

  @Override
  void backup(Path file) {
    throw new StoreException(
        Reason.FAULT,
        "the store is PostgreSQL, which has a backup of its own: pg_dump --format=custom --file="
            + file
            + " DATABASE");
  }

  @Override
  void restore(Path backup) {
    throw new StoreException(
        Reason.FAULT,
        "the store is PostgreSQL, which restores by itself: stop the hub, then pg_restore --clean"
            + " --dbname=DATABASE "
            + backup);
  }

  @Override
  public void close() {
    pool.close();
  }
}
