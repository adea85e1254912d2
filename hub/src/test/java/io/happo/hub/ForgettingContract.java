package io.happo.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.Range;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.metrics.Level;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Events;
import io.happo.hub.store.Gathering;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Results;
import io.happo.hub.store.Retention;
import io.happo.hub.store.SampleLog;
import io.happo.hub.store.Samples;
import io.happo.hub.store.Settling;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is forgotten, with every engine of the store. */
@Timeout(60)
abstract class ForgettingContract {
  private static final long NOW = 1_800_000_000_000L;
  private static final Duration KEPT = Duration.ofDays(7);
  private static final long OLDEST = NOW - KEPT.toMillis();
  private static final long AGENT = 3;

  @TempDir Path folder;
  private Store store;
  private Intake intake;
  private Forgetting forgetting;
  private long now = NOW;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);

  /** An empty one. */
  abstract Store open(Path data) throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open(folder);
    intake = new Intake(store, (_, _) -> CheckSettings.DEFAULT, IntakeLimits.DEFAULT, clock);
    intake.start();
    forgetting = forgetting();
  }

  private Forgetting forgetting() {
    return new Forgetting(
        new Retention(store),
        new AlertBook(store),
        new Messages(store),
        new Inventories(store),
        new SampleLog(store),
        new HubValues(store),
        new Forgetting.Kept(
            KEPT,
            KEPT,
            Map.of(
                Level.RAW,
                KEPT,
                Level.FIVE_MINUTES,
                KEPT.multipliedBy(2),
                Level.HOUR,
                KEPT.multipliedBy(100))),
        clock);
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  private void deliver(long first, Item... items) throws InterruptedException {
    deliver(first, List.of(items));
  }

  private void deliver(long first, List<Item> items) throws InterruptedException {
    intake.submit(AGENT, new ToHub.Results("e", first, items)).join();
    new Settling(store).settle();
  }

  private static Item result(String check, long time) {
    return new Item.CheckResult(check, time, 5, 0, 0, "OK|a=1", "");
  }

  private static Item event(long time) {
    return new Item.Event("e", time, "text", new TreeMap<>());
  }

  private static Item metrics(long time) {
    return new Item.Metrics(
        new MetricBatch("db1", time / 1_000, new TreeMap<>(Map.of("cpu.user", 1.5))));
  }

  private List<Long> resultTimes(String check) {
    var number = new Checks(store).find(AGENT, check).orElseThrow().number();
    return new Results(store)
        .ofCheck(number, 0, Long.MAX_VALUE, 1_000).stream().map(Results.Row::time).toList();
  }

  private List<Long> sampleTimes() {
    var samples = new Samples(store);
    return samples.series(AGENT).stream()
        .flatMap(row -> samples.of(row.number(), 0, Long.MAX_VALUE, 1_000).stream())
        .map(Samples.Sample::time)
        .sorted()
        .toList();
  }

  private List<Long> eventTimes() {
    return new Events(store)
        .ofAgent(AGENT, Long.MAX_VALUE, 2_000).stream().map(Events.Row::time).toList();
  }

  @Test
  void what_is_older_than_it_is_kept_is_forgotten_and_nothing_else() throws Exception {
    new Audit(store).add(1, "ada", "run", "web", Map.of());
    new HubValues(store).set("id", "x");
    deliver(
        1,
        result("load", OLDEST - 1),
        result("load", OLDEST),
        result("load", NOW),
        result("other", OLDEST - 1),
        metrics(OLDEST - Duration.ofDays(1).toMillis()),
        metrics(OLDEST),
        event(OLDEST - 1),
        event(OLDEST),
        event(NOW));
    forgetting.forget();
    assertThat(resultTimes("load")).containsExactlyInAnyOrder(OLDEST, NOW);
    assertThat(resultTimes("other")).isEmpty();
    assertThat(sampleTimes())
        .as("what was measured goes a day at once")
        .containsExactly(OLDEST - 1, OLDEST - 1, OLDEST, OLDEST, NOW);
    assertThat(eventTimes()).containsExactly(NOW, OLDEST);
    assertThat(new Checks(store).find(AGENT, "other")).as("how it stands").isPresent();
    assertThat(new Audit(store).before(Long.MAX_VALUE, 10)).hasSize(1);
    assertThat(new HubValues(store).find("id")).hasValue("x");
  }

  @Test
  void a_clock_that_is_years_ahead_for_a_while_costs_nothing() throws Exception {
    deliver(1, result("load", NOW), metrics(NOW));
    forgetting.forget();
    now += Duration.ofDays(3_650).toMillis();
    for (int pass = 0; pass < 100; pass++) {
      forgetting.forget();
    }
    forgetting = forgetting();
    forgetting.forget();
    assertThat(resultTimes("load")).as("also when the hub starts anew").containsExactly(NOW);
    now = NOW;
    forgetting.forget();
    deliver(3, metrics(NOW + 60_000));
    assertThat(sampleTimes()).containsExactly(NOW, NOW, NOW + 60_000);
  }

  @Test
  void a_clock_that_went_on_while_the_hub_was_off_is_believed_after_a_day() throws Exception {
    deliver(1, result("load", NOW));
    forgetting.forget();
    now += Duration.ofDays(30).toMillis();
    for (int pass = 0; pass < 150; pass++) {
      forgetting.forget();
    }
    assertThat(resultTimes("load")).isEmpty();
  }

  @Test
  void a_store_that_was_begun_with_a_clock_far_ahead_keeps_values_once_it_is_right()
      throws Exception {
    new Retention(store).begin(Level.RAW, NOW + 86_400_000, NOW + 86_400_000);
    forgetting.forget();
    deliver(1, metrics(NOW));
    new Gathering(store).gather();
    assertThat(sampleTimes()).containsExactly(NOW);
  }

  @Test
  void what_was_forgotten_is_not_stored_again_when_it_is_delivered_again() throws Exception {
    deliver(1, result("load", OLDEST - 1), event(OLDEST - 1));
    forgetting.forget();
    assertThat(new Results(store).stored(AGENT, "e")).containsExactly(new Range(1, 2));
    deliver(1, result("load", OLDEST - 1), event(OLDEST - 1));
    assertThat(resultTimes("load")).isEmpty();
    assertThat(eventTimes()).isEmpty();
  }

  @Test
  void all_checks_and_all_events_are_looked_at_however_many_there_are() throws Exception {
    var items = new ArrayList<Item>();
    long dayBefore = OLDEST - Duration.ofDays(1).toMillis();
    for (int i = 0; i < 210; i++) {
      items.add(result("check" + i, dayBefore));
    }
    items.add(result("last", dayBefore));
    items.add(result("last", NOW));
    deliver(1, items);
    items.clear();
    for (int i = 0; i < 1_000; i++) {
      items.add(event(OLDEST - 1));
    }
    deliver(1_000, items);
    deliver(2_000, event(OLDEST - 1), event(NOW));
    assertThat(new Results(store).count()).isEqualTo(212);
    forgetting.forget();
    assertThat(new Results(store).count()).isEqualTo(1);
    assertThat(resultTimes("last")).containsExactly(NOW);
    assertThat(sampleTimes()).containsExactly(NOW);
    assertThat(eventTimes()).containsExactly(NOW);
  }

  @Test
  void it_ends_when_the_hub_stops() {
    forgetting.start();
    forgetting.close(); // Returns.
  }
}
