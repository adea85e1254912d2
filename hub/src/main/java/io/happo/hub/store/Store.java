package io.happo.hub.store;

import com.zaxxer.hikari.HikariDataSource;
import io.happo.hub.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * What the hub remembers, in SQLite or PostgreSQL. Any thread may ask; whoever reads never waits
 * for those who write. A change is one transaction: when it fails with a {@link StoreException},
 * nothing of it is there.
 */
public final class Store implements AutoCloseable {
  /** What is done with a connection; for this room alone. */
  interface Work<T> {
    T with(Handle handle) throws SQLException;
  }

  private static final String POSTGRESQL = "jdbc:postgresql:";

  private final Path data;
  private final String url;

  /** Held for reading while the engine is used, for writing while it is exchanged. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  private Engine engine;
  private Jdbi readers;
  private final AtomicInteger generation = new AtomicInteger();
  private final AtomicLong changes = new AtomicLong();

  /**
   * Opens it, and brings its tables up to this version.
   *
   * @param data the hub's directory, where SQLite's file is
   * @param url {@code jdbc:postgresql://…} with user and password among its parameters; empty for
   *     SQLite
   * @throws StoreException when it cannot be opened
   */
  public static Store open(Path data, String url) {
    if (!url.isEmpty() && !url.startsWith(POSTGRESQL)) {
      // Not told as it is: it may hold a password.
      throw new StoreException(
          Reason.FAULT,
          "the store's address is neither empty nor " + POSTGRESQL + "//HOST/DATABASE");
    }
    return new Store(data, url);
  }

  private Store(Path data, String url) {
    this.data = data;
    this.url = url;
    this.engine = openEngine();
    this.readers = Jdbi.create(engine.readers());
  }

  private Engine openEngine() {
    Engine opened;
    try {
      opened = url.isEmpty() ? new SqliteEngine(data) : new PostgresEngine(url);
    } catch (IOException e) {
      throw new StoreException(
          Reason.UNAVAILABLE, "cannot open " + data.resolve(SqliteEngine.FILE) + ": " + e, e);
    } catch (com.zaxxer.hikari.pool.HikariPool.PoolInitializationException e) {
      throw new StoreException(
          Reason.UNAVAILABLE, "cannot open the store: " + cause(e).getMessage(), e);
    }
    try {
      migrate(opened);
    } catch (FlywayException e) {
      opened.close();
      throw new StoreException(
          Reason.FAULT,
          "the store's tables cannot be brought up to this version: " + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private static void migrate(Engine engine) {
    var folder = "classpath:" + Store.class.getPackageName().replace('.', '/') + "/";
    Flyway.configure()
        .dataSource(unpooled(engine.writers()))
        .locations(folder + "common", folder + engine.migrations())
        .placeholders(engine.placeholders())
        .load()
        .migrate();
  }

  /** Flyway takes more connections than the one that SQLite writes with. */
  private static DataSource unpooled(HikariDataSource pool) {
    return pool.getDataSource() == null ? pool : pool.getDataSource();
  }

  private static Throwable cause(Throwable e) {
    return e.getCause() == null ? e : e.getCause();
  }

  /** Reads, outside a transaction. */
  <T> T read(Work<T> work) {
    gate.readLock().lock();
    try {
      return readers.withHandle(work::with);
    } catch (SQLException | JdbiException e) {
      throw failure(e);
    } finally {
      gate.readLock().unlock();
    }
  }

  /** Changes something, in one transaction. */
  <T> T write(Work<T> work) {
    gate.readLock().lock();
    try (var transaction = new Transaction(engine)) {
      T result = work.with(transaction.handle());
      transaction.commit();
      changed();
      return result;
    } catch (SQLException | JdbiException e) {
      throw failure(e);
    } finally {
      gate.readLock().unlock();
    }
  }

  /**
   * Begins what intake writes as one; must be closed by the same thread.
   *
   * @param now unix milliseconds
   * @throws StoreException when there is no connection
   */
  public IntakeTransaction begin(long now) {
    gate.readLock().lock();
    try {
      return new IntakeTransaction(this, engine, now, gate.readLock()::unlock);
    } catch (RuntimeException e) {
      gate.readLock().unlock();
      throw e;
    }
  }

  /**
   * How often something was changed, since the store was opened: more, when something may differ.
   */
  public long changes() {
    return changes.get();
  }

  void changed() {
    changes.incrementAndGet();
  }

  /** What it takes on the disk; of PostgreSQL the database alone. */
  public long bytes() {
    return read(handle -> engine.bytes(handle));
  }

  /** Another number after a restore: what was read before it is not true any more. */
  public int generation() {
    return generation.get();
  }

  /**
   * Writes all there is at one moment into a new file, mode 0600, while the hub runs; tells of it
   * only after the file was found whole and is on the disk. SQLite only: PostgreSQL has its own
   * tools, as the exception says.
   */
  public void backup(Path file) {
    gate.readLock().lock();
    try {
      engine.backup(file);
    } finally {
      gate.readLock().unlock();
    }
  }

  /**
   * Puts a backup in place of all there is, while the hub runs. What was stored since is gone.
   * SQLite only.
   */
  public void restore(Path backup) {
    gate.writeLock().lock();
    try {
      engine.restore(backup);
    } finally {
      if (engine.writers().isClosed()) {
        generation.incrementAndGet();
        engine = openEngine();
        readers = Jdbi.create(engine.readers());
      }
      gate.writeLock().unlock();
    }
  }

  /** For {@link Gathering}, likewise. */
  void alone(Connection connection) throws SQLException {
    engine.alone(connection);
  }

  /** For {@link Settling}, which holds nothing of the engine. */
  boolean settles() {
    return url.isEmpty();
  }

  /** What an error means, whoever wrapped it. */
  StoreException failure(Exception e) {
    SQLException error = null;
    for (Throwable at = e; at != null && error == null; at = at.getCause()) {
      error = at instanceof SQLException found ? found : null;
    }
    var reason = error == null ? Reason.FAULT : engine.reason(error);
    var message = String.valueOf((error == null ? e : error).getMessage());
    return new StoreException(
        reason,
        switch (reason) {
              case FULL -> "the store's disk is full: ";
              case UNAVAILABLE -> "the store does not answer: ";
              case CONFLICT -> "the store was changed by another at the same time: ";
              case DAMAGED -> "the store is damaged, restore a backup: ";
              case FAULT -> "the store refuses it: ";
            }
            + message,
        e);
  }

  @Override
  public void close() {
    gate.writeLock().lock();
    try {
      engine.close();
    } finally {
      gate.writeLock().unlock();
    }
  }
}
