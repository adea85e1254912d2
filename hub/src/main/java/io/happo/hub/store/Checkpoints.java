package io.happo.hub.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Copies SQLite's log into its file while others go on to write: by itself SQLite does it within
 * the commit that makes the log too long, and that one and all who wait for it would have to wait
 * for two more syncs of the disk. A thread of its own.
 */
final class Checkpoints implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * So many pages of 4 KiB wait in the log before they are copied: each once, however often it
   * changed.
   */
  private static final long PAGES = 4_096;

  /** A log of so many begins anew, for which those who write have to wait for a moment. */
  private static final long LONGEST_PAGES = 16_384;

  private final HikariDataSource connections;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** What SQLite tells of its log, in pages. */
  private record State(long length, long copied) {}

  /**
   * @param connections that may write and check nothing by themselves
   */
  Checkpoints(HikariDataSource connections) {
    this.connections = connections;
    this.thread = Thread.ofPlatform().daemon().name("sqlite-checkpoints").start(this::run);
  }

  private void run() {
    try {
      while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try (var connection = connections.getConnection()) {
      var state = checkpoint(connection, "NOOP");
      if (state.length() - state.copied() >= PAGES) {
        state = checkpoint(connection, "PASSIVE");
      }
      if (state.length() >= LONGEST_PAGES) {
        checkpoint(connection, "RESTART");
      }
    } catch (SQLException e) {
      // Who writes finds out too, and says so: most likely the disk is full.
      LOG.log(System.Logger.Level.DEBUG, "no checkpoint", e);
    }
  }

  private static State checkpoint(Connection connection, String how) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA wal_checkpoint(" + how + ")")) {
      return row.next() ? new State(row.getLong(2), row.getLong(3)) : new State(0, 0);
    }
  }

  /** Returns when nothing is copied any more. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(PATIENCE)) {
        LOG.log(System.Logger.Level.WARNING, "a checkpoint is still under way, and left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close();
  }
}
