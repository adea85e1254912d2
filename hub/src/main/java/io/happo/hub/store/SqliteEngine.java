package io.happo.hub.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.happo.hub.store.StoreException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/**
 * The file {@code hub.db} in the data directory, mode 0600. One process opens it: what intake knows
 * by heart is only right while nobody else writes.
 */
final class SqliteEngine extends Engine {
  static final String FILE = "hub.db";

  private static final int READERS = 4;
  private static final int WRITER_CACHE_KIB = 64 * 1024;
  private static final int READER_CACHE_KIB = 4 * 1024;

  private static final long LOG_LIMIT_BYTES = 128L << 20;
  private static final Duration BUSY = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Should its own thread not do it, whoever writes does. */
  private static final String LATE_CHECKPOINTS =
      "PRAGMA wal_autocheckpoint = " + 4 * Checkpoints.LONGEST_PAGES;

  private final Path file;
  private final FileChannel lockFile;
  private final HikariDataSource writers;
  private final HikariDataSource readers;
  private final Checkpoints checkpoints;

  /** Who writes comes in turn: a large group of results must not overtake those who wait. */
  private final Semaphore turn = new Semaphore(1, true);

  SqliteEngine(Path data) throws IOException {
    this.file = data.resolve(FILE);
    this.lockFile = lock(data.resolve(FILE + ".lock"));
    var opened = new ArrayList<HikariDataSource>();
    try {
      createPrivate(file);
      opened.add(pool("sqlite-writer", 1, source(WRITER_CACHE_KIB, true), LATE_CHECKPOINTS));
      opened.add(
          pool(
              "sqlite-readers", READERS, source(READER_CACHE_KIB, false), "PRAGMA query_only = 1"));
      opened.add(
          pool(
              "sqlite-checkpoints",
              1,
              source(READER_CACHE_KIB, false),
              "PRAGMA busy_timeout = " + Checkpoints.BUSY_MILLIS));
    } catch (IOException | RuntimeException e) {
      opened.forEach(HikariDataSource::close);
      lockFile.close();
      throw e;
    }
    this.writers = opened.get(0);
    this.readers = opened.get(1);
    this.checkpoints = new Checkpoints(opened.get(2), turn);
  }

  private static FileChannel lock(Path file) throws IOException {
    createPrivate(file);
    var channel = FileChannel.open(file, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held within this process.
    }
    if (lock == null) {
      channel.close();
      throw new StoreException(
          Reason.UNAVAILABLE, file + " is locked: another hub uses this data directory; stop it");
    }
    return channel;
  }

  private static void createPrivate(Path file) throws IOException {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      // From an earlier start.
    }
  }

  private SQLiteDataSource source(int cacheKib, boolean writes) {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout((int) BUSY.toMillis());
    config.setCacheSize(-cacheKib);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setJournalSizeLimit((int) LOG_LIMIT_BYTES);
    if (writes) {
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    }
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static HikariDataSource pool(
      String name, int size, SQLiteDataSource source, String initially) {
    var config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(source);
    config.setMaximumPoolSize(size);
    config.setConnectionInitSql(initially);
    config.setConnectionTimeout(PATIENCE.toMillis());
    // A connection keeps its cache; there is no network that could lose it.
    config.setMaxLifetime(0);
    return new HikariDataSource(config);
  }

  @Override
  HikariDataSource writers() {
    return writers;
  }

  @Override
  Connection begin() throws SQLException {
    try {
      if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SQLTransientException(
            "others have been writing for " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientException("interrupted while others were writing", e);
    }
    try {
      return writers.getConnection();
    } catch (Throwable e) {
      turn.release();
      throw e;
    }
  }

  @Override
  void ended() {
    turn.release();
  }

  @Override
  HikariDataSource readers() {
    return readers;
  }

  @Override
  String migrations() {
    return "sqlite";
  }

  @Override
  Map<String, String> placeholders() {
    return Map.of("key", "INTEGER PRIMARY KEY", "bytes", "BLOB");
  }

  @Override
  long bytes(Handle reader) {
    return Stream.of("", "-wal", "-shm")
        .mapToLong(end -> file.resolveSibling(FILE + end).toFile().length())
        .sum();
  }

  @Override
  boolean settles() {
    return true;
  }

  @Override
  void alone(Connection connection) {
    // One process has the file.
  }

  @Override
  Reason reason(SQLException error) {
    if (!(error instanceof SQLiteException)) {
      return Reason.UNAVAILABLE; // of the pool
    }
    return switch (error.getErrorCode() & 0xFF) {
      case 13 -> Reason.FULL;
      case 11, 26 -> Reason.DAMAGED; // SQLITE_CORRUPT, SQLITE_NOTADB
      // PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CANTOPEN, PROTOCOL
      case 3, 5, 6, 7, 8, 10, 14, 15 -> Reason.UNAVAILABLE;
      default -> Reason.FAULT;
    };
  }

  /**
   * SQLite ends a transaction by itself when the disk is full; its driver does not see that, and
   * would have every statement of the next one committed alone.
   */
  @Override
  void resume(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN");
    }
    connection.rollback();
  }

  /** VACUUM INTO reads one moment of the database while others write. */
  @Override
  void backup(Path target) {
    var unchecked = target.resolveSibling(target.getFileName() + ".unchecked");
    try {
      if (Files.exists(target)) {
        throw new StoreException(Reason.FAULT, target + " is there already: name a new file");
      }
      Files.deleteIfExists(unchecked);
      createPrivate(unchecked);
      try (var connection = source(READER_CACHE_KIB, false).getConnection();
          var vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(1, unchecked.toString());
        vacuum.executeUpdate();
      }
      check(unchecked);
      force(unchecked);
      Files.move(unchecked, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | SQLException e) {
      throw failed("the backup into " + target + " failed: ", e);
    } finally {
      discard(unchecked);
    }
  }

  @Override
  void restore(Path backup) {
    var copy = file.resolveSibling(FILE + ".restored");
    try {
      Files.deleteIfExists(copy);
      createPrivate(copy);
      Files.copy(backup, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
      check(copy);
      force(copy);
      close();
      // What is in the log belongs to the old file.
      Files.deleteIfExists(file.resolveSibling(FILE + "-wal"));
      Files.deleteIfExists(file.resolveSibling(FILE + "-shm"));
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | SQLException e) {
      throw failed("restoring " + backup + " failed, the store is as it was: ", e);
    } finally {
      discard(copy);
    }
  }

  /** Whether it is a whole database of a hub. */
  private static void check(Path database) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + database);
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      try (var answer = statement.executeQuery("PRAGMA integrity_check(1)")) {
        var verdict = answer.next() ? answer.getString(1) : "no answer";
        if (!verdict.equals("ok")) {
          throw new StoreException(Reason.DAMAGED, database + " is damaged: " + verdict);
        }
      }
      try (var answer =
          statement.executeQuery("SELECT count(*) FROM sqlite_schema WHERE name = 'agents'")) {
        if (!answer.next() || answer.getInt(1) != 1) {
          throw new StoreException(Reason.FAULT, database + " is no backup of a hub");
        }
      }
    }
  }

  private static void force(Path database) throws IOException {
    try (var channel = FileChannel.open(database, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    var folder = database.toAbsolutePath().getParent();
    if (folder != null) {
      try (var channel = FileChannel.open(folder)) {
        channel.force(true);
      }
    }
  }

  private StoreException failed(String what, Exception e) {
    var reason =
        e instanceof SQLException error
            ? reason(error)
            : String.valueOf(e.getMessage()).contains("No space left")
                ? Reason.FULL
                : Reason.UNAVAILABLE;
    return new StoreException(reason, what + e.getMessage(), e);
  }

  private static void discard(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      // The next one takes its place.
    }
  }

  @Override
  public void close() {
    checkpoints.close();
    readers.close();
    writers.close();
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException(Reason.UNAVAILABLE, "cannot close " + file + ".lock", e);
    }
  }
}
