package io.happo.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The queue against the simplest thing that could be right: a map in memory. */
class QueueModelTest {
  private static final Limits LIMITS = new Limits(512 << 10, Duration.ofHours(1));

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 8);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void queue_does_what_the_model_does(long seed) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Samples.Clock clock = new Samples.Clock();
    run(seed, 600, clock, () -> DurableQueue.open(disk, LIMITS, clock));
  }

  @Test
  void queue_on_a_real_directory_does_what_the_model_does(@TempDir Path directory)
      throws IOException {
    Samples.Clock clock = new Samples.Clock();
    long seed = System.nanoTime();
    run(seed, 200, clock, () -> DurableQueue.open(directory, LIMITS, clock));
  }

  private interface Opening {
    DurableQueue open() throws IOException;
  }

  private record Held(Lease lease, List<Entry> expected) {}

  private static void run(long seed, int steps, Samples.Clock clock, Opening opening)
      throws IOException {
    Random random = new Random(seed);
    TreeMap<Long, Entry> model = new TreeMap<>();
    List<Held> leases = new ArrayList<>();
    DurableQueue queue = opening.open();
    for (int step = 0; step < steps; step++) {
      String at = "seed " + seed + " step " + step;
      switch (random.nextInt(20)) {
        case 0 -> {
          queue.close();
          queue = opening.open();
          leases.clear();
        }
        case 1 -> clock.advance(Duration.ofSeconds(random.nextInt(600)));
        case 2, 3, 4 -> {
          int times = 1 + random.nextInt(20);
          drop(model, leases, clock);
          List<Entry> expected = oldest(model, leases, times);
          Lease lease = queue.lease(times);
          assertSame(at, lease.entries(), expected);
          leases.add(new Held(lease, expected));
        }
        case 5, 6, 7 -> {
          if (!leases.isEmpty()) {
            Held held = leases.remove(random.nextInt(leases.size()));
            held.lease().forget();
            held.expected().forEach(entry -> model.remove(entry.sequence()));
          }
        }
        case 8 -> {
          if (!leases.isEmpty()) {
            leases.remove(random.nextInt(leases.size())).lease().giveBack();
          }
        }
        default -> {
          long now = clock.instant().getEpochSecond();
          long time = now + random.nextInt(-3700, 100);
          byte[] payload = Samples.noise(random, random.nextInt(2000));
          long sequence = queue.append(time, payload);
          if (!model.isEmpty()) {
            assertThat(sequence).as(at).isGreaterThan(model.lastKey());
          }
          model.put(sequence, new Entry(sequence, time, payload));
        }
      }
      drop(model, leases, clock);
      assertThat(queue.stats().records()).as(at).isEqualTo(model.size());
      assertThat(queue.stats().droppedBySize()).as(at).isZero();
      assertThat(queue.oldestTime())
          .as(at)
          .isEqualTo(model.values().stream().map(Entry::time).min(Long::compare));
      assertThat(queue.newestTime())
          .as(at)
          .isEqualTo(model.values().stream().map(Entry::time).max(Long::compare));
    }
    queue.close();
  }

  private static void drop(Map<Long, Entry> model, List<Held> leases, Samples.Clock clock) {
    long oldestAllowed = clock.instant().getEpochSecond() - LIMITS.maxAge().toSeconds();
    Set<Long> leased = leased(leases);
    model
        .values()
        .removeIf(entry -> entry.time() < oldestAllowed && !leased.contains(entry.sequence()));
  }

  private static Set<Long> leased(List<Held> leases) {
    Set<Long> leased = new HashSet<>();
    leases.forEach(held -> held.expected().forEach(entry -> leased.add(entry.sequence())));
    return leased;
  }

  private static List<Entry> oldest(Map<Long, Entry> model, List<Held> leases, int times) {
    Set<Long> leased = leased(leases);
    TreeMap<Long, List<Entry>> byTime = new TreeMap<>();
    for (Entry entry : model.values()) {
      if (!leased.contains(entry.sequence())) {
        byTime.computeIfAbsent(entry.time(), t -> new ArrayList<>()).add(entry);
      }
    }
    return byTime.values().stream().limit(times).flatMap(List::stream).toList();
  }

  private static void assertSame(String at, List<Entry> actual, List<Entry> expected) {
    assertThat(actual)
        .as(at)
        .extracting(Entry::sequence)
        .containsExactlyElementsOf(expected.stream().map(Entry::sequence).toList());
    Map<Long, byte[]> payloads = new HashMap<>();
    expected.forEach(entry -> payloads.put(entry.sequence(), entry.payload()));
    actual.forEach(
        entry -> assertThat(entry.payload()).as(at).isEqualTo(payloads.get(entry.sequence())));
  }

  @Test
  void set_of_sequences_does_what_a_plain_set_does() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      SequenceSet ranges = new SequenceSet();
      Set<Long> plain = new HashSet<>();
      for (int step = 0; step < 200; step++) {
        long from = random.nextInt(100);
        var range = new SequenceSet.Range(from, from + random.nextInt(10));
        boolean add = random.nextBoolean();
        for (long s = range.from(); s <= range.to(); s++) {
          if (add) {
            plain.add(s);
          } else {
            plain.remove(s);
          }
        }
        if (add) {
          ranges.add(range);
        } else {
          ranges.remove(range);
        }
        Set<Long> spelled = new HashSet<>();
        long last = -2;
        for (var part : ranges.ranges()) {
          assertThat(part.from()).as("seed " + seed + ": apart").isGreaterThan(last + 1);
          LongStream.rangeClosed(part.from(), part.to()).forEach(spelled::add);
          last = part.to();
        }
        assertThat(spelled).as("seed " + seed).isEqualTo(plain);
        long probe = random.nextInt(100);
        assertThat(ranges.contains(probe)).isEqualTo(plain.contains(probe));
        var three = new SequenceSet.Range(probe, probe + 2);
        List<Long> probes = List.of(probe, probe + 1, probe + 2);
        assertThat(ranges.containsAll(three)).isEqualTo(plain.containsAll(probes));
        assertThat(ranges.intersects(three)).isEqualTo(probes.stream().anyMatch(plain::contains));
        long below = ranges.rangesBelow(probe).stream().mapToLong(r -> r.to() - r.from() + 1).sum();
        assertThat(below).isEqualTo(plain.stream().filter(s -> s < probe).count());
      }
    }
  }
}
