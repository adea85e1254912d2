package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.ROOMY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.link.Item;
import io.happo.core.link.Range;
import io.happo.core.link.ToHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OutboxTest {
  private static final Duration NOW_OR_NEVER = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Samples.Clock clock = new Samples.Clock();
  private final MemoryDisk disk = new MemoryDisk();

  private Outbox open() throws IOException {
    return open(ROOMY);
  }

  private Outbox open(Limits limits) throws IOException {
    return Outbox.open(() -> disk, limits, clock);
  }

  private static Item result(String check, int number) {
    return new Item.CheckResult(check, NOW * 1_000 + number, 5, 0, 0, "number " + number, "plan");
  }

  private static long append(Outbox outbox, String check, int number) throws IOException {
    return outbox.append(result(check, number));
  }

  private static Sending begin(Outbox outbox) throws IOException {
    return outbox.begin(outbox.epoch(), List.of(), 8);
  }

  private static Sending.@Nullable Batch next(Sending sending) throws InterruptedException {
    return sending.next(NOW_OR_NEVER);
  }

  /** The sequences of the next batch. */
  private static List<Long> nextSequences(Sending sending) throws InterruptedException {
    return sequences(Objects.requireNonNull(next(sending)));
  }

  private static List<Long> sequences(Sending.Batch batch) {
    return LongStream.range(batch.first(), batch.first() + batch.items().size()).boxed().toList();
  }

  /** All that waits, acknowledged as it comes, by epoch and sequence. */
  private static Map<String, JsonObject> drain(Outbox outbox) throws Exception {
    Map<String, JsonObject> items = new TreeMap<>();
    Sending sending = begin(outbox);
    for (var batch = next(sending); batch != null; batch = next(sending)) {
      long sequence = batch.first();
      for (String item : batch.items()) {
        items.put(batch.epoch() + " " + sequence++, object(item));
      }
      sending.acknowledged(batch.epoch(), batch.first(), sequence - 1);
    }
    return items;
  }

  private static JsonObject object(String json) throws JsonException {
    return (JsonObject) Json.parse(json);
  }

  @Test
  void newest_result_of_each_check_goes_first_then_what_is_new_then_the_backlog_from_the_oldest_on()
      throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "disk", 1);
      for (int i = 2; i <= 200; i++) {
        append(outbox, "load", i);
      }
      append(outbox, "ping", 201);
      Sending sending = begin(outbox);
      append(outbox, "load", 202);

      assertThat(nextSequences(sending)).containsExactly(200L, 201L);
      assertThat(nextSequences(sending)).containsExactly(1L);
      assertThat(nextSequences(sending)).containsExactly(202L);
      assertThat(nextSequences(sending))
          .containsExactlyElementsOf(LongStream.rangeClosed(2, 199).boxed().toList());
      append(outbox, "load", 203);
      assertThat(nextSequences(sending)).containsExactly(203L);
      assertThat(next(sending)).isNull();
    }
  }

  @Test
  void items_that_are_appended_together_follow_one_another_and_take_one_sync() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "disk", 1);
      int before = disk.forces();
      long last = outbox.append(List.of(result("disk", 2), result("load", 3), result("disk", 4)));
      assertThat(last).isEqualTo(4);
      assertThat(disk.forces()).isEqualTo(before + 1);
      assertThat(nextSequences(begin(outbox))).containsExactly(3L, 4L);
      assertThat(outbox.append(List.of())).isZero();
    }
  }

  @Test
  void newest_results_that_earlier_processes_left_are_found_again() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "disk \"/\"", 1);
      for (int i = 2; i <= 100; i++) {
        append(outbox, "load", i);
      }
    }
    try (Outbox outbox = open()) {
      for (int i = 0; i < 100; i++) {
        outbox.append(new Item.Event("tick", NOW, "", new TreeMap<>()));
      }
      Sending sending = begin(outbox);
      assertThat(nextSequences(sending)).containsExactly(100L);
      assertThat(nextSequences(sending)).containsExactly(1L);
      assertThat(nextSequences(sending)).hasSize(98).startsWith(2L);
    }
  }

  /** Checks of all rhythms, and outputs that make batches of a few results. */
  @Test
  void no_result_goes_before_a_newer_one_of_its_check_unless_they_share_a_batch() throws Exception {
    var random = new Random(3);
    try (Outbox outbox = open(new Limits(64 << 20, Duration.ofDays(7)))) {
      for (int i = 1; i <= 4_000; i++) {
        int check = (int) Math.abs(random.nextGaussian() * 40);
        var output = "x".repeat(random.nextInt(8_000));
        outbox.append(new Item.CheckResult("c" + check, NOW * 1_000 + i, 5, 0, 0, output, "plan"));
      }
      Sending sending = begin(outbox);
      Map<String, Long> newestSent = new HashMap<>();
      Map<String, Long> newest = new HashMap<>();
      int batches = 0;
      int batchesUntilAllSent = 0;
      for (var batch = next(sending); batch != null; batch = next(sending)) {
        batches++;
        Map<String, Long> inBatch = new HashMap<>();
        for (String item : batch.items()) {
          inBatch.merge(
              object(item).text("check"),
              object(item).requiredLong("time"),
              (a, b) -> Math.max(a, b));
        }
        for (var result : inBatch.entrySet()) {
          if (newestSent.putIfAbsent(result.getKey(), result.getValue()) == null) {
            batchesUntilAllSent = batches;
          }
          newest.merge(result.getKey(), result.getValue(), Math::max);
        }
        sending.acknowledged(
            batch.epoch(), batch.first(), batch.first() + batch.items().size() - 1);
      }
      assertThat(newestSent).isEqualTo(newest).hasSizeGreaterThan(100);
      assertThat(batchesUntilAllSent).isLessThan(batches / 2);
      assertThat(outbox.stats().records()).isZero();
    }
  }

  @Test
  void batches_hold_contiguous_sequences_within_their_limits() throws Exception {
    try (Outbox outbox = open()) {
      for (int i = 0; i < 2_500; i++) {
        outbox.append(new Item.Event("e", NOW, "", new TreeMap<>()));
      }
      outbox.append(new Item.Event("large", NOW, "x".repeat(300_000), new TreeMap<>()));
      for (int i = 0; i < 10; i++) {
        outbox.append(new Item.Event("long", NOW, "x".repeat(30_000), new TreeMap<>()));
      }
      Sending sending = begin(outbox);
      List<Integer> sizes = new ArrayList<>();
      for (var batch = next(sending); batch != null; batch = next(sending)) {
        sizes.add(batch.items().size());
        var message = ToHub.Results.toJson(batch.epoch(), batch.first(), batch.items());
        assertThat(message.length()).isLessThan(400_000);
      }
      assertThat(sizes).containsExactly(1_000, 1_000, 500, 1, 4, 4, 2);
      assertThatThrownBy(
              () -> outbox.append(new Item.Event("e", NOW, "x".repeat(1 << 20), new TreeMap<>())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("too large");
    }
  }

  @Test
  void no_more_batches_are_out_than_allowed_and_an_ack_makes_room_for_one() throws Exception {
    try (Outbox outbox = open()) {
      for (int i = 0; i < 3; i++) {
        outbox.append(new Item.Event("e", NOW, "x".repeat(100_000), new TreeMap<>()));
      }
      Sending sending = outbox.begin(outbox.epoch(), List.of(), 2);
      assertThat(nextSequences(sending)).containsExactly(1L);
      assertThat(nextSequences(sending)).containsExactly(2L);
      assertThat(next(sending)).isNull();
      assertThat(sending.silence()).isPositive();
      var acknowledging =
          Thread.ofVirtual().start(() -> sending.acknowledged(outbox.epoch(), 2, 2));
      assertThat(Objects.requireNonNull(sending.next(LONG)).first()).isEqualTo(3);
      acknowledging.join();
      sending.acknowledged(outbox.epoch(), 1, 3);
      assertThat(sending.silence()).isZero();
      assertThat(outbox.stats().records()).isZero();
    }
  }

  @Test
  void who_waits_for_a_batch_gets_what_is_appended_and_nothing_once_it_is_over() throws Exception {
    try (Outbox outbox = open()) {
      Sending sending = begin(outbox);
      var waiting = new CountDownLatch(1);
      var appending =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      waiting.await();
                      append(outbox, "load", 1);
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      waiting.countDown();
      assertThat(Objects.requireNonNull(sending.next(LONG)).items()).hasSize(1);
      appending.join();
      var ending = Thread.ofVirtual().start(sending::end);
      assertThat(sending.next(Duration.ofHours(1))).isNull();
      ending.join();
    }
  }

  @Test
  void acks_forget_exactly_what_they_name_in_any_order_and_for_good() throws Exception {
    String epoch;
    try (Outbox outbox = open()) {
      epoch = outbox.epoch();
      for (int i = 1; i <= 30; i++) {
        outbox.append(new Item.Event("e", NOW, "x".repeat(20_000), new TreeMap<>()));
      }
      Sending sending = begin(outbox);
      for (int i = 0; i < 4; i++) {
        assertThat(nextSequences(sending)).hasSize(6);
      }
      sending.acknowledged(epoch, 19, 24);
      sending.acknowledged(epoch, 2, 3);
      sending.acknowledged(epoch, 2, 3);
      sending.acknowledged("another", 7, 12);
      sending.acknowledged(epoch, 25, 30); // was never sent
      assertThat(outbox.stats().records()).isEqualTo(22);
    }
    try (Outbox outbox = open()) {
      assertThat(drain(outbox).keySet())
          .hasSize(22)
          .contains(epoch + " 1", epoch + " 4", epoch + " 18", epoch + " 25")
          .doesNotContain(epoch + " 2", epoch + " 3", epoch + " 19", epoch + " 24");
      assertThat(outbox.stats().records()).isZero();
    }
  }

  @Test
  void what_was_not_acknowledged_comes_again_in_the_next_session() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "load", 1);
      append(outbox, "load", 2);
      Sending first = begin(outbox);
      assertThat(nextSequences(first)).containsExactly(2L);
      assertThat(nextSequences(first)).containsExactly(1L);
      Sending second = begin(outbox);
      assertThat(next(first)).isNull();
      first.acknowledged(outbox.epoch(), 1, 2); // too late
      assertThat(nextSequences(second)).containsExactly(2L);
      assertThat(nextSequences(second)).containsExactly(1L);
    }
  }

  @Test
  void what_the_hub_has_stored_is_not_sent() throws Exception {
    try (Outbox outbox = open()) {
      for (int i = 1; i <= 10; i++) {
        append(outbox, "load", i);
      }
      Sending sending = outbox.begin(outbox.epoch(), List.of(new Range(1, 3), new Range(5, 9)), 8);
      assertThat(nextSequences(sending)).containsExactly(10L);
      assertThat(nextSequences(sending)).containsExactly(4L);
      assertThat(next(sending)).isNull();
      assertThat(outbox.stats().records()).isEqualTo(2);
    }
  }

  @Test
  void each_opening_begins_an_epoch_and_what_waits_keeps_its_own(@TempDir Path directory)
      throws Exception {
    var epochs = new ArrayList<String>();
    for (int i = 1; i <= 3; i++) {
      try (Outbox outbox = Outbox.open(directory, ROOMY, clock)) {
        epochs.add(outbox.epoch());
        append(outbox, "load", i);
      }
    }
    assertThat(epochs).doesNotHaveDuplicates().allMatch(epoch -> epoch.matches("[0-9a-f]{32}"));
    try (Outbox outbox = Outbox.open(directory, ROOMY, clock)) {
      Sending sending = begin(outbox);
      var newest = Objects.requireNonNull(next(sending));
      assertThat(newest.epoch()).isEqualTo(epochs.get(2));
      sending.acknowledged(epochs.get(1), newest.first(), newest.first());
      assertThat(outbox.stats().records()).as("an ack of another epoch").isEqualTo(3);
      assertThat(Objects.requireNonNull(next(sending)).epoch()).isEqualTo(epochs.get(0));
      assertThat(Objects.requireNonNull(next(sending)).epoch()).isEqualTo(epochs.get(1));
    }
    try (Outbox outbox = Outbox.open(directory, ROOMY, clock)) {
      drain(outbox);
    }
    Outbox.open(directory, ROOMY, clock).close();
    assertThat(Files.readAllLines(directory.resolve("epochs"))).hasSize(1);
  }

  @Test
  void folder_put_back_from_a_backup_never_gives_a_name_twice() throws Exception {
    Map<String, String> named = new HashMap<>();
    List<Map<String, byte[]>> backups = new ArrayList<>();
    Random random = new Random(7);
    for (int round = 0; round < 40; round++) {
      try (Outbox outbox = open()) {
        for (int i = 0; i < random.nextInt(5); i++) {
          append(outbox, "load", 100 * round + i);
        }
        Sending sending = begin(outbox);
        for (var batch = next(sending); batch != null; batch = next(sending)) {
          for (int i = 0; i < batch.items().size(); i++) {
            var name = batch.epoch() + " " + (batch.first() + i);
            var before = named.put(name, batch.items().get(i));
            assertThat(before).as(name).isIn(null, batch.items().get(i));
          }
          if (random.nextInt(3) > 0) {
            sending.acknowledged(
                batch.epoch(), batch.first(), batch.first() + batch.items().size() - 1);
          }
        }
      }
      backups.add(disk.copy());
      if (random.nextInt(3) == 0) {
        disk.restore(backups.get(random.nextInt(backups.size())));
      }
    }
    assertThat(new HashSet<>(named.values())).hasSizeGreaterThan(20);
  }

  @Test
  void hub_that_has_the_future_begins_a_new_epoch_and_an_event() throws Exception {
    try (Outbox outbox = open()) {
      var epoch = outbox.epoch();
      append(outbox, "load", 1);
      Sending sending = outbox.begin(outbox.epoch(), List.of(new Range(1, 50)), 8);
      assertThat(outbox.epoch()).isNotEqualTo(epoch);
      var batch = Objects.requireNonNull(next(sending));
      assertThat(batch.epoch()).isEqualTo(outbox.epoch());
      assertThat(object(batch.items().getFirst()).text("event")).isEqualTo(Outbox.REWOUND);
      assertThat(next(sending)).isNull();
    }
  }

  @Test
  void what_is_dropped_is_told_by_one_event_a_minute_with_the_count() throws Exception {
    var limits = new Limits(128 << 10, Duration.ofDays(7));
    var random = new Random(1);
    try (Outbox outbox = open(limits)) {
      for (int i = 0; i < 400; i++) {
        if (i == 300) {
          clock.advance(Duration.ofMinutes(2));
        }
        var noise = new byte[500];
        random.nextBytes(noise);
        outbox.append(
            new Item.Event(
                "e", NOW, java.util.Base64.getEncoder().encodeToString(noise), new TreeMap<>()));
      }
      clock.advance(Duration.ofMinutes(2));
      append(outbox, "load", 1);
      long dropped = outbox.stats().droppedBySize();
      long told = 0;
      int events = 0;
      for (var item : drain(outbox).values()) {
        if (item.text("event").equals(Outbox.OVERFLOW)) {
          events++;
          told += Long.parseLong(item.requiredObject("details").text("items"));
        }
      }
      assertThat(events).isBetween(1, 3);
      assertThat(told).isBetween(1L, dropped);
    }
  }

  @Test
  void damage_is_told_by_an_event_and_a_strange_file_is_set_aside() throws Exception {
    try (Outbox outbox = open()) {
      for (int i = 1; i <= 4; i++) {
        append(outbox, "load", i);
      }
    }
    var name = SegmentFormat.segmentName(1);
    byte[] segment = disk.read(name);
    segment[SegmentFormat.HEADER_BYTES + 40] ^= 1;
    disk.put(name, segment);
    var stranger = SegmentFormat.segmentName(900);
    disk.put(stranger, Samples.text("this is not a segment of a queue"));
    try (Outbox outbox = open()) {
      var items = drain(outbox);
      assertThat(items).hasSize(4);
      assertThat(items.values())
          .anySatisfy(
              item -> {
                assertThat(item.text("event")).isEqualTo(Outbox.DAMAGED);
                var details = item.requiredObject("details");
                assertThat(details.text("files_set_aside")).isEqualTo(stranger);
                assertThat(Long.parseLong(details.text("bytes"))).isPositive();
              });
    }
    assertThat(disk.list()).contains(stranger + ".damaged").doesNotContain(stranger);
  }

  @Test
  void lost_names_of_epochs_cost_no_item() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "load", 1);
      append(outbox, "load", 2);
    }
    disk.put("epochs", Samples.text("12 nonsense\n"));
    try (Outbox outbox = open()) {
      append(outbox, "load", 3);
      assertThat(drain(outbox)).hasSize(3);
    }
  }

  @Test
  void disk_that_fails_at_an_ack_keeps_the_items_for_a_later_session() throws Exception {
    try (Outbox outbox = open()) {
      append(outbox, "load", 1);
      Sending sending = begin(outbox);
      nextSequences(sending);
      disk.fault(
          (operation, file) -> {
            throw new IOException("Input/output error");
          });
      sending.acknowledged(outbox.epoch(), 1, 1);
      disk.fault((operation, file) -> {});
      assertThat(drain(outbox)).hasSize(1);
    }
  }
}
