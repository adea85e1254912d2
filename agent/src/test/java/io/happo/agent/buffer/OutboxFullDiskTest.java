package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.ROOMY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.Range;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A disk that takes nothing does not keep from the hub what is measured. */
class OutboxFullDiskTest {
  private final Samples.Clock clock = new Samples.Clock();
  private final MemoryDisk disk = new MemoryDisk();

  private Outbox open() throws IOException {
    return Outbox.open(() -> disk, ROOMY, clock);
  }

  private void full(boolean full) {
    disk.fault(
        (_, _) -> {
          if (full) {
            throw new IOException("No space left on device");
          }
        });
  }

  private static long append(Outbox outbox, String name) throws IOException {
    return outbox.append(new Item.Event(name, 1, "", new TreeMap<>()));
  }

  private static Sending begin(Outbox outbox, Range... stored) throws IOException {
    return outbox.begin(outbox.epoch(), List.of(stored), 8);
  }

  private static List<String> names(Sending.Batch batch) {
    return batch.items().stream()
        .map(item -> item.split("\"event\":\"", -1)[1].split("\"", -1)[0])
        .toList();
  }

  private static void acknowledge(Sending sending, Sending.Batch batch) {
    sending.acknowledged(batch.epoch(), batch.first(), batch.first() + batch.items().size() - 1);
  }

  /** The names of all that is sent, each batch acknowledged. */
  private static List<String> drain(Sending sending) throws InterruptedException {
    List<String> all = new ArrayList<>();
    for (var batch = sending.next(Duration.ZERO);
        batch != null;
        batch = sending.next(Duration.ZERO)) {
      all.addAll(names(batch));
      acknowledge(sending, batch);
    }
    return all;
  }

  @Test
  void what_it_does_not_take_is_sent_from_memory_once_and_an_event_says_why() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "before");
      full(true);
      assertThat(append(outbox, "held")).isZero();
      append(outbox, "held-too");
      Sending sending = begin(outbox);
      var batch = Objects.requireNonNull(sending.next(Duration.ZERO));
      assertThat(names(batch)).containsExactly("held", Outbox.UNWRITABLE, "held-too");
      assertThat(batch.items().get(1)).contains("no space left on device");
      assertThat(batch.epoch()).isNotEqualTo(outbox.epoch());
      acknowledge(sending, batch);
      full(false);
      assertThat(append(outbox, "after")).isPositive();
      assertThat(drain(sending)).containsExactlyInAnyOrder("before", "after");
      assertThat(drain(begin(outbox))).isEmpty();
    }
  }

  @Test
  void values_drive_no_results_out_of_memory() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      append(outbox, "first");
      for (int i = 0; i < 5_000; i++) {
        outbox.append(
            new Item.Metrics(
                new MetricBatch("h", 1_800_000_000, new TreeMap<>(Map.of("load", 1.0 * i)))));
      }
      full(false);
      append(outbox, "last");
      assertThat(outbox.stats().records()).isEqualTo(500 + 2); // And the event of the losses.
      var batch = Objects.requireNonNull(begin(outbox).next(Duration.ZERO));
      assertThat(batch.items().getFirst()).contains("first");
    }
  }

  @Test
  void what_nobody_was_sent_is_written_before_anything_newer_once_there_is_room() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      append(outbox, "sent");
      var sent = Objects.requireNonNull(begin(outbox).next(Duration.ZERO));
      append(outbox, "held");
      append(outbox, "held-too");
      full(false);
      append(outbox, "newer");
      Sending sending = begin(outbox);
      assertThat(sending.next(Duration.ZERO)).isEqualTo(sent);
      acknowledge(sending, sent);
      assertThat(drain(sending)).containsExactly("held", "held-too", "newer");
    }
  }

  @Test
  void what_was_not_acknowledged_is_sent_again_under_the_same_name() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      append(outbox, "held");
      var first = Objects.requireNonNull(begin(outbox).next(Duration.ZERO));
      var second = Objects.requireNonNull(begin(outbox).next(Duration.ZERO));
      assertThat(second).isEqualTo(first);
    }
  }

  @Test
  void an_outbox_opened_on_it_sends_from_memory_and_writes_once_there_is_room() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "earlier");
    }
    full(true);
    try (Outbox outbox = open()) {
      var epoch = outbox.epoch();
      append(outbox, "stored-already");
      append(outbox, "held");
      // The hub knows the first two: the event that the disk is full, and what came then.
      Sending sending = begin(outbox, new Range(1, 2));
      assertThat(drain(sending)).containsExactly("held");
      full(false);
      assertThat(append(outbox, "after")).isPositive();
      assertThat(outbox.epoch()).isNotEqualTo(epoch);
      assertThat(drain(begin(outbox))).containsExactlyInAnyOrder("earlier", "after");
    }
  }

  @Test
  void all_of_it_is_written_at_the_end_if_there_is_room_then() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      append(outbox, "sent");
      assertThat(begin(outbox).next(Duration.ZERO)).isNotNull();
      append(outbox, "never-sent");
      full(false);
    }
    try (Outbox outbox = open()) {
      assertThat(drain(begin(outbox)))
          .containsExactlyInAnyOrder("sent", Outbox.UNWRITABLE, "never-sent");
    }
  }

  @Test
  void the_oldest_of_too_many_go_and_are_counted() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      for (int i = 0; i < Unwritten.MAX_ITEMS + 50; i++) {
        append(outbox, "n" + i);
      }
      var sent = drain(begin(outbox));
      assertThat(sent).hasSize(Unwritten.MAX_ITEMS).doesNotContain("n0").contains("n1049");
      assertThat(sent).contains(Outbox.OVERFLOW);
    }
  }

  @Test
  void once_closed_nothing_is_held() throws Exception {
    Outbox outbox = open();
    outbox.close();
    assertThatThrownBy(() -> append(outbox, "late")).isInstanceOf(IOException.class);
  }

  @Test
  void what_was_sent_and_not_acknowledged_outlives_the_process_once_there_is_room()
      throws Exception {
    Sending.Batch sent;
    Outbox killed = open();
    full(true);
    append(killed, "sent");
    append(killed, "sent-too");
    sent = Objects.requireNonNull(begin(killed).next(Duration.ZERO));
    full(false);
    append(killed, "newer");
    // Killed: it is not closed.
    try (Outbox outbox = open()) {
      Sending sending = begin(outbox);
      assertThat(sending.next(Duration.ZERO)).isEqualTo(sent);
      full(true);
      append(outbox, "held");
      acknowledge(sending, sent);
      var next = Objects.requireNonNull(sending.next(Duration.ZERO));
      assertThat(names(next)).startsWith("held");
      assertThat(next.epoch()).isEqualTo(sent.epoch());
      // Not one that the first process may have used.
      assertThat(next.first()).isGreaterThan(sent.first() + sent.items().size() + 1);
      acknowledge(sending, next);
      full(false);
      append(outbox, "after");
      assertThat(drain(sending)).containsExactlyInAnyOrder("newer", "after");
    }
    try (Outbox outbox = open()) {
      assertThat(drain(begin(outbox))).isEmpty();
    }
    assertThat(disk.list()).doesNotContain("held");
  }

  @Test
  void what_is_kept_of_it_and_was_damaged_is_set_aside_and_told() throws Exception {
    try (Outbox outbox = open()) {
      full(true);
      append(outbox, "sent");
      assertThat(begin(outbox).next(Duration.ZERO)).isNotNull();
      full(false);
      append(outbox, "newer");
    }
    byte[] content = disk.read("held");
    content[content.length / 2] ^= 1;
    disk.put("held", content);
    try (Outbox outbox = open()) {
      assertThat(drain(begin(outbox))).containsExactlyInAnyOrder("newer", Outbox.DAMAGED);
    }
    assertThat(disk.list()).contains("held.damaged").doesNotContain("held");
  }
}
