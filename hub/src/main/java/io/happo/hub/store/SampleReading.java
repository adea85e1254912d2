package io.happo.hub.store;

import io.happo.hub.metrics.Level;
import io.happo.hub.metrics.Packed;
import io.happo.hub.metrics.Part;
import io.happo.hub.metrics.Parts;
import io.happo.hub.metrics.TimedValues;
import io.happo.hub.store.Samples.Sample;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One question about what was measured: chunks, and values that are not gathered yet. */
final class SampleReading {
  /** A coarser level is taken where it has at least so many parts in each that is asked for. */
  private static final int PARTS_IN_ONE = 12;

  /** Beyond so many agents all that is recent is looked through. */
  private static final int MOST_AGENTS = 500;

  /** How many chunks are unpacked at once, about: of a value a second each has 230 KB. */
  private static final int MOST_CHUNKS = 500;

  /** Behind all times. */
  private static final long END = 1L << 60;

  private final Map<Long, TimedValues> recent; // By series, in order.
  private final SampleTables tables;

  private SampleReading(
      Connection connection, Store store, Collection<Long> series, long from, long to)
      throws SQLException {
    // First what is recent: what is gathered meanwhile is found in its chunk too, and nowhere else.
    this.recent = readRecent(connection, series, from, to);
    this.tables = new SampleTables(connection, store.settles());
  }

  static List<Sample> values(
      Connection connection, Store store, long series, long from, long to, int most)
      throws SQLException {
    return new SampleReading(connection, store, List.of(series), from, to)
        .values(series, from, to, most);
  }

  static Map<Long, List<Part>> parts(
      Connection connection, Store store, Collection<Long> series, long from, long to, long width)
      throws SQLException {
    return new SampleReading(connection, store, series, from, to).parts(series, from, to, width);
  }

  private List<Sample> values(long series, long from, long to, int most) throws SQLException {
    var found = new ArrayList<Sample>();
    var values = raw(List.of(series), from, to).getOrDefault(series, new TimedValues());
    for (int i = Math.max(0, values.size() - most); i < values.size(); i++) {
      found.add(new Sample(values.time(i), values.value(i)));
    }
    return found;
  }

  private Map<Long, List<Part>> parts(Collection<Long> series, long from, long to, long width)
      throws SQLException {
    var level = level(from, width);
    long fineFrom = level == Level.HOUR ? from : Math.max(from, tables.horizon(level));
    var found = new HashMap<Long, List<Part>>();
    // What is not kept as finely: first what is kept in hours alone, then in parts of 5 minutes.
    long hoursTo =
        level == Level.HOUR ? from : Math.clamp(tables.horizon(Level.FIVE_MINUTES), from, fineFrom);
    hoursTo = Math.min(hoursTo, to);
    fineFrom = Math.min(fineFrom, to);
    add(found, series, Level.HOUR, from, hoursTo, from, width);
    add(found, series, Level.FIVE_MINUTES, hoursTo, fineFrom, from, width);
    add(found, series, level, fineFrom, to, from, width);
    return found;
  }

  /** The coarsest level that shows what is asked for. */
  private static Level level(long from, long width) {
    for (var level : List.of(Level.HOUR, Level.FIVE_MINUTES)) {
      boolean fits = width % level.width() == 0 && from % level.width() == 0;
      if (fits || width >= PARTS_IN_ONE * level.width()) {
        return level;
      }
    }
    return Level.RAW;
  }

  private void add(
      Map<Long, List<Part>> found,
      Collection<Long> series,
      Level level,
      long from,
      long to,
      long origin,
      long width)
      throws SQLException {
    if (from >= to) {
      return;
    }
    var all = List.copyOf(series);
    int most = Math.max(1, MOST_CHUNKS / Math.max(1, tables.blocks(level, from, to).size()));
    for (int i = 0; i < all.size(); i += most) {
      addSome(
          found, all.subList(i, Math.min(all.size(), i + most)), level, from, to, origin, width);
    }
  }

  private void addSome(
      Map<Long, List<Part>> found,
      List<Long> series,
      Level level,
      long from,
      long to,
      long origin,
      long width)
      throws SQLException {
    if (level == Level.RAW) {
      for (var one : raw(series, from, to).entrySet()) {
        add(found, one.getKey(), Parts.of(one.getValue(), origin, width));
      }
      return;
    }
    for (var one : kept(series, level, from, to).entrySet()) {
      add(
          found,
          one.getKey(),
          one.getValue().gathered(from, to, origin, Math.max(width, level.width())));
    }
  }

  private static void add(Map<Long, List<Part>> found, long series, Parts parts) {
    if (parts.size() == 0) {
      return;
    }
    var list = found.computeIfAbsent(series, _ -> new ArrayList<>(parts.size()));
    for (int i = 0; i < parts.size(); i++) {
      var part =
          new Part(
              parts.time(i),
              parts.count(i),
              parts.min(i),
              parts.max(i),
              parts.sum(i),
              parts.last(i));
      // Where two levels meet in one part.
      if (!list.isEmpty() && list.getLast().time() == part.time()) {
        list.add(joined(list.removeLast(), part));
      } else {
        list.add(part);
      }
    }
  }

  private static Part joined(Part a, Part b) {
    return new Part(
        a.time(),
        a.count() + b.count(),
        Math.min(a.min(), b.min()),
        Math.max(a.max(), b.max()),
        a.sum() + b.sum(),
        b.last());
  }

  /** Values as they were measured. */
  private Map<Long, TimedValues> raw(Collection<Long> series, long first, long to)
      throws SQLException {
    long from = Math.max(first, tables.horizon(Level.RAW));
    var blocks = tables.blocks(Level.RAW, from, to);
    var chunks = tables.read(Level.RAW, blocks, series);
    var found = new HashMap<Long, TimedValues>();
    for (long number : series) {
      var values = new TimedValues();
      for (long block : blocks) {
        var chunk = chunks.get(new SampleTables.Key(block, number));
        if (chunk != null) {
          values.addAll(Samples.values(chunk, block * Level.RAW.block()), from, to);
        }
      }
      var fresh = recent.get(number);
      if (fresh != null) {
        values.addAll(fresh, from, to);
        values.order();
      }
      if (values.size() > 0) {
        found.put(number, values);
      }
    }
    return found;
  }

  /** Parts of a level, with what is not gathered yet. */
  private Map<Long, Parts> kept(Collection<Long> series, Level level, long from, long to)
      throws SQLException {
    var blocks = tables.blocks(level, from, to);
    var chunks = tables.read(level, blocks, series);
    var found = new HashMap<Long, Parts>();
    for (long number : series) {
      Parts parts = null;
      for (long block : blocks) {
        var chunk = chunks.get(new SampleTables.Key(block, number));
        if (chunk != null) {
          long begin = block * level.block();
          var more = Samples.parts(level, chunk, begin);
          parts = parts == null ? more : parts.replaced(more, begin, begin + level.block());
        }
      }
      if (parts != null) {
        found.put(number, parts);
      }
    }
    addRecent(found, series, level, from, to);
    return found;
  }

  /** Makes the parts of blocks anew to which values came that are not gathered yet. */
  private void addRecent(
      Map<Long, Parts> found, Collection<Long> series, Level level, long from, long to)
      throws SQLException {
    var seriesOfBlock = new HashMap<Long, Set<Long>>();
    for (long one : series) {
      var values = recent.getOrDefault(one, new TimedValues());
      for (int i = 0; i < values.size(); ) {
        long block = Level.RAW.blockOf(values.time(i));
        long begin = block * Level.RAW.block();
        if (begin + Level.RAW.block() > from && begin < to) {
          seriesOfBlock.computeIfAbsent(block, _ -> new HashSet<>()).add(one);
        }
        i = values.indexOf(begin + Level.RAW.block());
      }
    }
    for (var one : seriesOfBlock.entrySet()) {
      long begin = one.getKey() * Level.RAW.block();
      long end = begin + Level.RAW.block();
      boolean isKept = begin >= tables.horizon(Level.RAW);
      var chunks =
          isKept
              ? tables.read(Level.RAW, List.of(one.getKey()), one.getValue())
              : Map.<SampleTables.Key, byte[]>of();
      for (long number : one.getValue()) {
        var chunk = chunks.get(new SampleTables.Key(one.getKey(), number));
        var values = Samples.values(chunk == null ? new byte[0] : chunk, begin);
        values.addAll(recent.getOrDefault(number, new TimedValues()), begin, end);
        values.order();
        var anew = Parts.of(values, 0, level.width());
        var parts = found.getOrDefault(number, new Parts(level.width()));
        found.put(number, isKept ? parts.replaced(anew, begin, end) : parts.plus(anew));
      }
    }
  }

  /** What is not gathered yet of the blocks that a span touches. */
  private static Map<Long, TimedValues> readRecent(
      Connection connection, Collection<Long> series, long from, long to) throws SQLException {
    var recent = new HashMap<Long, TimedValues>();
    var wanted = new HashSet<>(series);
    long first = Level.RAW.blockOf(from) * Level.RAW.block();
    long end = Math.ceilDiv(Math.min(to, END), Level.RAW.block()) * Level.RAW.block();
    var agents = agents(connection, series);
    var sql =
        "SELECT data FROM samples_recent"
            + (agents.size() > MOST_AGENTS
                ? ""
                : " WHERE agent IN (" + SampleTables.numbers(agents) + ")")
            + " ORDER BY number";
    if (agents.isEmpty()) {
      return recent;
    }
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Packed.each(
            rows.getBytes(1),
            (number, time, value) -> {
              if (time >= first && time < end && wanted.contains(number)) {
                recent.computeIfAbsent(number, _ -> new TimedValues()).add(time, value);
              }
            });
      }
    }
    recent.values().forEach(TimedValues::order);
    return recent;
  }

  private static Set<Long> agents(Connection connection, Collection<Long> series)
      throws SQLException {
    var agents = new TreeSet<Long>();
    var all = new ArrayList<>(series);
    for (int from = 0; from < all.size(); from += MOST_AGENTS) {
      var some = all.subList(from, Math.min(all.size(), from + MOST_AGENTS));
      try (var statement = connection.createStatement();
          var rows =
              statement.executeQuery(
                  "SELECT DISTINCT agent FROM series WHERE number IN ("
                      + SampleTables.numbers(some)
                      + ")")) {
        while (rows.next()) {
          agents.add(rows.getLong(1));
        }
      }
    }
    return agents;
  }
}
