package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.ROOMY;
import static io.happo.agent.buffer.Samples.leaseAll;
import static io.happo.agent.buffer.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableQueueTest {
  @TempDir Path directory;
  private final Samples.Clock clock = new Samples.Clock();

  private DurableQueue open() throws IOException {
    return DurableQueue.open(directory.resolve("queue"), ROOMY, clock);
  }

  @Test
  void what_is_appended_comes_back_oldest_time_first_and_in_order_of_arrival() throws IOException {
    try (DurableQueue queue = open()) {
      queue.append(NOW, text("b1"));
      queue.append(NOW - 5, text("a"));
      queue.append(NOW, text("b2"));
      queue.append(NOW + 5, new byte[0]);

      Lease lease = queue.lease(2);

      assertThat(lease.entries()).extracting(Samples::text).containsExactly("a", "b1", "b2");
      assertThat(queue.lease(2).entries()).extracting(Samples::text).containsExactly("");
      assertThat(queue.lease(2).entries()).isEmpty();
      assertThat(queue.oldestTime()).contains(NOW - 5);
      assertThat(queue.newestTime()).contains(NOW + 5);
    }
  }

  @Test
  void records_and_what_was_forgotten_survive_a_reopen_and_leases_do_not() throws IOException {
    try (DurableQueue queue = open()) {
      for (int i = 0; i < 10; i++) {
        assertThat(queue.append(NOW + i, text("r" + i))).isEqualTo(i + 1);
      }
      queue.lease(2);
      queue.lease(3).forget();
    }
    try (DurableQueue queue = open()) {
      assertThat(leaseAll(queue))
          .extracting(Samples::text)
          .containsExactly("r0", "r1", "r5", "r6", "r7", "r8", "r9");
      assertThat(queue.append(NOW, text("next"))).isEqualTo(11);
    }
  }

  @Test
  void leases_end_in_any_order_and_once() throws IOException {
    try (DurableQueue queue = open()) {
      for (int i = 0; i < 6; i++) {
        queue.append(NOW + i, text("r" + i));
      }
      Lease first = queue.lease(2);
      Lease second = queue.lease(2);
      second.forget();
      second.giveBack();
      first.giveBack();
      first.forget();

      assertThat(queue.lease(1).entries()).extracting(Samples::text).containsExactly("r0");
      assertThat(leaseAll(queue)).extracting(Samples::text).containsExactly("r1", "r4", "r5");
    }
  }

  @Test
  void record_of_a_leased_time_is_a_record_of_its_own() throws IOException {
    try (DurableQueue queue = open()) {
      queue.append(NOW, text("one"));
      Lease lease = queue.lease(60);
      queue.append(NOW, text("two"));
      lease.forget();

      assertThat(queue.lease(60).entries()).extracting(Samples::text).containsExactly("two");
    }
  }

  @Test
  void sequences_are_never_given_twice_even_when_all_files_were_emptied() throws IOException {
    Set<Long> given = new HashSet<>();
    for (int round = 0; round < 5; round++) {
      try (DurableQueue queue = open()) {
        for (int i = 0; i < 20; i++) {
          assertThat(given.add(queue.append(NOW, Samples.noise(new Random(i), 4000)))).isTrue();
        }
        queue.lease(60).forget();
      }
    }
  }

  @Test
  void records_too_old_for_the_clock_are_dropped_and_counted_but_not_while_leased()
      throws IOException {
    try (DurableQueue queue = open()) {
      queue.append(NOW, text("leased"));
      Lease lease = queue.lease(1);
      queue.append(NOW, text("old"));
      queue.append(NOW + 10, text("young"));
      queue.append(NOW + 1_000_000_000, text("from the future"));
      clock.advance(Duration.ofDays(7).plusSeconds(1));

      assertThat(queue.stats().droppedByAge()).isEqualTo(1);
      assertThat(queue.oldestTime()).contains(NOW);
      lease.giveBack();
      assertThat(leaseAll(queue))
          .extracting(Samples::text)
          .containsExactly("young", "from the future");
      assertThat(queue.stats().droppedByAge()).isEqualTo(2);
    }
  }

  @Test
  void over_the_limit_the_oldest_go_first_and_the_files_stay_below_it() throws IOException {
    Limits tight = new Limits(256 << 10, Duration.ofDays(7));
    Random random = new Random(1);
    try (DurableQueue queue = DurableQueue.open(new MemoryDisk(), tight, clock)) {
      for (int i = 0; i < 1000; i++) {
        queue.append(NOW + i, Samples.noise(random, 2000));
        assertThat(queue.stats().bytesOnDisk()).isLessThanOrEqualTo(tight.maxBytes());
      }
      Stats stats = queue.stats();
      assertThat(stats.droppedBySize()).isPositive();
      assertThat(stats.records()).isEqualTo(1000 - stats.droppedBySize()).isGreaterThan(100);
      assertThat(leaseAll(queue))
          .extracting(Entry::time)
          .containsExactlyElementsOf(
              IntStream.range((int) stats.droppedBySize(), 1000).mapToObj(i -> NOW + i).toList());
    }
  }

  @Test
  void full_buffer_whose_records_are_all_leased_refuses_and_keeps_them() throws IOException {
    Limits tight = new Limits(64 << 10, Duration.ofDays(7));
    Random random = new Random(1);
    try (DurableQueue queue = DurableQueue.open(new MemoryDisk(), tight, clock)) {
      for (int i = 0; i < 14; i++) {
        queue.append(NOW + i, Samples.noise(random, 4000));
      }
      Lease lease = queue.lease(60);
      assertThatThrownBy(() -> queue.append(NOW, Samples.noise(random, 30_000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no room")
          .hasMessageContaining("memory");
      lease.giveBack();
      assertThat(queue.lease(60).entries()).hasSize(14);
      assertThatThrownBy(() -> queue.append(NOW, Samples.noise(random, 70_000)))
          .hasMessageContaining("cannot fit");
      assertThatThrownBy(() -> queue.append(NOW, new byte[9 << 20]))
          .hasMessageContaining("in parts");
    }
  }

  @Test
  void lease_stops_at_4_mib_and_splits_only_a_time_that_is_larger_by_itself() throws IOException {
    Random random = new Random(1);
    try (DurableQueue queue = open()) {
      for (int i = 0; i < 10; i++) {
        queue.append(NOW + i / 5, Samples.noise(random, 1 << 20));
      }
      for (int records : new int[] {4, 1, 4, 1}) {
        assertThat(queue.lease(60).entries()).hasSize(records);
      }
      assertThat(queue.lease(60).entries()).isEmpty();
    }
  }

  @Test
  void batches_of_45_minutes_stay_small_and_the_disk_shrinks_after_collection() throws IOException {
    Random random = new Random(1);
    try (DurableQueue queue = open()) {
      for (int i = 0; i < 45; i++) {
        queue.append(NOW + 60L * i, Samples.metrics(random, NOW + 60L * i, 200));
      }
      assertThat(queue.stats().bytesOnDisk()).isLessThan(120 << 10);
      queue.lease(60).forget();
      assertThat(queue.stats().bytesOnDisk()).isLessThan(16 << 10);
      assertThat(queue.stats().segments()).isEqualTo(1);
    }
  }

  @Test
  void disk_holds_little_more_than_live_records_whatever_the_order_of_forgetting()
      throws IOException {
    Random random = new Random(7);
    MemoryDisk disk = new MemoryDisk();
    try (DurableQueue queue = DurableQueue.open(disk, ROOMY, clock)) {
      List<Lease> kept = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        queue.append(NOW + i, Samples.noise(random, 2000));
        Lease lease = queue.lease(1);
        if (i % 10 == 0) {
          kept.add(lease);
        } else {
          lease.forget();
        }
        long live = queue.stats().records() * 2032;
        assertThat(queue.stats().bytesOnDisk()).isLessThan(live + live / 4 + (200 << 10));
      }
      kept.forEach(Lease::giveBack);
      assertThat(leaseAll(queue)).hasSize(200);
    }
    try (DurableQueue queue = DurableQueue.open(disk, ROOMY, clock)) {
      assertThat(leaseAll(queue)).hasSize(200);
    }
  }

  @Test
  void many_threads_append_and_collect_and_every_record_comes_once() throws Exception {
    Set<Long> appended = ConcurrentHashMap.newKeySet();
    Set<Long> collected = ConcurrentHashMap.newKeySet();
    try (DurableQueue queue = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> appenders = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int seed = t;
        appenders.add(
            threads.submit(
                () -> {
                  Random random = new Random(seed);
                  for (int i = 0; i < 200; i++) {
                    byte[] payload = Samples.noise(random, random.nextInt(3000));
                    appended.add(queue.append(NOW + random.nextInt(50), payload));
                  }
                  return null;
                }));
      }
      CountDownLatch appendersDone = new CountDownLatch(1);
      List<Future<?>> collectors = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int seed = t;
        collectors.add(
            threads.submit(
                () -> {
                  Random random = new Random(seed);
                  boolean last = false;
                  while (!last) {
                    last = appendersDone.getCount() == 0;
                    for (Lease lease = queue.lease(5);
                        !lease.entries().isEmpty();
                        lease = queue.lease(5)) {
                      if (random.nextInt(4) == 0) {
                        lease.giveBack();
                      } else {
                        lease.forget();
                        for (Entry entry : lease.entries()) {
                          assertThat(collected.add(entry.sequence())).isTrue();
                        }
                      }
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> appender : appenders) {
        appender.get();
      }
      appendersDone.countDown();
      for (Future<?> collector : collectors) {
        collector.get();
      }
      for (Entry entry : leaseAll(queue)) {
        assertThat(collected.add(entry.sequence())).isTrue();
      }
    }
    assertThat(collected).isEqualTo(appended).hasSize(1600);
  }

  @Test
  void appends_that_wait_for_a_sync_share_the_next_one_and_readers_do_not_wait() throws Exception {
    MemoryDisk disk = new MemoryDisk();
    try (DurableQueue queue = DurableQueue.open(disk, ROOMY, clock)) {
      queue.append(NOW, text("before"));
      int forces = disk.forces();
      CountDownLatch mayForce = new CountDownLatch(1);
      CountDownLatch inForce = new CountDownLatch(1);
      disk.fault(
          (operation, name) -> {
            if (operation.equals("force")) {
              inForce.countDown();
              awaitUninterruptibly(mayForce);
            }
          });
      List<Thread> appenders = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        appenders.add(Thread.ofPlatform().start(() -> appendUnchecked(queue)));
        if (i == 0) {
          inForce.await();
        }
      }
      await()
          .until(
              () -> appenders.stream().skip(1).allMatch(t -> t.getState() == Thread.State.WAITING));

      assertThat(queue.lease(1).entries()).extracting(Samples::text).containsExactly("before");
      assertThat(queue.stats().records()).isEqualTo(1);

      appenders.get(5).interrupt();
      mayForce.countDown();
      for (Thread appender : appenders) {
        appender.join();
      }
      assertThat(disk.forces() - forces).isEqualTo(2);
      assertThat(leaseAll(queue)).hasSize(12);
    }
  }

  @Test
  void interrupt_breaks_no_append_and_stays_set() throws IOException {
    try (DurableQueue queue = open()) {
      for (int i = 0; i < 60; i++) {
        Thread.currentThread().interrupt();
        queue.append(NOW + i, Samples.noise(new Random(i), 4000)); // rolls over segments as well
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(queue.stats().segments()).isGreaterThan(2);
      assertThat(leaseAll(queue)).hasSize(60);
    }
  }

  @Test
  void closed_queue_refuses_in_one_line() throws IOException {
    DurableQueue queue = open();
    queue.append(NOW, text("r"));
    Lease lease = queue.lease(1);
    queue.close();
    queue.close();
    assertThatThrownBy(() -> queue.append(NOW, text("late"))).hasMessageContaining("is closed");
    assertThatThrownBy(lease::forget).hasMessageContaining("is closed");
    assertThatThrownBy(() -> queue.lease(1)).hasMessageContaining("is closed");
  }

  @Test
  void files_are_private() throws IOException {
    try (DurableQueue queue = open()) {
      queue.append(NOW, text("r"));
      Path queueDirectory = directory.resolve("queue");
      assertThat(mode(queueDirectory)).isEqualTo("rwx------");
      try (var files = Files.list(queueDirectory)) {
        assertThat(files).hasSize(2).allSatisfy(f -> assertThat(mode(f)).isEqualTo("rw-------"));
      }
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void appendUnchecked(DurableQueue queue) {
    try {
      queue.append(NOW + 1, text("shared"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }
}
