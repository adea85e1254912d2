package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.Range;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Events;
import io.happo.hub.store.Results;
import io.happo.hub.store.Retention;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesRow;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What intake does with every engine of the store. */
abstract class IntakeContract {
  static final long NOW = 1_800_000_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  static final IntakeLimits LIMITS =
      new IntakeLimits(
          10_000,
          64L << 20,
          5_000,
          Duration.ofMillis(1),
          40,
          PATIENCE,
          100_000,
          IntakeLimits.Metrics.DEFAULT);

  private static IntakeLimits limits(int items, int known, Duration patience) {
    return new IntakeLimits(
        items, 1 << 20, 10, Duration.ZERO, 40, patience, known, IntakeLimits.Metrics.DEFAULT);
  }

  Store store;
  Intake intake;

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    intake = started((_, _) -> CheckSettings.DEFAULT, LIMITS);
  }

  Intake started(Intake.Rules rules, IntakeLimits limits) {
    var made =
        new Intake(store, rules, limits, InstantSource.fixed(java.time.Instant.ofEpochMilli(NOW)));
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  static Item.CheckResult result(String check, long time, int status, String output) {
    return new Item.CheckResult(check, time, 12, status, status, output, "plan-1");
  }

  static ToHub.Results batch(String epoch, long first, Item... items) {
    return new ToHub.Results(epoch, first, List.of(items));
  }

  /** Results of one check, whose time is NOW and the sequence. */
  static ToHub.Results batch(String epoch, long first, long last) {
    var items = new ArrayList<Item>();
    LongStream.rangeClosed(first, last)
        .forEach(
            sequence -> items.add(result("ping", NOW + sequence - 100_000, 0, "#" + sequence)));
    return new ToHub.Results(epoch, first, items);
  }

  void deliver(long agent, ToHub.Results batch) throws InterruptedException {
    intake.submit(agent, batch).join();
  }

  List<Results.Row> history(long agent, String check) {
    var found = new Checks(store).find(agent, check).orElseThrow();
    return new Results(store).ofCheck(found.number(), 0, Long.MAX_VALUE, 1_000_000);
  }

  List<Long> sequences(long agent) {
    return history(agent, "ping").stream().map(Results.Row::sequence).sorted().toList();
  }

  static List<Long> sequences(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void every_kind_of_item_is_stored_with_its_own_time() throws Exception {
    var metrics = new TreeMap<String, Double>(Map.of("cpu.user", 1.5, "cpu.idle", 98.0));
    deliver(
        7,
        batch(
            "e1",
            1,
            result("load", NOW - 5_000, 1, "WARNING|load1=5.5;5;10;0; 'a b'=U temp=-3.5C"),
            new Item.Metrics(new MetricBatch("db1", 1_700_000_000, metrics)),
            new Item.Event(
                "agent-started", NOW - 9_000, "it runs", new TreeMap<>(Map.of("n", "1")))));

    var check = new Checks(store).find(7, "load").orElseThrow();
    assertThat(check.state().status()).isEqualTo(1);
    assertThat(check.state().time()).isEqualTo(NOW - 5_000);
    assertThat(check.plan()).isEqualTo("plan-1");
    assertThat(check.output()).startsWith("WARNING|load1");
    assertThat(history(7, "load"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.time()).isEqualTo(NOW - 5_000);
              assertThat(row.sequence()).isEqualTo(1);
              assertThat(row.exit()).isEqualTo(1);
              assertThat(row.durationMillis()).isEqualTo(12);
              assertThat(row.output()).isEqualTo(check.output());
              assertThat(row.plan()).isEqualTo("plan-1");
            });

    var samples = new Samples(store);
    var series = samples.series(7);
    assertThat(series)
        .extracting(SeriesRow::key)
        .containsExactlyInAnyOrder(
            new SeriesRow.Key(0, "db1", "cpu.idle", ""),
            new SeriesRow.Key(0, "db1", "cpu.user", ""),
            new SeriesRow.Key(check.number(), "", "load1", ""),
            new SeriesRow.Key(check.number(), "", "a b", ""),
            new SeriesRow.Key(check.number(), "", "temp", "C"));
    assertThat(samples(series, "cpu.user"))
        .containsExactly(new Samples.Sample(1_700_000_000_000L, 1.5));
    assertThat(samples(series, "load1")).containsExactly(new Samples.Sample(NOW - 5_000, 5.5));
    assertThat(samples(series, "a b")).containsExactly(new Samples.Sample(NOW - 5_000, Double.NaN));
    assertThat(series)
        .filteredOn(one -> one.key().name().equals("load1"))
        .extracting(SeriesRow::thresholds)
        .containsExactly(new SeriesRow.Thresholds("5", "10", "0", ""));

    assertThat(new Events(store).ofAgent(7, Long.MAX_VALUE, 10))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.name()).isEqualTo("agent-started");
              assertThat(event.time()).isEqualTo(NOW - 9_000);
              assertThat(event.details()).isEqualTo(Map.of("n", "1"));
            });
  }

  private List<Samples.Sample> samples(List<SeriesRow> series, String name) {
    var number =
        series.stream()
            .filter(one -> one.key().name().equals(name))
            .findFirst()
            .orElseThrow()
            .number();
    return new Samples(store).of(number, 0, Long.MAX_VALUE, 100);
  }

  @Test
  void what_comes_again_is_passed_over() throws Exception {
    deliver(1, batch("e1", 1, 10));
    deliver(1, batch("e1", 1, 10));
    deliver(1, batch("e1", 6, 15));
    assertThat(sequences(1)).isEqualTo(sequences(1, 15));
    assertThat(new Results(store).stored(1, "e1")).containsExactly(new Range(1, 15));
    assertThat(intake.health().storedItems()).isEqualTo(15);
    assertThat(intake.health().knownItems()).isEqualTo(15);
  }

  @Test
  void fresh_results_come_before_the_backlog_and_gaps_are_filled() throws Exception {
    deliver(1, batch("e1", 101, 110));
    deliver(1, batch("e1", 1, 50));
    assertThat(new Results(store).stored(1, "e1"))
        .containsExactly(new Range(1, 50), new Range(101, 110));
    deliver(1, batch("e1", 40, 105));
    assertThat(sequences(1)).isEqualTo(sequences(1, 110));
    assertThat(new Checks(store).find(1, "ping").orElseThrow().output()).isEqualTo("#110");
    assertThat(history(1, "ping")).isSortedAccordingTo((a, b) -> Long.compare(a.time(), b.time()));
  }

  @Test
  void another_queue_of_the_agent_has_sequences_of_its_own() throws Exception {
    var acks = new ArrayList<CompletableFuture<Void>>();
    for (var epoch : List.of("e1", "e2", "e1", "e3", "e2", "e1")) {
      acks.add(intake.submit(1, batch(epoch, 1, 3)));
    }
    acks.add(intake.submit(1, batch("e1", 4, 5)));
    acks.forEach(CompletableFuture::join);
    assertThat(new Results(store).stored(1, "e1")).containsExactly(new Range(1, 5));
    assertThat(new Results(store).stored(1, "e2")).containsExactly(new Range(1, 3));
    assertThat(new Results(store).stored(1, "none")).isEmpty();
    assertThat(history(1, "ping")).hasSize(5 + 3 + 3);
  }

  @Test
  void a_late_result_is_history_and_leaves_the_state() throws Exception {
    deliver(1, batch("e1", 2, result("disk", NOW - 1_000, 0, "now")));
    deliver(1, batch("e1", 1, result("disk", NOW - 60_000, 2, "then|a=1;9")));
    var disk = new Checks(store).find(1, "disk").orElseThrow();
    assertThat(disk.state().status()).isEqualTo(0);
    assertThat(disk.output()).isEqualTo("now");
    assertThat(history(1, "disk")).extracting("output").containsExactly("then|a=1;9", "now");
    assertThat(problems()).isEmpty();
  }

  private List<Checks.Current> problems() {
    return new Checks(store).some(Checks.Which.PROBLEM, OptionalLong.empty(), 0, 10);
  }

  @Test
  void a_problem_becomes_hard_across_restarts_of_the_hub() throws Exception {
    for (int i = 1; i <= 3; i++) {
      deliver(1, batch("e1", i, result("disk", NOW - 1_000 + i, 2, "full " + i)));
      intake.close();
      intake = started((_, _) -> CheckSettings.DEFAULT, LIMITS);
    }
    deliver(1, batch("e1", 3, result("disk", NOW, 0, "again")));
    var disk = problems().getFirst();
    assertThat(disk.state().hardStatus()).isEqualTo(2);
    assertThat(disk.state().hardSince()).isEqualTo(NOW - 997);
    assertThat(disk.state().attempt()).isEqualTo(3);
    assertThat(disk.output()).isEqualTo("full 3");
    assertThat(history(1, "disk")).hasSize(3);
  }

  @Test
  void two_hubs_on_one_store_store_an_item_once() throws Exception {
    var other = started((_, _) -> CheckSettings.DEFAULT, LIMITS);
    try {
      deliver(1, batch("e1", 1, 5));
      other.submit(1, batch("e1", 1, 8)).join();
      deliver(1, batch("e1", 1, 10));
      other.submit(1, batch("e2", 1, 2)).join();
      deliver(1, batch("e2", 1, 3));
      var acks = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < 50; i++) {
        acks.add((i % 2 == 0 ? other : intake).submit(1, batch("e1", 11 + i / 2, 40)));
      }
      acks.forEach(CompletableFuture::join);
    } finally {
      other.close();
    }
    assertThat(new Results(store).stored(1, "e1")).containsExactly(new Range(1, 40));
    assertThat(history(1, "ping")).hasSize(40 + 3);
  }

  @Test
  void of_many_agents_at_once_each_item_is_stored_once() throws Exception {
    int agents = 40;
    var deliveries = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int agent = 1; agent <= agents; agent++) {
        long number = agent;
        deliveries.add(
            threads.submit(
                () -> {
                  var random = new Random(number);
                  var acks = new ArrayList<CompletableFuture<Void>>();
                  for (int i = 0; i < 60; i++) {
                    int first = 1 + random.nextInt(200);
                    acks.add(intake.submit(number, batch("e", first, first + random.nextInt(20))));
                  }
                  acks.add(intake.submit(number, batch("e", 1, 200)));
                  acks.forEach(CompletableFuture::join);
                  return null;
                }));
      }
    }
    for (var delivery : deliveries) {
      delivery.get();
    }
    for (int agent = 1; agent <= agents; agent++) {
      var stored = sequences(agent);
      assertThat(stored).doesNotHaveDuplicates().containsAll(sequences(1, 200));
      assertThat(new Results(store).stored(agent, "e"))
          .containsExactly(new Range(1, stored.getLast()));
    }
    assertThat(intake.health().storedItems()).isEqualTo(new Results(store).count());
    assertThat(intake.health().waitingItems()).isZero();
    assertThat(intake.health().waitingBytes()).isZero();
  }

  @Test
  void text_of_any_kind_and_names_of_any_length_are_stored() throws Exception {
    var name = "n\0" + "é".repeat(5_000);
    deliver(
        1,
        batch(
            "e",
            1,
            new Item.CheckResult(
                name, NOW, 1, 0, 0, "a\0b\uD800|'" + "l".repeat(900) + "'=1", "p\0"),
            new Item.CheckResult(name + "x", NOW, 1, 0, 0, "", ""),
            new Item.Event("e\0", NOW, "t\0", new TreeMap<>(Map.of("k\0", "v\0")))));
    assertThat(new Checks(store).some(Checks.Which.ALL, OptionalLong.of(1), 0, 10_000))
        .hasSize(2)
        .allSatisfy(check -> assertThat(check.name()).startsWith("n\uFFFDéé").hasSize(250))
        .anySatisfy(check -> assertThat(check.output()).startsWith("a\uFFFDb").contains("|'lll"));
    assertThat(new Samples(store).series(1)).hasSize(1);
    assertThat(new Events(store).ofAgent(1, Long.MAX_VALUE, 1))
        .extracting("name")
        .containsExactly("e\uFFFD");
    deliver(1, batch("e", 1, 2));
    assertThat(intake.health().knownItems()).isEqualTo(2);
    for (var epoch : List.of("", "e\0", "é", "e e", "e".repeat(101))) {
      assertThatThrownBy(() -> deliver(1, batch(epoch, 1, 2)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> deliver(1, batch("e", Long.MAX_VALUE, Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_batch_that_cannot_be_stored_keeps_no_other_out() throws Exception {
    intake.close();
    intake =
        started(
            (agent, _) -> {
              if (agent == 13) {
                throw new IllegalStateException("no rule for it");
              }
              return CheckSettings.DEFAULT;
            },
            LIMITS);
    var acks = new ArrayList<CompletableFuture<Void>>();
    for (long agent = 1; agent <= 20; agent++) {
      acks.add(intake.submit(agent, batch("e", 1, 2)));
    }
    for (int agent = 1; agent <= 20; agent++) {
      var ack = acks.get(agent - 1);
      if (agent == 13) {
        assertThatThrownBy(ack::join)
            .cause()
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("no rule for it");
      } else {
        ack.join();
      }
    }
    assertThat(new Results(store).count()).isEqualTo(19 * 2);
    assertThat(intake.health().refusedBatches()).isEqualTo(1);
    assertThat(new Results(store).stored(13, "e")).isEmpty();
  }

  @Test
  void what_waits_is_bounded_and_stopping_acknowledges_nothing_that_is_not_stored()
      throws Exception {
    intake.close();
    var go = new CountDownLatch(1);
    intake =
        started(
            (_, _) -> {
              awaitUninterruptibly(go);
              return CheckSettings.DEFAULT;
            },
            limits(100, 1_000, PATIENCE));
    var acks = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 10; i++) {
      acks.add(intake.submit(1, batch("e", 1 + 10L * i, 10 + 10L * i)));
    }
    assertThat(intake.health().waitingItems()).isEqualTo(100);
    var blocked = Thread.ofVirtual().start(() -> submitted(acks, batch("e", 101, 110)));
    await().until(() -> blocked.getState() == Thread.State.TIMED_WAITING);
    assertThat(acks).noneMatch(CompletableFuture::isDone);
    go.countDown();
    blocked.join();
    acks.forEach(CompletableFuture::join);
    assertThat(sequences(1)).isEqualTo(sequences(1, 110));
    intake.close();
    assertThatThrownBy(() -> intake.submit(1, batch("e", 111, 111)).join())
        .hasMessageContaining("nothing more is stored");
  }

  @Test
  void whoever_brings_more_does_not_wait_for_ever() throws Exception {
    intake.close();
    var go = new CountDownLatch(1);
    intake =
        started(
            (_, _) -> {
              awaitUninterruptibly(go);
              return CheckSettings.DEFAULT;
            },
            limits(10, 1_000, Duration.ofMillis(50)));
    var first = intake.submit(1, batch("e", 1, 10));
    assertThatThrownBy(() -> intake.submit(1, batch("e", 11, 20)).join())
        .hasMessageContaining("brought again later");
    go.countDown();
    first.join();
    assertThat(sequences(1)).isEqualTo(sequences(1, 10));
  }

  private void submitted(List<CompletableFuture<Void>> acks, ToHub.Results batch) {
    try {
      acks.add(intake.submit(1, batch));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void little_is_kept_in_memory_and_nothing_stored_twice_for_it() throws Exception {
    intake.close();
    intake = started((_, _) -> CheckSettings.DEFAULT, limits(1_000, 3, PATIENCE));
    for (int round = 0; round < 3; round++) {
      for (int agent = 1; agent <= 10; agent++) {
        deliver(agent, batch("e", 1 + round, 3 + round));
      }
    }
    for (int agent = 1; agent <= 10; agent++) {
      assertThat(sequences(agent)).isEqualTo(sequences(1, 5));
    }
  }

  @Test
  void old_history_is_forgotten_in_slices_and_the_state_stays() throws Exception {
    for (int agent = 1; agent <= 5; agent++) {
      deliver(
          agent,
          batch(
              "e",
              1,
              result("disk", NOW - 10_000, 0, "old|a=1"),
              result("disk", NOW - 5_000, 0, "new|a=2"),
              new Item.Event("old", NOW - 10_000, "", new TreeMap<>())));
    }
    new io.happo.hub.store.Settling(store).settle();
    var retention = new Retention(store);
    var first = retention.results(NOW - 5_000, 0, 3);
    assertThat(first.end()).isFalse();
    assertThat(first.rows()).isEqualTo(3);
    var second = retention.results(NOW - 5_000, first.last(), 3);
    assertThat(second.end()).isTrue();
    assertThat(second.rows()).isEqualTo(2);
    assertThat(retention.events(NOW, 3)).isEqualTo(3);
    assertThat(retention.events(NOW, 3)).isEqualTo(2);
    assertThat(history(4, "disk")).extracting("output").containsExactly("new|a=2");
    assertThat(new Checks(store).find(4, "disk")).isPresent();
  }

  @Test
  void what_is_reported_is_stored_between_what_the_agent_brings() throws Exception {
    deliver(7, batch("e1", 1, 2));
    for (int i = 0; i < 3; i++) {
      intake.report(7, "backup", 1, "size|gb=" + i, Optional.of(Duration.ofHours(1))).join();
      deliver(7, batch("e1", 1, 3 + i));
    }
    assertThat(sequences(7)).isEqualTo(sequences(1, 5));
    assertThat(history(7, "backup"))
        .extracting(Results.Row::sequence, Results.Row::output)
        .containsExactly(tuple(1L, "size|gb=0"), tuple(2L, "size|gb=1"), tuple(3L, "size|gb=2"));
    var check = new Checks(store).find(7, "backup").orElseThrow();
    assertThat(check.lateAt()).hasValue(NOW + 3_600_000);
    assertThat(check.state().hardStatus()).isEqualTo(1);
    assertThat(new Checks(store).find(7, "ping").orElseThrow().lateAt()).isEmpty();
    intake.close();
    intake = started((_, _) -> CheckSettings.DEFAULT, LIMITS);
    intake.report(7, "backup", 0, "after a start", Optional.empty()).join();
    assertThat(history(7, "backup")).hasSize(4);
  }
}
