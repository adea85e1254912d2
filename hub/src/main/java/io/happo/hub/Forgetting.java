package io.happo.hub;

import io.happo.hub.metrics.Level;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Retention;
import io.happo.hub.store.SampleLog;
import io.happo.hub.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Forgets results, samples, events and what was told that are older than they are kept, a little at
 * a time.
 */
final class Forgetting implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.hub");
  private static final Duration EVERY = Duration.ofMinutes(10);

  /** Others write between two slices. */
  private static final Duration REST = Duration.ofMillis(200);

  /** What is measured waits so long for outputs that do not take it. */
  private static final Duration LOG_KEPT = Duration.ofDays(7);

  private static final long LOG_BYTES = 2L << 30;

  /** When old results were last removed by a clock that was believed, unix milliseconds. */
  private static final String LAST_PASS = "forgetting.last";

  /** A clock that leaps further than that may be wrong; so long nothing is removed then. */
  private static final Duration LEAP = Duration.ofDays(1);

  private static final int CHECKS_AT_ONCE = 200;
  private static final int EVENTS_AT_ONCE = 1_000;
  private static final int ENTRIES_AT_ONCE = 2_000;

  /**
   * How long what is kept.
   *
   * @param results results, events and what was told
   * @param inventory what machines had before it changed
   * @param metrics what was measured, at each level
   */
  record Kept(Duration results, Duration inventory, Map<Level, Duration> metrics) {}

  private final Retention retention;
  private final AlertBook alerts;
  private final Messages messages;
  private final Inventories inventories;
  private final SampleLog log;
  private final HubValues values;
  private final Kept kept;
  private final InstantSource clock;
  private long passesLeftOut; // Since the clock leapt.
  private final Thread thread = Thread.ofVirtual().name("forgetting").unstarted(this::run);

  Forgetting(
      Retention retention,
      AlertBook alerts,
      Messages messages,
      Inventories inventories,
      SampleLog log,
      HubValues values,
      Kept kept,
      InstantSource clock) {
    this.retention = retention;
    this.alerts = alerts;
    this.messages = messages;
    this.inventories = inventories;
    this.log = log;
    this.values = values;
    this.kept = kept;
    this.clock = clock;
  }

  /** Call it before anything is taken in: a new store learns what is too old for it. */
  void start() {
    setHorizons();
    thread.start();
  }

  private void setHorizons() {
    for (var level : kept.metrics().entrySet()) {
      long now = clock.millis();
      retention.begin(level.getKey(), now - level.getValue().toMillis(), now);
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        try {
          forget();
        } catch (StoreException e) {
          LOG.log(
              System.Logger.Level.WARNING, "old results are not removed now: {0}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // The hub stops.
    }
  }

  /** One pass over all there is. */
  void forget() throws InterruptedException {
    setHorizons();
    if (isClockDoubtful()) {
      return;
    }
    long before = clock.millis() - kept.results().toMillis();
    for (var slice = retention.results(before, 0, CHECKS_AT_ONCE);
        !slice.end();
        slice = retention.results(before, slice.last(), CHECKS_AT_ONCE)) {
      Thread.sleep(REST);
    }
    for (var level : kept.metrics().entrySet()) {
      retention.samples(level.getKey(), clock.millis() - level.getValue().toMillis());
    }
    shrinkLog();
    long had = clock.millis() - kept.inventory().toMillis();
    while (inventories.forget(had, ENTRIES_AT_ONCE) == ENTRIES_AT_ONCE) {
      Thread.sleep(REST);
    }
    while (retention.events(before, EVENTS_AT_ONCE) == EVENTS_AT_ONCE
        || alerts.forget(before, EVENTS_AT_ONCE) == EVENTS_AT_ONCE
        || messages.forget(before, EVENTS_AT_ONCE) == EVENTS_AT_ONCE) {
      Thread.sleep(REST);
    }
  }

  /**
   * A clock that is years ahead for a moment would cost all history, so one that leapt is believed
   * after a day of passes; a hub that starts anew meanwhile waits as long again.
   */
  private boolean isClockDoubtful() {
    long now = clock.millis();
    long last = values.find(LAST_PASS).map(Long::parseLong).orElse(now);
    if (Math.abs(now - last) > LEAP.toMillis() && passesLeftOut < LEAP.dividedBy(EVERY)) {
      if (passesLeftOut++ == 0) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the clock went from {0} to {1}: nothing is removed for a day, as it may be wrong",
            Instant.ofEpochMilli(last),
            Instant.ofEpochMilli(now));
      }
      return true;
    }
    passesLeftOut = 0;
    values.set(LAST_PASS, Long.toString(now));
    return false;
  }

  private void shrinkLog() throws InterruptedException {
    long before = clock.millis() - LOG_KEPT.toMillis();
    long tooMuch = log.waitingBytes() - LOG_BYTES;
    for (var slice = log.shrink(before, tooMuch, ENTRIES_AT_ONCE);
        !slice.end();
        slice = log.shrink(before, tooMuch, ENTRIES_AT_ONCE)) {
      tooMuch -= slice.bytes();
      Thread.sleep(REST);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
