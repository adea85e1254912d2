package io.happo.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.hub.metrics.Level;
import io.happo.hub.metrics.Part;
import io.happo.hub.metrics.Parts;
import io.happo.hub.metrics.TimedValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of what was measured, at every level, with every engine of the store. */
abstract class SamplesContract {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final long BEGIN = 20_000 * DAY; // in October 2024
  private static final long AGENT = 4;

  private Store store;
  private Samples samples;
  private Gathering gathering;

  /** Of each series all that was added, by time. */
  private final Map<Long, TreeMap<Long, Double>> added = new HashMap<>();

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    samples = new Samples(store);
    gathering = new Gathering(store);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private long series(String name) {
    try (var transaction = store.begin(BEGIN)) {
      long number =
          transaction.series(AGENT, new SeriesRow.Key(0, "", name, ""), SeriesRow.Thresholds.NONE);
      transaction.commit();
      return number;
    }
  }

  /** One value, told to the model too. */
  private void add(IntakeTransaction transaction, long series, long time, double value) {
    transaction.addSample(AGENT, series, time, value);
    added.computeIfAbsent(series, _ -> new TreeMap<>()).put(time, value);
  }

  private void add(long series, long from, long to, long step, double value) {
    try (var transaction = store.begin(to)) {
      for (long time = from; time < to; time += step) {
        add(transaction, series, time, value + (time / step) % 7);
      }
      transaction.commit();
    }
  }

  /** What parts there should be, computed from all that was added. */
  private List<Part> expected(long series, long from, long to, long width) {
    var values = new TimedValues();
    added.getOrDefault(series, new TreeMap<>()).subMap(from, to).forEach(values::add);
    return list(Parts.of(values, from, width));
  }

  private static List<Part> list(Parts parts) {
    var list = new ArrayList<Part>();
    for (int i = 0; i < parts.size(); i++) {
      list.add(
          new Part(
              parts.time(i),
              parts.count(i),
              parts.min(i),
              parts.max(i),
              parts.sum(i),
              parts.last(i)));
    }
    return list;
  }

  private List<Part> parts(long series, long from, long to, long width) {
    return samples.parts(List.of(series), from, to, width).getOrDefault(series, List.of());
  }

  /** All levels of all series, each as wide as it is kept. */
  private void assertAllLevels(long from, long to) {
    for (var series : added.keySet()) {
      for (var level : Level.values()) {
        assertThat(parts(series, from, to, level.width()))
            .as("series %d, level %s", series, level)
            .isEqualTo(expected(series, from, to, level.width()));
      }
    }
  }

  @Test
  void every_level_is_what_the_values_make_of_it_however_they_come() {
    var random = new Random(11);
    var all = List.of(series("a"), series("b"), series("c"));
    for (int round = 0; round < 25; round++) {
      try (var transaction = store.begin(BEGIN)) {
        for (int i = 0; i < 120; i++) {
          long series = all.get(random.nextInt(all.size()));
          // New values, late ones, values at a time that there is one of, and some nobody could
          // tell.
          long time = BEGIN + random.nextLong(3 * DAY) / 20_000 * 20_000;
          double value = random.nextInt(20) == 0 ? Double.NaN : random.nextInt(1_000) / 8.0;
          add(transaction, series, time, value);
        }
        transaction.commit();
      }
      if (random.nextInt(3) == 0) {
        gathering.gather();
      }
      if (round % 8 == 0) {
        assertAllLevels(BEGIN, BEGIN + 3 * DAY);
      }
    }
    assertAllLevels(BEGIN, BEGIN + 3 * DAY);
    gathering.gather();
    assertThat(gathering.backlog().bytes()).isZero();
    assertAllLevels(BEGIN, BEGIN + 3 * DAY);
  }

  @Test
  void many_series_at_once_are_each_as_if_asked_for_alone() {
    var all = new ArrayList<Long>();
    for (int i = 0; i < 300; i++) {
      all.add(series("many" + i));
    }
    for (int i = 0; i < all.size(); i++) {
      add(all.get(i), BEGIN, BEGIN + DAY, DAY / 6, i);
      if (i == all.size() / 2) {
        gathering.gather();
      }
    }
    for (long width : List.of(Level.RAW.block() - 1, Level.HOUR.width())) {
      var found = samples.parts(all, BEGIN, BEGIN + DAY, width);
      for (long one : all) {
        assertThat(found.get(one)).isEqualTo(expected(one, BEGIN, BEGIN + DAY, width));
      }
    }
  }

  @Test
  void much_of_one_agent_is_gathered_in_several_steps() {
    var all = List.of(series("a"), series("b"));
    for (int day = 0; day < 40; day++) {
      add(all.get(day % 2), BEGIN + day * DAY / 10, BEGIN + (day + 1) * DAY / 10, 5_000, day / 3.0);
    }
    int steps = 0;
    for (gathering.begin(); gathering.isUnderWay(); steps++) {
      gathering.step();
    }
    assertThat(steps).isBetween(2, 10);
    assertThat(gathering.backlog().bytes()).isZero();
    assertAllLevels(BEGIN, BEGIN + 4 * DAY);
  }

  @Test
  void a_chunk_that_is_damaged_costs_what_was_in_it_and_no_more() {
    long bad = series("bad");
    long good = series("good");
    add(bad, BEGIN, BEGIN + DAY, DAY / 100, 1);
    gathering.gather();
    store.write(
        h ->
            h.createUpdate("UPDATE samples_raw_" + Level.RAW.periodOf(BEGIN) + " SET data = :data")
                .bind("data", new byte[] {1, 2, 3})
                .execute());
    added.clear();
    add(bad, BEGIN, BEGIN + 10, 10, 2);
    add(good, BEGIN, BEGIN + DAY, DAY / 100, 3);
    gathering.gather();
    assertThat(gathering.backlog().bytes()).isZero();
    assertThat(parts(good, BEGIN, BEGIN + DAY, 1_000))
        .isEqualTo(expected(good, BEGIN, BEGIN + DAY, 1_000));
    assertThat(parts(bad, BEGIN, BEGIN + Level.RAW.block(), 1_000))
        .isEqualTo(expected(bad, BEGIN, BEGIN + Level.RAW.block(), 1_000));
  }

  @Test
  void what_comes_late_changes_the_parts_that_it_belongs_to_and_no_others() {
    long series = series("late");
    long outage = BEGIN + 10 * HOUR + 7 * 60_000; // for two hours
    long end = outage + 2 * HOUR;
    add(series, BEGIN, outage, 60_000, 5);
    add(series, end, BEGIN + DAY, 60_000, 5);
    gathering.gather();
    var before = new HashMap<Level, List<Part>>();
    for (var level : Level.values()) {
      before.put(level, parts(series, BEGIN, BEGIN + DAY, level.width()));
    }
    add(series, outage, end, 60_000, 900);
    for (boolean gathered : new boolean[] {false, true}) {
      for (var level : Level.values()) {
        var now = parts(series, BEGIN, BEGIN + DAY, level.width());
        var changed = new ArrayList<>(now);
        changed.removeAll(before.getOrDefault(level, List.of()));
        assertThat(changed)
            .as("level %s, gathered %s", level, gathered)
            .hasSize(
                switch (level) {
                  case RAW -> 120;
                  case FIVE_MINUTES -> 25; // It began in one, and ended in one.
                  case HOUR -> 3;
                })
            .allMatch(
                part -> part.time() + level.width() > outage && part.time() < end, "in the outage");
        assertThat(now).hasSameSizeAs(expected(series, BEGIN, BEGIN + DAY, level.width()));
      }
      assertAllLevels(BEGIN, BEGIN + DAY);
      gathering.gather();
    }
  }

  @Test
  void wider_parts_are_made_of_the_coarsest_level_that_has_them() {
    long series = series("wide");
    add(series, BEGIN, BEGIN + 3 * DAY, 60_000, 2);
    gathering.gather();
    for (long width : new long[] {60_000, 600_000, 3 * HOUR, DAY}) {
      assertThat(parts(series, BEGIN, BEGIN + 3 * DAY, width))
          .isEqualTo(expected(series, BEGIN, BEGIN + 3 * DAY, width));
    }
    // Parts that begin in the midst of those that are kept hold the ones that begin in them.
    assertThat(parts(series, BEGIN + 1, BEGIN + DAY, 13 * HOUR + 1).size()).isEqualTo(2);
  }

  @Test
  void a_level_forgets_whole_periods_and_coarser_ones_show_what_was() {
    long series = series("old");
    add(series, BEGIN, BEGIN + 2 * DAY, 60_000, 2);
    gathering.gather();
    var retention = new Retention(store);
    assertThat(retention.samples(Level.RAW, BEGIN + DAY)).isEqualTo(1);
    assertThat(retention.samples(Level.RAW, BEGIN + DAY)).isZero();
    assertThat(samples.of(series, 0, Long.MAX_VALUE, 10_000)).hasSize(24 * 60);
    assertThat(parts(series, BEGIN, BEGIN + DAY, 60_000))
        .as("as fine as it is kept")
        .isEqualTo(expected(series, BEGIN, BEGIN + DAY, Level.FIVE_MINUTES.width()));
    assertThat(parts(series, BEGIN, BEGIN + 2 * DAY, 6 * HOUR))
        .isEqualTo(expected(series, BEGIN, BEGIN + 2 * DAY, 6 * HOUR));
    assertThat(parts(series, BEGIN, BEGIN + 2 * DAY, 60_000)).hasSize(24 * 12 + 24 * 60);

    // What is forgotten as values is added to, as parts: before it is gathered, and after.
    try (var transaction = store.begin(BEGIN)) {
      add(transaction, series, BEGIN + 1, 1_000);
      add(transaction, series, BEGIN + 2, 3_000);
      transaction.commit();
    }
    for (int i = 0; i < 2; i++) {
      var first = parts(series, BEGIN, BEGIN + DAY, HOUR).getFirst();
      assertThat(first.count()).isEqualTo(62);
      assertThat(first.max()).isEqualTo(3_000);
      gathering.gather();
    }
    assertThat(samples.of(series, 0, BEGIN + DAY, 10)).isEmpty();

    assertThat(retention.samples(Level.FIVE_MINUTES, BEGIN + 16 * DAY)).isEqualTo(1);
    assertThat(parts(series, BEGIN, BEGIN + DAY, 60_000)).hasSize(24);
    assertThat(retention.samples(Level.HOUR, BEGIN + 200 * DAY)).isEqualTo(1);
    assertThat(parts(series, BEGIN, BEGIN + DAY, 60_000)).isEmpty();
  }

  @Test
  void whoever_sends_on_gets_all_in_order_and_what_is_gathered_waits_for_him() {
    var log = new SampleLog(store);
    long series = series("log");
    add(series, BEGIN, BEGIN + 600_000, 60_000, 1);
    gathering.gather();
    assertThat(log.after(0, 10)).as("nobody waits for it").isEmpty();
    log.setPosition("other", log.last());
    log.setPosition("prometheus", log.last());

    add(series, BEGIN + HOUR, BEGIN + HOUR + 60_000, 60_000, 1);
    add(series, BEGIN + 2 * HOUR, BEGIN + 2 * HOUR + 120_000, 60_000, 1);
    var all = log.after(log.position("prometheus").orElseThrow(), 10);
    assertThat(all).hasSize(2);
    assertThat(all.getLast().samples())
        .extracting(SampleLog.Sample::time)
        .containsExactly(BEGIN + 2 * HOUR, BEGIN + 2 * HOUR + 60_000);
    gathering.gather();
    assertThat(log.after(log.position("prometheus").orElseThrow(), 10)).isEqualTo(all);
    assertThat(log.readers()).containsExactlyInAnyOrder("other", "prometheus");

    log.setPosition("prometheus", all.getFirst().number());
    log.setPosition("other", all.getLast().number());
    assertThat(log.shrink(0, -1, 100).lost()).isZero();
    assertThat(log.lost()).isZero();
    assertThat(log.after(0, 10)).isEqualTo(all.subList(1, 2));
    assertThat(log.shrink(Long.MAX_VALUE, -1, 100).lost()).as("too old").isEqualTo(1);
    assertThat(log.lost()).isEqualTo(all.getLast().number());
    assertThat(log.last()).isEqualTo(all.getLast().number());
    log.forget("prometheus");
    log.forget("other");
    assertThat(log.position("other")).isEmpty();
  }

  @Test
  void what_waits_too_long_for_an_output_goes_the_oldest_first() {
    var log = new SampleLog(store);
    long series = series("much");
    log.setPosition("dead", 0);
    for (int i = 0; i < 20; i++) {
      add(series, BEGIN + i * HOUR, BEGIN + i * HOUR + 60_000, 60_000, 1);
    }
    gathering.gather();
    var all = log.after(0, 100);
    assertThat(all).hasSize(20);
    long bytes = log.waitingBytes();
    var slice = log.shrink(0, bytes / 2, 100);
    assertThat(slice.lost()).isBetween(5L, 15L);
    assertThat(slice.bytes())
        .isEqualTo(bytes - log.waitingBytes())
        .isGreaterThanOrEqualTo(bytes / 2);
    assertThat(slice.end()).isTrue();
    assertThat(log.lost()).isEqualTo(log.after(0, 1).getFirst().number() - 1);
    assertThat(log.after(0, 100)).isEqualTo(all.subList((int) slice.lost(), 20));
  }

  @Test
  void what_waits_is_thrown_away_in_slices_and_what_is_lost_is_counted_right() {
    var log = new SampleLog(store);
    long series = series("sliced");
    log.setPosition("dead", 0);
    for (int i = 0; i < 20; i++) {
      add(series, BEGIN + i * HOUR, BEGIN + i * HOUR + 60_000, 60_000, 1);
    }
    gathering.gather();
    var all = log.after(0, 100);
    log.setPosition("dead", all.get(4).number());
    long before = all.get(16).received();
    var slices = new ArrayList<SampleLog.Slice>();
    do {
      slices.add(log.shrink(before, -1, 7));
    } while (!slices.getLast().end());
    assertThat(slices).extracting(SampleLog.Slice::lost).containsExactly(2L, 7L, 2L);
    assertThat(log.lost()).isEqualTo(all.get(15).number());
    assertThat(log.after(0, 100)).isEqualTo(all.subList(16, 20));
  }

  @Test
  void where_the_log_was_at_a_time_is_found_in_what_is_gathered_and_what_is_not() {
    var log = new SampleLog(store);
    assertThat(log.before(Long.MAX_VALUE)).isZero();
    long series = series("found");
    log.setPosition("other", 0);
    for (int i = 0; i < 6; i++) {
      add(series, BEGIN + i * HOUR, BEGIN + i * HOUR + 60_000, 60_000, 1);
      if (i == 2) {
        gathering.gather();
      }
    }
    var all = log.after(0, 100);
    assertThat(all).hasSize(6);
    assertThat(log.before(all.getFirst().received())).isZero();
    for (int i = 1; i < 6; i++) {
      assertThat(log.before(all.get(i).received())).isEqualTo(all.get(i - 1).number());
    }
    assertThat(log.before(Long.MAX_VALUE)).isEqualTo(log.last());
  }
}
