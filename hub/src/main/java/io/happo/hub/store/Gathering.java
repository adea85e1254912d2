package io.happo.hub.store;

import io.happo.hub.metrics.Level;
import io.happo.hub.metrics.Packed;
import io.happo.hub.metrics.Parts;
import io.happo.hub.metrics.TimedValues;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Gathers values, which were appended as they came, in chunks, and makes the parts of 5 minutes and
 * of hours anew from all values of the blocks that they lie in. Where the values themselves are
 * kept no more, parts are added to instead. A pass is done in slices of agents, a transaction each,
 * so that nobody waits long; a value is gathered exactly once. For one thread.
 */
public final class Gathering {
  private static final System.Logger LOG = System.getLogger(Gathering.class.getName());

  /** Bytes of packed values of a slice, unless one agent has more. */
  public static final int SLICE_BYTES = 8_000;

  /** Bytes of a slice of one agent: what goes into the same chunks should be in one. */
  private static final int AGENT_BYTES = 256_000;

  /**
   * Rows of some agents.
   *
   * @param newest number of the last row
   */
  private record Slice(long first, long last, long newest) {}

  private static final int MOST_NUMBERS = 500; // In one statement.

  private final Store store;
  private final Deque<Slice> pass = new ArrayDeque<>();

  public Gathering(Store store) {
    this.store = store;
  }

  /**
   * What waits for it.
   *
   * @param oldest when the first of it came, unix milliseconds; 0 when nothing waits
   */
  public record Backlog(long bytes, long oldest) {}

  /** What waits: reads all of it. */
  public Backlog backlog() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT coalesce(sum(length(data)), 0), coalesce(min(received), 0)"
                        + " FROM samples_recent")
                .map((rows, _) -> new Backlog(rows.getLong(1), rows.getLong(2)))
                .one());
  }

  /** Begins a pass over all values that wait now. */
  public void begin() {
    pass.clear();
    store.read(
        h -> {
          long newest =
              h.createQuery("SELECT coalesce(max(number), 0) FROM samples_recent")
                  .mapTo(Long.class)
                  .one();
          long first = 0;
          long last = 0;
          long bytes = 0;
          for (var agent :
              h.createQuery(
                      "SELECT agent, sum(length(data)) FROM samples_recent WHERE number <= :newest"
                          + " GROUP BY 1 ORDER BY 1")
                  .bind("newest", newest)
                  .map((rows, _) -> new long[] {rows.getLong(1), rows.getLong(2)})) {
            if (bytes > 0 && bytes + agent[1] > SLICE_BYTES) {
              pass.add(new Slice(first, last, newest));
              bytes = 0;
            }
            if (agent[1] > AGENT_BYTES) {
              cut(h, agent[0], newest);
              continue;
            }
            first = bytes == 0 ? agent[0] : first;
            last = agent[0];
            bytes += agent[1];
          }
          return bytes == 0 || pass.add(new Slice(first, last, newest));
        });
  }

  /** Slices of what one agent has, the oldest rows first. */
  private void cut(Handle h, long agent, long newest) {
    long bytes = 0;
    for (var row :
        h.createQuery(
                "SELECT number, length(data) FROM samples_recent"
                    + " WHERE agent = :agent AND number <= :newest ORDER BY number")
            .bind("agent", agent)
            .bind("newest", newest)
            .map((rows, _) -> new long[] {rows.getLong(1), rows.getLong(2)})) {
      bytes += row[1];
      if (bytes >= AGENT_BYTES || row[0] == newest) {
        pass.add(new Slice(agent, agent, row[0]));
        bytes = 0;
      }
    }
    if (bytes > 0) {
      pass.add(new Slice(agent, agent, newest));
    }
  }

  /** Whether a pass is under way. */
  public boolean isUnderWay() {
    return !pass.isEmpty();
  }

  /** Gathers a slice of the pass that is under way. */
  public void step() {
    var slice = pass.poll();
    if (slice != null) {
      store.write(
          h -> {
            store.alone(h.getConnection());
            new Work(h.getConnection()).gather(slice);
            return true;
          });
    }
  }

  /** Does a whole pass. */
  public void gather() {
    begin();
    while (isUnderWay()) {
      step();
    }
  }

  /** One slice, in its transaction. */
  private final class Work {
    private final Connection connection;
    private final SampleTables tables;
    private final Map<Level, Map<SampleTables.Key, byte[]>> known = new HashMap<>();

    Work(Connection connection) throws SQLException {
      this.connection = connection;
      this.tables = new SampleTables(connection, store.settles());
    }

    void gather(Slice slice) throws SQLException {
      var numbers = new ArrayList<Long>();
      var unordered = new HashMap<Long, TimedValues>();
      var sql =
          "SELECT number, data FROM samples_recent WHERE agent BETWEEN "
              + slice.first
              + " AND "
              + slice.last
              + " AND number <= "
              + slice.newest
              + " ORDER BY number";
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
          Packed.each(
              rows.getBytes(2),
              (series, time, value) ->
                  unordered.computeIfAbsent(series, _ -> new TimedValues()).add(time, value));
        }
      }
      unordered.values().forEach(TimedValues::order);
      var values = new TreeMap<>(unordered);
      readAhead(values);
      for (var series : values.entrySet()) {
        new Series(series.getKey()).add(series.getValue());
      }
      tables.flush();
      for (int from = 0; from < numbers.size(); from += MOST_NUMBERS) {
        leave(numbers.subList(from, Math.min(numbers.size(), from + MOST_NUMBERS)));
      }
    }

    /** Rows that are gathered go, or wait for outputs: these only, as others come meanwhile. */
    private void leave(List<Long> numbers) throws SQLException {
      var where = " FROM samples_recent WHERE number IN (" + SampleTables.numbers(numbers) + ")";
      try (var statement = connection.createStatement()) {
        statement.executeUpdate(
            "INSERT INTO samples_waiting SELECT number, agent, received, data"
                + where
                + " AND number > (SELECT min(number) FROM sample_positions)");
        statement.executeUpdate("DELETE" + where);
      }
    }

    /** All chunks that these values touch, with few statements. */
    private void readAhead(Map<Long, TimedValues> values) throws SQLException {
      for (var level : Level.values()) {
        var seriesOfBlock = new TreeMap<Long, Set<Long>>();
        for (var series : values.entrySet()) {
          var times = series.getValue();
          for (int i = times.indexOf(tables.horizon(level)); i < times.size(); ) {
            long block = level.blockOf(times.time(i));
            seriesOfBlock.computeIfAbsent(block, _ -> new HashSet<>()).add(series.getKey());
            i = times.indexOf((block + 1) * level.block());
          }
        }
        var found = new HashMap<SampleTables.Key, byte[]>();
        for (var block : seriesOfBlock.entrySet()) {
          found.putAll(tables.read(level, List.of(block.getKey()), block.getValue()));
        }
        known.put(level, found);
      }
    }

    private byte[] chunk(Level level, SampleTables.Key key) {
      return known.getOrDefault(level, Map.of()).getOrDefault(key, new byte[0]);
    }

    /** What of one series is touched. */
    private final class Series {
      private final long number;
      private final Map<Level, Map<Long, Parts>> touched = new HashMap<>();

      Series(long number) {
        this.number = number;
      }

      /** Adds values that are in order. */
      void add(TimedValues values) throws SQLException {
        long horizon = tables.horizon(Level.RAW);
        int from = 0;
        while (from < values.size()) {
          long block = Level.RAW.blockOf(values.time(from));
          long begin = block * Level.RAW.block();
          int to = values.indexOf(begin + Level.RAW.block());
          var some = new TimedValues(to - from);
          some.addAll(values, begin, begin + Level.RAW.block());
          if (begin >= horizon) {
            addKept(new SampleTables.Key(block, number), some);
          } else {
            addPast(some);
          }
          from = to;
        }
        for (var level : touched.entrySet()) {
          for (var block : level.getValue().entrySet()) {
            tables.write(
                level.getKey(),
                new SampleTables.Key(block.getKey(), number),
                block.getValue().toChunk(block.getKey() * level.getKey().block()));
          }
        }
      }

      /** Values of a block of which all values are there. */
      private void addKept(SampleTables.Key key, TimedValues some) throws SQLException {
        long begin = key.block() * Level.RAW.block();
        var all = Samples.values(chunk(Level.RAW, key), begin);
        all.addAll(some);
        all.order();
        if (all.cut()) {
          LOG.log(System.Logger.Level.ERROR, "more values in 4 hours than are kept: {0}", number);
        }
        tables.write(Level.RAW, key, all.toChunk(begin));
        for (var level : List.of(Level.FIVE_MINUTES, Level.HOUR)) {
          if (begin >= tables.horizon(level)) {
            long block = level.blockOf(begin);
            var parts = parts(level, block);
            var anew = Parts.of(all, 0, level.width());
            touched(level).put(block, parts.replaced(anew, begin, begin + Level.RAW.block()));
          }
        }
      }

      /** Values of a block of which there are parts alone. */
      private void addPast(TimedValues some) {
        for (var level : List.of(Level.FIVE_MINUTES, Level.HOUR)) {
          var more = Parts.of(some, 0, level.width());
          if (more.size() > 0 && some.time(0) >= tables.horizon(level)) {
            long block = level.blockOf(some.time(0));
            touched(level).put(block, parts(level, block).plus(more));
          }
        }
      }

      private Map<Long, Parts> touched(Level level) {
        return touched.computeIfAbsent(level, _ -> new HashMap<>());
      }

      private Parts parts(Level level, long block) {
        var parts = touched(level).get(block);
        return parts != null
            ? parts
            : Samples.parts(
                level, chunk(level, new SampleTables.Key(block, number)), block * level.block());
      }
    }
  }
}
