package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.leaseAll;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A random run of the queue, cut off before each change it makes on the disk, one after the other.
 */
class PowerLossTest {
  private static final Limits LIMITS = new Limits(128 << 10, Duration.ofDays(7));

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("happo.powerloss.seeds", 2));
  }

  /** What a caller of the queue knows. */
  private static final class Caller {
    final Map<Long, byte[]> acknowledged = new HashMap<>();
    final Set<Long> forgotten = new HashSet<>();
    final Set<Long> beingForgotten = new HashSet<>();
    byte @Nullable [] beingAppended;

    void append(DurableQueue queue, long time, byte[] payload) throws IOException {
      beingAppended = payload;
      acknowledged.put(queue.append(time, payload), payload);
      beingAppended = null;
    }

    void forget(Lease lease) throws IOException {
      lease.entries().forEach(entry -> beingForgotten.add(entry.sequence()));
      lease.forget();
      forgotten.addAll(beingForgotten);
      beingForgotten.clear();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void power_lost_before_any_change_of_the_disk_loses_nothing_acknowledged(long seed)
      throws IOException {
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
      Caller caller = new Caller();
      lost = false;
      try {
        run(new Random(seed), disk, caller);
      } catch (MemoryDisk.PowerLost e) {
        lost = true;
      }
      String where = "seed " + seed + " change " + at;
      MemoryDisk found = disk.afterPowerLoss(new Random(seed * 1_000_000 + at));
      assertKept(where, found, caller);
      // And once more: recovery itself must leave something that can be recovered.
      assertKept(where + " again", found.afterPowerLoss(new Random(at)), caller);
    }
  }

  private static void run(Random random, MemoryDisk disk, Caller caller) throws IOException {
    Samples.Clock clock = new Samples.Clock();
    DurableQueue queue = DurableQueue.open(disk, LIMITS, clock);
    List<Lease> leases = new ArrayList<>();
    for (int step = 0; step < 150; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> leases.add(queue.lease(1 + random.nextInt(12)));
        case 3, 4 -> {
          if (!leases.isEmpty()) {
            caller.forget(leases.remove(random.nextInt(leases.size())));
          }
        }
        case 5 -> {
          if (!leases.isEmpty() && random.nextInt(3) == 0) {
            leases.remove(random.nextInt(leases.size())).giveBack();
          }
        }
        case 6 -> {
          if (random.nextInt(4) == 0) {
            queue.close();
            queue = DurableQueue.open(disk, LIMITS, clock);
            leases.clear();
          }
        }
        default ->
            caller.append(
                queue, NOW + random.nextInt(200), Samples.noise(random, random.nextInt(2500)));
      }
    }
    assertThat(queue.stats().droppedBySize()).isZero();
  }

  private static void assertKept(String where, MemoryDisk disk, Caller caller) throws IOException {
    Map<Long, byte[]> found = new HashMap<>();
    try (DurableQueue queue = DurableQueue.open(disk, LIMITS, new Samples.Clock())) {
      for (Entry entry : leaseAll(queue)) {
        assertThat(found.put(entry.sequence(), entry.payload())).as(where).isNull();
      }
      assertThat(queue.stats().records()).as(where).isEqualTo(found.size());
    }
    caller.acknowledged.forEach(
        (sequence, payload) -> {
          if (caller.forgotten.contains(sequence)) {
            assertThat(found).as(where + ": forgotten").doesNotContainKey(sequence);
          } else if (!caller.beingForgotten.contains(sequence)) {
            assertThat(found).as(where + ": acknowledged").containsKey(sequence);
            assertThat(found.get(sequence)).as(where).isEqualTo(payload);
          }
        });
    found.keySet().removeAll(caller.acknowledged.keySet());
    found.forEach(
        (sequence, payload) ->
            assertThat(Arrays.equals(payload, caller.beingAppended))
                .as(where + ": record " + sequence + " was never appended")
                .isTrue());
  }
}
