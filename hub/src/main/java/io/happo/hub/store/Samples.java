package io.happo.hub.store;

import io.happo.core.MetricName;
import io.happo.core.plan.Target;
import io.happo.hub.metrics.Level;
import io.happo.hub.metrics.Part;
import io.happo.hub.metrics.Parts;
import io.happo.hub.metrics.TimedValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What was measured; intake alone writes it. */
public final class Samples {
  private static final System.Logger LOG = System.getLogger(Samples.class.getName());

  /**
   * One value.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public record Sample(long time, double value) {}

  /**
   * Which series are looked for: those that suit all of it. In a pattern {@code *} stands for any
   * characters.
   *
   * @param name pattern; of the metric's name with its tags where it has a {@code ;}, else without
   * @param check pattern of its check's name, which is empty where no check measures it
   * @param host pattern
   * @param agents their numbers; empty: of any
   */
  public record Wanted(String name, String check, String host, Optional<Set<Long>> agents) {
    /** Whether the name of a series is meant. */
    boolean isNamed(String stored) {
      return suits(name, MetricName.seenBy(name, stored));
    }
  }

  /**
   * One that was found.
   *
   * @param agent number of its agent; 0: nobody's
   * @param check name of the check that measures it; empty when none does
   */
  public record Found(long agent, String check, SeriesRow row) {}

  /**
   * What series are called, without tags.
   *
   * @param check name of the check that measures them; empty when none does
   * @param series how many there are
   */
  public record Name(String name, String check, String unit, long series) {
    private Name with(Name other) {
      return new Name(name, check, unit, series + other.series);
    }
  }

  static final String SERIES =
      "SELECT number, check_number, host, name, unit, warn, crit, low, high, seen FROM series";

  private static final String FROM_SERIES =
      " FROM series s LEFT JOIN checks c ON c.number = s.check_number";

  private static final Comparator<Name> BY_NAME =
      Comparator.comparing(Name::name).thenComparing(Name::check).thenComparing(Name::unit);

  private final Store store;

  public Samples(Store store) {
    this.store = store;
  }

  /** The series of one agent, by check, host, name and unit. */
  public List<SeriesRow> series(long agent) {
    return store.read(
        h ->
            h.createQuery(SERIES + " WHERE agent = :agent ORDER BY check_number, host, name, unit")
                .bind("agent", agent)
                .map((rows, _) -> series(rows))
                .list());
  }

  /** Those that a check measures, by name and unit. */
  public List<SeriesRow> series(long agent, long check) {
    return store.read(
        h ->
            h.createQuery(
                    SERIES
                        + " WHERE agent = :agent AND check_number = :check AND host = ''"
                        + " ORDER BY name, unit")
                .bind("agent", agent)
                .bind("check", check)
                .map((rows, _) -> series(rows))
                .list());
  }

  /**
   * Series of all agents, in the order of their agents' numbers.
   *
   * @param suits what else must be true of them
   * @param most so many
   */
  public List<Found> find(Wanted wanted, Predicate<Found> suits, int most) {
    if (wanted.agents.isPresent() && wanted.agents.get().isEmpty()) {
      return List.of();
    }
    // What the engine finds are a few more: the one does not tell small letters from capital ones.
    var sql =
        "SELECT s.number, s.check_number, s.host, s.name, s.unit, s.warn, s.crit, s.low, s.high,"
            + " s.seen, s.agent, coalesce(c.name, '')"
            + FROM_SERIES
            + " WHERE s.agent BETWEEN :least AND :most"
            + " AND (s.name LIKE :name ESCAPE '!' OR s.name LIKE :tagged ESCAPE '!')"
            + " AND s.host LIKE :host ESCAPE '!' AND coalesce(c.name, '') LIKE :check ESCAPE '!'"
            + " ORDER BY s.agent, s.check_number, s.host, s.name, s.unit";
    return store.read(
        h -> {
          var query =
              h.createQuery(sql)
                  .bind("least", wanted.agents.map(Samples::least).orElse(0L))
                  .bind("most", wanted.agents.map(Samples::greatest).orElse(Long.MAX_VALUE))
                  .bind("name", like(wanted.name))
                  .bind("tagged", like(wanted.name + ";*"))
                  .bind("host", like(wanted.host))
                  .bind("check", like(wanted.check));
          try (var all =
              query
                  .map((rows, _) -> new Found(rows.getLong(11), rows.getString(12), series(rows)))
                  .stream()) {
            return all.filter(found -> is(wanted, found) && suits.test(found)).limit(most).toList();
          }
        });
  }

  private static long least(Set<Long> numbers) {
    return numbers.stream().min(Comparator.naturalOrder()).orElse(0L);
  }

  private static long greatest(Set<Long> numbers) {
    return numbers.stream().max(Comparator.naturalOrder()).orElse(0L);
  }

  private static boolean is(Wanted wanted, Found found) {
    return wanted.agents.map(all -> all.contains(found.agent)).orElse(true)
        && suits(wanted.check, found.check)
        && suits(wanted.host, found.row.key().host())
        && wanted.isNamed(found.row.key().name());
  }

  private static boolean suits(String pattern, String text) {
    return pattern.equals("*") || Target.suits(List.of(pattern), text);
  }

  /** A pattern as SQL has it, with {@code !} before what would mean something there. */
  private static String like(String pattern) {
    return Columns.text(pattern.replaceAll("[!%_]", "!$0").replace('*', '%'));
  }

  /**
   * What series are called, in the order of names, checks and units.
   *
   * @param search what is in their name or their check's, small letters or capital ones
   * @param check pattern of their check's name
   * @param agent number of the only one; empty: of any
   */
  public List<Name> names(String search, String check, OptionalLong agent) {
    var searched = search.toLowerCase(Locale.ROOT);
    var sql =
        "SELECT s.name, coalesce(c.name, ''), s.unit, count(*)"
            + FROM_SERIES
            + " WHERE s.agent BETWEEN :least AND :most GROUP BY 1, 2, 3";
    var all =
        store.read(
            h ->
                h.createQuery(sql)
                    .bind("least", agent.orElse(0))
                    .bind("most", agent.orElse(Long.MAX_VALUE))
                    .map(
                        (rows, _) ->
                            new Name(
                                MetricName.of(rows.getString(1)).name(),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getLong(4)))
                    .list());
    var names = new TreeMap<Name, Name>(BY_NAME);
    for (var one : all) {
      if (suits(check, one.check)
          && (contains(one.name, searched) || contains(one.check, searched))) {
        names.merge(one, one, Name::with); // Those that only their tags tell apart.
      }
    }
    return List.copyOf(names.values());
  }

  private static boolean contains(String text, String small) {
    return text.toLowerCase(Locale.ROOT).contains(small);
  }

  /**
   * What was measured of series, gathered in equal parts of a span of time, in their order; parts
   * without a value that could be told are left out, and series without a part. Parts that no level
   * is fine enough for are as wide as there are: of a past of which not each value is kept any
   * more, 5 minutes, and further back an hour.
   *
   * @param series their numbers
   * @param from when the first part begins
   * @param to behind the last value; later
   * @param width of a part, milliseconds
   */
  public Map<Long, List<Part>> parts(Collection<Long> series, long from, long to, long width) {
    return store.read(h -> SampleReading.parts(h.getConnection(), store, series, from, to, width));
  }

  /**
   * The values of a series in the order of time, as far as each is kept.
   *
   * @param from first time
   * @param to time behind the last
   * @param most values, the newest
   */
  public List<Sample> of(long series, long from, long to, int most) {
    return store.read(h -> SampleReading.values(h.getConnection(), store, series, from, to, most));
  }

  /** What a chunk holds; one that is damaged is told in the log, and holds nothing. */
  static TimedValues values(byte[] chunk, long base) {
    try {
      return chunk.length == 0 ? new TimedValues() : TimedValues.ofChunk(chunk, base);
    } catch (IllegalArgumentException e) {
      damaged(Level.RAW, base, e);
      return new TimedValues();
    }
  }

  /** As {@link #values}. */
  static Parts parts(Level level, byte[] chunk, long base) {
    try {
      return chunk.length == 0
          ? new Parts(level.width())
          : Parts.ofChunk(chunk, base, level.width());
    } catch (IllegalArgumentException e) {
      damaged(level, base, e);
      return new Parts(level.width());
    }
  }

  private static void damaged(Level level, long base, IllegalArgumentException e) {
    LOG.log(
        System.Logger.Level.ERROR,
        "the store is damaged: values of the level {0} since {1} are lost: {2}",
        level.text(),
        Instant.ofEpochMilli(base),
        e.getMessage());
  }

  static SeriesRow series(ResultSet rows) throws SQLException {
    return new SeriesRow(
        rows.getLong(1),
        new SeriesRow.Key(rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)),
        new SeriesRow.Thresholds(
            rows.getString(6), rows.getString(7), rows.getString(8), rows.getString(9)),
        rows.getLong(10));
  }
}
