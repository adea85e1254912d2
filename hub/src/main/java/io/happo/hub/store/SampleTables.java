package io.happo.hub.store;

import io.happo.hub.metrics.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tables that hold chunks, as they are in one transaction. A chunk is found by one number, made
 * of its block's and its series': a table is then in the order of blocks, of which the last is
 * written most, and its rows have room on a page of SQLite. For one thread.
 */
final class SampleTables {
  /** Which chunk of a level. */
  record Key(long block, long series) {
    private static final int SERIES_BITS = 40;

    static Key of(long number) {
      return new Key(number >> SERIES_BITS, number & ((1L << SERIES_BITS) - 1));
    }

    long number() {
      return (block << SERIES_BITS) | series;
    }
  }

  /** Numbers in one statement; PostgreSQL and SQLite take many more. */
  private static final int MOST_NUMBERS = 500;

  private final Connection connection;
  private final boolean isSqlite;
  private final Map<Level, Set<Long>> periods = new EnumMap<>(Level.class);
  private final Map<Level, Long> horizons = new EnumMap<>(Level.class);
  private final Map<String, Batched> writes = new HashMap<>();

  SampleTables(Connection connection, boolean isSqlite) throws SQLException {
    this.connection = connection;
    this.isSqlite = isSqlite;
    for (var level : Level.values()) {
      periods.put(level, new HashSet<>());
    }
    try (var statement = connection.createStatement()) {
      try (var rows = statement.executeQuery("SELECT level, period FROM sample_tables")) {
        while (rows.next()) {
          periodsOf(level(rows.getString(1))).add(rows.getLong(2));
        }
      }
      try (var rows = statement.executeQuery("SELECT level, before FROM sample_horizons")) {
        while (rows.next()) {
          horizons.put(level(rows.getString(1)), rows.getLong(2));
        }
      }
    }
  }

  private static Level level(String text) throws SQLException {
    for (var level : Level.values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    throw new SQLException(
        "the store keeps samples of a level that this hub does not know: " + text);
  }

  private Set<Long> periodsOf(Level level) {
    return periods.computeIfAbsent(level, _ -> new HashSet<>());
  }

  private static String name(Level level, long period) {
    return "samples_" + level.text() + "_" + period;
  }

  /** What is from before is not kept at a level. */
  long horizon(Level level) {
    return horizons.getOrDefault(level, Long.MIN_VALUE);
  }

  /**
   * The blocks of a level that a span of time touches, as far as there may be something in them.
   */
  List<Long> blocks(Level level, long from, long to) {
    var blocks = new ArrayList<Long>();
    for (long period : new TreeSet<>(periodsOf(level))) {
      long begin = Math.max(from, level.beginOf(period));
      long end = Math.min(to, level.beginOf(period + 1));
      for (long block = level.blockOf(begin);
          begin < end && block <= level.blockOf(end - 1);
          block++) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  /**
   * The chunks of some series in some blocks.
   *
   * @param blocks numbers of blocks of the level
   */
  Map<Key, byte[]> read(Level level, Collection<Long> blocks, Collection<Long> series)
      throws SQLException {
    var found = new HashMap<Key, byte[]>();
    var byPeriod =
        blocks.stream()
            .collect(
                Collectors.groupingBy(
                    block -> level.periodOf(block * level.block()),
                    TreeMap::new,
                    Collectors.toList()));
    for (var period : byPeriod.entrySet()) {
      if (periodsOf(level).contains(period.getKey())) {
        var keys = new ArrayList<Long>();
        for (long block : period.getValue()) {
          for (long one : series) {
            keys.add(new Key(block, one).number());
          }
        }
        for (int from = 0; from < keys.size(); from += MOST_NUMBERS) {
          read(
              name(level, period.getKey()),
              keys.subList(from, Math.min(keys.size(), from + MOST_NUMBERS)),
              found);
        }
      }
    }
    return found;
  }

  private void read(String table, List<Long> keys, Map<Key, byte[]> found) throws SQLException {
    var sql = "SELECT number, data FROM \"" + table + "\" WHERE number ";
    // PostgreSQL keeps the plan of one text, and sends bytes as they are to who prepares it.
    try (var statement =
        connection.prepareStatement(
            sql + (isSqlite ? "IN (" + numbers(keys) + ")" : "= ANY (?)"))) {
      if (!isSqlite) {
        statement.setArray(1, connection.createArrayOf("bigint", keys.toArray()));
      }
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(Key.of(rows.getLong(1)), rows.getBytes(2));
        }
      }
    }
  }

  static String numbers(Collection<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Puts a chunk in the place of what is there of it. */
  void write(Level level, Key key, byte[] chunk) throws SQLException {
    long period = level.periodOf(key.block * level.block());
    var table = name(level, period);
    var write = writes.get(table);
    if (write == null) {
      if (periodsOf(level).add(period)) {
        create(level, period, table);
      }
      write =
          new Batched(
              connection,
              "INSERT INTO \""
                  + table
                  + "\" (number, data) VALUES (?, ?)"
                  + " ON CONFLICT (number) DO UPDATE SET data = excluded.data",
              false);
      writes.put(table, write);
    }
    write.set(key.number()).set(chunk).add();
  }

  private void create(Level level, long period, String table) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS \""
              + table
              + (isSqlite
                  ? "\" (number INTEGER PRIMARY KEY, data BLOB NOT NULL)"
                  : "\" (number BIGINT PRIMARY KEY, data BYTEA NOT NULL)"));
      statement.execute(
          "INSERT INTO sample_tables VALUES ('"
              + level.text()
              + "', "
              + period
              + ") ON CONFLICT DO NOTHING");
    }
  }

  /** Writes what waits. */
  void flush() throws SQLException {
    for (var write : writes.values()) {
      write.flush();
    }
  }

  /**
   * Drops the tables of periods that were over by then; what comes later of them is not kept.
   *
   * @return how many
   */
  int drop(Level level, long before) throws SQLException {
    long first = level.periodOf(before);
    int dropped = 0;
    try (var statement = connection.createStatement()) {
      for (long period : List.copyOf(periodsOf(level))) {
        if (period < first) {
          statement.execute("DROP TABLE \"" + name(level, period) + "\"");
          statement.execute(
              "DELETE FROM sample_tables WHERE level = '"
                  + level.text()
                  + "' AND period = "
                  + period);
          periodsOf(level).remove(period);
          dropped++;
        }
      }
      if (level.beginOf(first) > horizon(level)) {
        setHorizon(level, level.beginOf(first));
      }
    }
    return dropped;
  }

  /** Sets the horizon of a level that has none, or one that is still to come. */
  boolean begin(Level level, long before, long now) throws SQLException {
    boolean isToBegin = !horizons.containsKey(level) || horizon(level) > now;
    if (isToBegin) {
      setHorizon(level, level.beginOf(level.periodOf(before)));
    }
    return isToBegin;
  }

  private void setHorizon(Level level, long before) throws SQLException {
    horizons.put(level, before);
    try (var statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO sample_horizons VALUES ('"
              + level.text()
              + "', "
              + before
              + ") ON CONFLICT (level) DO UPDATE SET before = excluded.before");
    }
  }
}
