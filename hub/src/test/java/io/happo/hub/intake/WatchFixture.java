package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.Notice;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Intake with everything that tells people, a clock that the test moves, and what was told. */
abstract class WatchFixture {
  static final long BEGIN = 1_800_000_000_000L;
  static final long MINUTE = 60_000;
  static final long STEPS_OF_MINUTE = 15;
  static final long WEB = 7;
  static final long OTHER = 8;
  static final String ALL = "{'alerts': [{'name': 'all', 'tell': 'ops'}]}";
  static final String AWAY =
      "{'alerts': [{'name': 'gone', 'agent': 'away', 'lasting': '5m', 'tell': 'ops'}]}";

  final AtomicLong now = new AtomicLong(BEGIN);
  final AtomicLong nanos = new AtomicLong();
  final TestWorld world = new TestWorld();
  Store store;
  Intake intake;
  long sequence;
  long pulses;

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    world.connected(WEB, BEGIN);
    world.rules(ALL);
    begin();
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  final void begin() {
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    intake = new Intake(store, world, IntakeContract.LIMITS, clock, nanos::get);
    intake.start();
  }

  /** The hub starts anew. */
  void restart() {
    intake.close();
    begin();
  }

  void result(String check, int status, String output) throws InterruptedException {
    var item = new Item.CheckResult(check, now.get(), 1, status, status, output, "plan");
    intake.submit(WEB, new ToHub.Results("e", ++sequence, List.of(item))).join();
  }

  /** Time passes, and others bring something all the while: the writer does not stand still. */
  void later(long minutes) throws InterruptedException {
    for (long i = 0; i < minutes * STEPS_OF_MINUTE; i++) {
      now.addAndGet(MINUTE / STEPS_OF_MINUTE);
      nanos.addAndGet(MINUTE / STEPS_OF_MINUTE * 1_000_000);
      var item = new Item.CheckResult("pulse", now.get(), 1, 0, 0, "", "");
      intake.submit(OTHER, new ToHub.Results("e", ++pulses, List.of(item))).join();
    }
    intake.lookAgain();
  }

  /** What was told, the oldest first. */
  List<Notice> told() {
    var told = new ArrayList<Notice>();
    for (var message : new Messages(store).newest(Long.MAX_VALUE, 1_000)) {
      try {
        assertThat(message.channel()).isEqualTo("ops");
        told.add(Notice.read(message.content()));
      } catch (io.happo.core.JsonException e) {
        throw new AssertionError(e);
      }
    }
    Collections.reverse(told);
    return told;
  }

  List<String> subjects() {
    return told().stream().map(Notice::subject).toList();
  }

  void awaitTold(String... subjects) {
    await().atMost(Duration.ofSeconds(20)).until(this::subjects, List.of(subjects)::equals);
  }

  /** Waits until this keeps the first of what is open back. */
  void awaitGate(String gate) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> new AlertBook(store).open(OptionalLong.empty()).getFirst().standing().gate(),
            gate::equals);
  }

  List<String> notes(String check) {
    var number = new Checks(store).find(WEB, check).orElseThrow().number();
    var notes = new ArrayList<String>();
    for (var note : new AlertBook(store).notes(OptionalLong.of(number), Long.MAX_VALUE, 100)) {
      notes.add(note.kind() + " " + note.gate());
    }
    Collections.reverse(notes);
    return notes;
  }
}
