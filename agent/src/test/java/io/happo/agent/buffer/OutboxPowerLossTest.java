package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.Item;
import io.happo.core.link.Range;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A random run of an outbox, cut off before each change it makes on the disk, one after another.
 */
class OutboxPowerLossTest {
  private static final Limits LIMITS = new Limits(256 << 10, Duration.ofDays(7));

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("happo.powerloss.seeds", 2));
  }

  /** What is at the hub, and what was promised to be there in the end. */
  private static final class Hub {
    final Map<String, Long> stored = new HashMap<>(); // number by epoch and sequence
    final Set<Long> promised = new HashSet<>();
    long number;

    void append(Outbox outbox, Random random) throws IOException {
      long next = ++number;
      outbox.append(
          new Item.Event("n" + next, NOW, "x".repeat(random.nextInt(900)), new TreeMap<>()));
      promised.add(next);
    }

    void store(Sending.Batch batch) {
      long sequence = batch.first();
      for (String item : batch.items()) {
        var name = batch.epoch() + " " + sequence++;
        var number = OutboxProcess.number(item);
        var before = stored.put(name, number);
        assertThat(before).as(name).isIn(null, number);
      }
    }

    List<Range> stored(String epoch) {
      List<Range> ranges = new ArrayList<>();
      stored.keySet().stream()
          .filter(name -> name.startsWith(epoch))
          .map(name -> Long.parseLong(name.substring(epoch.length() + 1)))
          .forEach(sequence -> ranges.add(new Range(sequence, sequence)));
      return ranges;
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void power_lost_before_any_change_of_the_disk_loses_and_doubles_nothing(long seed)
      throws Exception {
    boolean lost = true;
    for (int at = 1; lost; at++) {
      MemoryDisk disk = new MemoryDisk();
      int last = at;
      disk.fault(
          (operation, name) -> {
            if (disk.changes() >= last) {
              throw new MemoryDisk.PowerLost();
            }
          });
      Hub hub = new Hub();
      lost = false;
      try {
        run(new Random(seed), disk, hub, 80);
      } catch (MemoryDisk.PowerLost e) {
        lost = true;
      }
      MemoryDisk found = disk.afterPowerLoss(new Random(seed * 1_000_000 + at));
      run(new Random(at), found, hub, 10);
      drain(found, hub);
      String where = "seed " + seed + " change " + at;
      assertThat(hub.stored.values()).as(where + ": doubled").doesNotHaveDuplicates();
      hub.promised.removeAll(new HashSet<>(hub.stored.values()));
      assertThat(hub.promised).as(where + ": lost").isEmpty();
    }
  }

  private static void run(Random random, MemoryDisk disk, Hub hub, int steps) throws Exception {
    Samples.Clock clock = new Samples.Clock();
    Outbox outbox = Outbox.open(() -> disk, LIMITS, clock);
    Sending sending = outbox.begin(outbox.epoch(), List.of(), 3);
    List<Sending.Batch> out = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      switch (random.nextInt(9)) {
        case 0, 1 -> {
          var batch = sending.next(Duration.ZERO);
          if (batch != null) {
            hub.store(batch);
            out.add(batch);
          }
        }
        case 2, 3 -> {
          if (!out.isEmpty()) {
            var batch = out.remove(random.nextInt(out.size()));
            sending.acknowledged(
                batch.epoch(), batch.first(), batch.first() + batch.items().size() - 1);
          }
        }
        case 4 -> {
          out.clear();
          if (random.nextBoolean()) {
            outbox.close();
            outbox = Outbox.open(() -> disk, LIMITS, clock);
          }
          sending = outbox.begin(outbox.epoch(), hub.stored(outbox.epoch()), 3);
        }
        default -> hub.append(outbox, random);
      }
    }
    outbox.close();
  }

  private static void drain(MemoryDisk disk, Hub hub) throws Exception {
    try (Outbox outbox = Outbox.open(() -> disk, LIMITS, new Samples.Clock())) {
      Sending sending = outbox.begin(outbox.epoch(), List.of(), 8);
      for (var batch = sending.next(Duration.ZERO);
          batch != null;
          batch = sending.next(Duration.ZERO)) {
        hub.store(batch);
        sending.acknowledged(
            batch.epoch(), batch.first(), batch.first() + batch.items().size() - 1);
      }
    }
  }
}
