package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.ROOMY;
import static io.happo.agent.buffer.Samples.leaseAll;
import static io.happo.agent.buffer.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Files that a crash, a bad disk or a stranger has changed; and a disk that fails under the queue.
 */
class DamageTest {
  private static final String FIRST = SegmentFormat.segmentName(1);
  private final Samples.Clock clock = new Samples.Clock();

  private DurableQueue open(MemoryDisk disk) throws IOException {
    return DurableQueue.open(disk, ROOMY, clock);
  }

  /** Five records, the second one forgotten; where the file ended after each append. */
  private byte[] sample(List<Integer> ends) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    try (DurableQueue queue = open(disk)) {
      for (int i = 0; i < 5; i++) {
        queue.append(NOW + (i == 1 ? -1 : i), text("record number " + i));
        ends.add((int) queue.stats().bytesOnDisk());
        if (i == 2) {
          queue.lease(1).forget();
        }
      }
    }
    return disk.read(FIRST);
  }

  private static MemoryDisk with(byte[] file) {
    MemoryDisk disk = new MemoryDisk();
    disk.put(FIRST, file);
    return disk;
  }

  @Test
  void tail_torn_at_any_byte_is_cut_off_silently_and_appends_go_on() throws IOException {
    List<Integer> ends = new ArrayList<>();
    byte[] file = sample(ends);
    for (int length = SegmentFormat.HEADER_BYTES; length < file.length; length++) {
      MemoryDisk disk = with(Arrays.copyOf(file, length));
      List<String> expected = new ArrayList<>();
      boolean forgetIsWhole = length >= ends.get(2) + 28;
      for (int i = 0; i < 5; i++) {
        if (ends.get(i) <= length && !(i == 1 && forgetIsWhole)) {
          expected.add("record number " + i);
        }
      }
      long next;
      try (DurableQueue queue = open(disk)) {
        next = queue.append(NOW + 100, text("after"));
        assertThat(queue.stats().damagedBytes()).as("cut at " + length).isZero();
      }
      assertThat(next).isGreaterThan(expected.size());
      expected.add("after");
      try (DurableQueue queue = open(disk)) {
        assertThat(leaseAll(queue))
            .as("cut at " + length)
            .extracting(Samples::text)
            .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(queue.stats().damagedBytes()).as("cut at " + length).isZero();
      }
    }
  }

  @Test
  void flipped_bit_costs_at_most_the_record_it_is_in() throws IOException {
    byte[] file = sample(new ArrayList<>());
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try (DurableQueue queue = open(with(flipped))) {
        List<String> found = leaseAll(queue).stream().map(Samples::text).toList();
        List<String> all =
            new ArrayList<>(
                List.of(
                    "record number 0", "record number 2", "record number 3", "record number 4"));
        all.removeAll(found);
        assertThat(all).as("bit " + bit).hasSizeLessThanOrEqualTo(1);
        boolean inLast = bit / 8 >= file.length - 47;
        assertThat(queue.stats().damagedBytes() > 0).as("bit " + bit).isEqualTo(!inLast);
        assertThat(queue.append(NOW, text("next"))).as("bit " + bit).isGreaterThan(5);
      }
    }
  }

  @Test
  void damage_in_an_older_segment_costs_one_record_and_its_bytes_are_counted() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Random random = new Random(5);
    try (DurableQueue queue = open(disk)) {
      for (int i = 0; i < 40; i++) {
        queue.append(NOW + i, Samples.noise(random, 4000));
      }
      assertThat(queue.stats().segments()).isEqualTo(3);
    }
    byte[] file = disk.read(FIRST);
    file[20_000] ^= 1;
    disk.put(FIRST, file);
    try (DurableQueue queue = open(disk)) {
      assertThat(queue.stats().damagedBytes()).isEqualTo(4032);
      assertThat(leaseAll(queue)).hasSize(39);
    }
  }

  @Test
  void stranger_under_the_name_of_a_segment_and_another_version_stop_the_start()
      throws IOException {
    assertThatThrownBy(() -> open(with(Samples.noise(new Random(1), 300))))
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining("memory")
        .hasMessageContaining(FIRST)
        .hasMessageContaining("not a file of this buffer")
        .hasMessageContaining("move it away");
    byte[] newer = SegmentFormat.header();
    newer[11] = 2;
    CRC32C crc = new CRC32C();
    crc.update(newer, 0, 12);
    ByteBuffer.wrap(newer).putInt(12, (int) crc.getValue());
    assertThatThrownBy(() -> open(with(newer)))
        .isInstanceOf(StoreDamaged.class)
        .hasMessageContaining("another version");
  }

  @Test
  void file_of_a_segment_without_any_content_is_no_obstacle() throws IOException {
    for (int length = 0; length <= SegmentFormat.HEADER_BYTES; length++) {
      try (DurableQueue queue = open(with(new byte[length]))) {
        queue.append(NOW, text("r"));
        assertThat(leaseAll(queue)).hasSize(1);
      }
    }
  }

  @Test
  void store_of_the_original_is_noticed_and_left_alone() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    disk.put("CURRENT", text("MANIFEST-000004\n"));
    disk.put("MANIFEST-000004", text("x"));
    disk.put("000007.ldb", text("y"));
    try (DurableQueue queue = open(disk)) {
      assertThat(queue.holdsLevelDb()).isTrue();
      queue.append(NOW, text("r"));
    }
    assertThat(disk.list()).contains("CURRENT", "MANIFEST-000004", "000007.ldb");
    try (DurableQueue queue = open(new MemoryDisk())) {
      assertThat(queue.holdsLevelDb()).isFalse();
    }
  }

  @Test
  void append_whose_sync_fails_fails_and_the_file_is_not_written_again() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    try (DurableQueue queue = open(disk)) {
      queue.append(NOW, text("good"));
      boolean[] failing = {true};
      List<String> written = new ArrayList<>();
      disk.fault(
          (operation, name) -> {
            if (operation.equals("force") && failing[0]) {
              failing[0] = false;
              throw new IOException("Input/output error");
            }
            if (operation.equals("write") && !failing[0]) {
              written.add(name);
            }
          });
      assertThatThrownBy(() -> queue.append(NOW, text("bad")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot sync " + FIRST)
          .hasMessageContaining("Input/output error");
      queue.append(NOW, text("later"));

      assertThat(written).isNotEmpty().doesNotContain(FIRST);
      assertThat(leaseAll(queue)).extracting(Samples::text).containsExactly("good", "later");
    }
    disk.fault((operation, name) -> {});
    try (DurableQueue queue = open(disk)) {
      assertThat(leaseAll(queue)).extracting(Samples::text).containsExactly("good", "later");
    }
  }

  @Test
  void full_disk_at_the_start_is_told_in_one_line() {
    MemoryDisk disk = new MemoryDisk();
    disk.capacity(0);
    assertThatThrownBy(() -> open(disk))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "buffer memory: cannot be opened: No space left on device;"
                + " check permissions and free room there");
  }

  @Test
  void any_single_failure_of_the_disk_loses_nothing_and_the_queue_recovers() throws IOException {
    boolean failed = true;
    for (int at = 10; failed; at++) {
      failed = failOnceAt(at);
    }
  }

  private boolean failOnceAt(int at) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Random random = new Random(3);
    List<Long> kept = new ArrayList<>();
    List<Long> gone = new ArrayList<>();
    boolean[] failed = {false};
    Limits small = new Limits(128 << 10, Duration.ofDays(7));
    DurableQueue queue = DurableQueue.open(disk, small, clock);
    disk.fault(
        (operation, name) -> {
          if (disk.changes() == at) {
            failed[0] = true;
            throw new IOException("Input/output error");
          }
        });
    for (int i = 0; i < 60; i++) {
      try {
        kept.add(queue.append(NOW + i, Samples.noise(random, 1000)));
      } catch (IOException e) {
        kept.add(queue.append(NOW + i, Samples.noise(random, 1000))); // the next one goes through
      }
      if (i % 3 == 0) {
        Lease lease = queue.lease(2);
        try {
          lease.forget();
        } catch (IOException e) {
          lease.forget();
        }
        lease.entries().forEach(entry -> gone.add(entry.sequence()));
      }
    }
    kept.removeAll(gone);
    assertThat(leaseAll(queue)).extracting(Entry::sequence).containsExactlyElementsOf(kept);
    queue.close();
    try (DurableQueue again = DurableQueue.open(disk, small, clock)) {
      List<Long> found = leaseAll(again).stream().map(Entry::sequence).toList();
      assertThat(found).as("failure " + at).containsAll(kept).doesNotContainAnyElementsOf(gone);
    }
    return failed[0];
  }

  @Test
  void lease_that_could_not_be_forgotten_is_still_held_and_can_be_given_back() throws IOException {
    for (String failing : List.of("write", "force")) {
      MemoryDisk disk = new MemoryDisk();
      try (DurableQueue queue = open(disk)) {
        queue.append(NOW, text("one"));
        queue.append(NOW + 1, text("two"));
        Lease lease = queue.lease(60);
        disk.fault(
            (operation, name) -> {
              if (operation.equals(failing)) {
                throw new IOException("Input/output error");
              }
            });
        assertThatThrownBy(lease::forget)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("Input/output error");
        assertThat(queue.lease(60).entries()).as(failing).isEmpty();
        lease.giveBack();
        assertThat(leaseAll(queue))
            .as(failing)
            .extracting(Samples::text)
            .containsExactly("one", "two");
      }
      disk.fault((operation, name) -> {});
      try (DurableQueue queue = open(disk)) {
        assertThat(leaseAll(queue)).as(failing).hasSize(2);
      }
    }
  }

  @Test
  void full_disk_refuses_appends_keeps_what_is_there_and_works_again_when_there_is_room()
      throws IOException {
    MemoryDisk disk = new MemoryDisk();
    Random random = new Random(1);
    try (DurableQueue queue = open(disk)) {
      disk.capacity(100_000);
      int appended = 0;
      IOException refusal = null;
      while (refusal == null) {
        try {
          queue.append(NOW + appended, Samples.noise(random, 3000));
          appended++;
        } catch (IOException e) {
          refusal = e;
        }
      }
      assertThat(refusal).hasMessageContaining("no space left").hasMessageContaining("memory");
      assertThat(appended).isGreaterThan(20);
      Lease lease = queue.lease(1000);
      assertThat(lease.entries()).hasSize(appended);
      lease.giveBack();
      disk.capacity(Long.MAX_VALUE);
      queue.append(NOW + 1000, text("room again"));
      assertThat(leaseAll(queue)).hasSize(appended + 1);
    }
    try (DurableQueue queue = open(disk)) {
      assertThat(leaseAll(queue)).hasSizeGreaterThan(20);
      assertThat(queue.stats().damagedBytes()).isZero();
    }
  }
}
