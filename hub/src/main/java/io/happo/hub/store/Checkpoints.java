package io.happo.hub.store;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Copies SQLite's log into its file while others go on to write: by itself SQLite does it within
 * the commit that makes the log too long, and that one and all who wait for it would have to wait
 * for two more syncs of the disk. A thread of its own.
 */
final class Checkpoints implements AutoCloseable {
  /** What its connection waits at the most for others, who wait as long. */
  static final int BUSY_MILLIS = 50;

  /** A log of so many pages of 4 KiB begins anew, once all of it is copied and nobody reads it. */
  static final long LONGEST_PAGES = 16_384;

  /** So many wait before they are copied: each once, however often it changed. */
  private static final long PAGES = 4_096;

  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final Duration EVERY = Duration.ofMillis(500);

  /** After the log was to begin anew, which the next commit shows, or somebody was in the way. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HikariDataSource connections;
  private final Semaphore turn;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private String problem = ""; // Of the thread.

  /** What SQLite tells of its log, in pages. */
  private record State(long length, long copied) {
    long waiting() {
      return length - copied;
    }
  }

  /**
   * @param turn of those who write
   */
  Checkpoints(HikariDataSource connections, Semaphore turn) {
    this.connections = connections;
    this.turn = turn;
    this.thread = Thread.ofPlatform().daemon().name("sqlite-checkpoints").start(this::run);
  }

  private void run() {
    try {
      var pause = EVERY;
      while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = look() ? REST : EVERY;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the log was to begin anew. */
  private boolean look() throws InterruptedException {
    try (var connection = connections.getConnection()) {
      var state = checkpoint(connection, "NOOP");
      if (state.waiting() >= PAGES) {
        state = checkpoint(connection, "PASSIVE");
      }
      problem("");
      // What is still waiting is read by somebody, as by a backup, or has just come.
      return state.length() >= LONGEST_PAGES && state.waiting() < PAGES && beginAnew(connection);
    } catch (SQLException | RuntimeException e) {
      problem(String.valueOf(e.getMessage()));
      return true;
    }
  }

  /**
   * Keeps those who write waiting for what came since, and for {@link #BUSY_MILLIS} at the most.
   */
  private boolean beginAnew(Connection connection) throws SQLException, InterruptedException {
    if (turn.tryAcquire(REST.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        checkpoint(connection, "RESTART");
      } finally {
        turn.release();
      }
    }
    return true;
  }

  private void problem(String what) {
    if (!what.equals(problem) && !what.isEmpty()) {
      LOG.log(Level.WARNING, "the log of hub.db cannot be copied into it, and grows: {0}", what);
    }
    problem = what;
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
        LOG.log(Level.WARNING, "a checkpoint is still under way, and left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close();
  }
}
