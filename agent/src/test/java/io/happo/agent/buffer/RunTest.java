package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.ROOMY;
import static io.happo.agent.buffer.Samples.leaseAll;
import static io.happo.agent.buffer.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records taken by their sequences. */
class RunTest {
  private final Samples.Clock clock = new Samples.Clock();
  private final MemoryDisk disk = new MemoryDisk();

  private DurableQueue open() throws IOException {
    return DurableQueue.open(disk, ROOMY, clock);
  }

  private static List<Long> sequences(List<Entry> entries) {
    return entries.stream().map(Entry::sequence).toList();
  }

  @Test
  void run_ends_at_a_gap_and_at_its_limits() throws IOException {
    try (DurableQueue queue = open()) {
      for (int i = 1; i <= 12; i++) {
        queue.append(NOW + i % 3, text("ten bytes " + i % 10));
      }
      queue.forget(4, 4);
      assertThat(sequences(queue.takeRun(2, 12, 100, 1_000))).containsExactly(2L, 3L);
      assertThat(sequences(queue.takeRun(1, 12, 100, 1_000))).containsExactly(1L);
      assertThat(sequences(queue.takeRun(1, 6, 100, 1_000))).containsExactly(5L, 6L);
      assertThat(sequences(queue.takeRun(1, 12, 2, 1_000))).containsExactly(7L, 8L);
      assertThat(sequences(queue.takeRun(1, 12, 100, 25))).containsExactly(9L, 10L);
      assertThat(sequences(queue.takeRun(1, 12, 100, 1))).containsExactly(11L);
      assertThat(queue.takeRun(1, 11, 100, 1_000)).isEmpty();
      queue.giveBack(6, 9);
      assertThat(sequences(queue.takeRun(1, 12, 100, 1_000))).containsExactly(6L, 7L, 8L, 9L);
      assertThat(leaseAll(queue)).extracting(Entry::sequence).containsExactly(12L);
    }
  }

  @Test
  void forgetting_by_sequence_is_durable_and_done_once() throws IOException {
    try (DurableQueue queue = open()) {
      for (int i = 1; i <= 5; i++) {
        queue.append(NOW, text("record " + i));
      }
      queue.takeRun(1, 5, 2, 1_000);
      queue.forget(2, queue.nextSequence() - 1);
      queue.forget(5, 4);
      assertThat(queue.append(NOW, text("later"))).isEqualTo(6);
    }
    try (DurableQueue queue = open()) {
      assertThat(sequences(leaseAll(queue))).containsExactly(1L, 6L);
      int changes = disk.changes();
      queue.forget(2, 5);
      assertThat(disk.changes()).as("what is gone already costs nothing").isEqualTo(changes);
    }
  }

  @Test
  void every_record_is_shown_in_order_of_sequence() throws IOException {
    try (DurableQueue queue = open()) {
      Random random = new Random(3);
      for (int i = 1; i <= 60; i++) {
        queue.append(NOW - i, Samples.noise(random, 4_000));
      }
      queue.forget(10, 50);
      queue.takeRun(1, 3, 10, 100_000);
      List<Long> shown = new ArrayList<>();
      queue.forEach(55, entry -> shown.add(entry.sequence()));
      assertThat(shown)
          .containsExactlyElementsOf(
              LongStream.concat(LongStream.range(1, 10), LongStream.range(51, 56))
                  .boxed()
                  .toList());
      assertThat(queue.lowestSequence()).contains(1L);
      assertThat(queue.nextSequence()).isGreaterThan(60);
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 6);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void runs_do_what_a_map_in_memory_does(long seed) throws IOException {
    Random random = new Random(seed);
    TreeMap<Long, Integer> waiting = new TreeMap<>(); // length of the payload
    TreeSet<Long> taken = new TreeSet<>();
    DurableQueue queue = open();
    for (int step = 0; step < 500; step++) {
      String at = "seed " + seed + " step " + step;
      long from = waiting.isEmpty() ? 1 : waiting.firstKey() + random.nextInt(40);
      long to = Math.min(from + random.nextInt(60), queue.nextSequence() - 1);
      from = Math.min(from, Math.max(1, to));
      to = Math.max(from, to);
      switch (random.nextInt(12)) {
        case 0 -> {
          queue.close();
          queue = open();
          taken.clear();
        }
        case 1, 2, 3 -> {
          List<Long> expected = new ArrayList<>();
          int bytes = 0;
          for (var record : waiting.subMap(from, true, to, true).entrySet()) {
            long sequence = record.getKey();
            if (taken.contains(sequence) && expected.isEmpty()) {
              continue;
            }
            if (taken.contains(sequence)
                || (!expected.isEmpty()
                    && (sequence != expected.getLast() + 1
                        || expected.size() == 20
                        || bytes + record.getValue() > 20_000))) {
              break;
            }
            expected.add(sequence);
            bytes += record.getValue();
          }
          assertThat(sequences(queue.takeRun(from, to, 20, 20_000)))
              .as(at)
              .containsExactlyElementsOf(expected);
          taken.addAll(expected);
        }
        case 4 -> {
          queue.giveBack(from, to);
          taken.subSet(from, true, to, true).clear();
        }
        case 5, 6 -> {
          queue.forget(from, to);
          waiting.subMap(from, true, to, true).clear();
          taken.subSet(from, true, to, true).clear();
        }
        default -> {
          int length = random.nextInt(3_000);
          waiting.put(queue.append(NOW, Samples.noise(random, length)), length);
        }
      }
      assertThat(queue.stats().records()).as(at).isEqualTo(waiting.size());
    }
    queue.close();
  }
}
