package io.happo.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.hub.store.StoreException.Reason;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest extends StoreContract {
  @TempDir Path data;

  @Override
  Store open() {
    return Store.open(data, "");
  }

  @Test
  void its_files_are_for_its_user_alone() throws Exception {
    new HubValues(store).set("a", "1");
    try (var files = Files.list(data)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as("%s", file)
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void two_hubs_do_not_share_it() {
    assertThatThrownBy(() -> Store.open(data, ""))
        .hasMessageContaining("hub.db.lock is locked: another hub uses this data directory");
  }

  @Test
  void what_is_committed_is_synced() {
    assertThat(
            store.<Integer>write(
                h -> h.createQuery("PRAGMA synchronous").mapTo(Integer.class).one()))
        .isEqualTo(2);
    assertThat(
            store.<String>read(h -> h.createQuery("PRAGMA journal_mode").mapTo(String.class).one()))
        .isEqualTo("wal");
  }

  @Test
  void a_reader_does_not_wait_for_a_writer_and_cannot_write() throws Exception {
    new HubValues(store).set("a", "1");
    var written = new CountDownLatch(1);
    var read = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writer =
          threads.submit(
              () ->
                  store.write(
                      h -> {
                        h.execute("UPDATE hub SET value = '2'");
                        written.countDown();
                        return await(read);
                      }));
      written.await();
      assertThat(new HubValues(store).find("a")).hasValue("1");
      read.countDown();
      writer.get();
    }
    assertThat(new HubValues(store).find("a")).hasValue("2");
    assertThatThrownBy(() -> store.read(h -> h.execute("UPDATE hub SET value = '3'")))
        .isInstanceOf(StoreException.class);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  @Test
  void a_full_disk_is_told_and_writing_goes_on_when_there_is_room() {
    var values = new HubValues(store);
    values.set("before", "1");
    FullDisk.fill(store);
    assertThatThrownBy(
            () ->
                store.write(
                    h -> {
                      h.execute("UPDATE hub SET value = '2'");
                      return h.execute("INSERT INTO hub VALUES ('large', ?)", "x".repeat(100_000));
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("the store's disk is full")
        .extracting("reason")
        .isEqualTo(Reason.FULL);
    assertThat(values.find("before")).hasValue("1");
    FullDisk.free(store);
    values.set("large", "x".repeat(100_000));
    assertThat(values.find("large")).get().asString().hasSize(100_000);
  }

  @Test
  void a_backup_is_whole_and_is_restored_while_the_hub_runs() {
    var values = new HubValues(store);
    values.set("a", "1");
    var backup = data.resolve("backup.db");
    store.backup(backup);
    values.set("a", "2");
    int before = store.generation();
    store.restore(backup);
    assertThat(values.find("a")).hasValue("1");
    assertThat(store.generation()).isNotEqualTo(before);
    values.set("a", "3");
    assertThat(values.find("a")).hasValue("3");
    assertThat(data.resolve("backup.db")).exists();
    assertThat(data.resolve("hub.db.restored")).doesNotExist();
  }

  @Test
  void a_backup_does_not_write_over_a_file() throws Exception {
    var backup = Files.writeString(data.resolve("precious"), "x");
    assertThatThrownBy(() -> store.backup(backup)).hasMessageContaining("is there already");
    assertThat(backup).hasContent("x");
  }

  @Test
  void a_backup_that_cannot_be_written_leaves_nothing_behind() {
    assertThatThrownBy(() -> store.backup(data.resolve("none/backup.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the backup into");
    assertThat(data.resolve("none")).doesNotExist();
  }

  @Test
  void what_is_no_backup_or_is_damaged_is_not_restored() throws Exception {
    new HubValues(store).set("a", "1");
    var text =
        Files.writeString(
            data.resolve("text"), "no database, but longer than its header".repeat(9));
    assertThatThrownBy(() -> store.restore(text)).isInstanceOf(StoreException.class);
    var damaged = data.resolve("damaged");
    store.backup(damaged);
    try (var file = new RandomAccessFile(damaged.toFile(), "rw")) {
      file.seek(3 * 4_096L);
      file.write(new byte[4_096]);
    }
    assertThatThrownBy(() -> store.restore(damaged))
        .isInstanceOf(StoreException.class)
        .extracting("reason")
        .isEqualTo(Reason.DAMAGED);
    assertThatThrownBy(() -> store.restore(data.resolve("missing")))
        .isInstanceOf(StoreException.class);
    assertThat(new HubValues(store).find("a")).hasValue("1");
  }

  private long loggedPages() {
    return store.read(
        h -> h.createQuery("PRAGMA wal_checkpoint(NOOP)").map((rows, _) -> rows.getLong(2)).one());
  }

  @Test
  void what_is_committed_is_copied_into_the_file_and_the_log_begins_anew() throws Exception {
    var values = new HubValues(store);
    for (int i = 0; i < 80; i++) {
      values.set("large", String.valueOf(i).repeat(500_000));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (loggedPages() >= 16_384 && System.nanoTime() < end) {
      values.set("small", String.valueOf(System.nanoTime()));
      Thread.sleep(50);
    }
    assertThat(loggedPages()).isLessThan(16_384);
    assertThat(Files.size(data.resolve("hub.db"))).isGreaterThan(500_000);
  }

  @Test
  @Timeout(30)
  void a_long_reader_keeps_nobody_from_writing() throws Exception {
    var values = new HubValues(store);
    values.set("small", "0");
    var reading = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var reader =
          threads.submit(
              () ->
                  store.read(
                      h -> {
                        h.begin();
                        h.createQuery("SELECT count(*) FROM hub").mapTo(Long.class).one();
                        reading.countDown();
                        var done = await(over);
                        h.rollback();
                        return done;
                      }));
      try {
        reading.await();
        for (int i = 0; i < 80; i++) {
          values.set("large", String.valueOf(i).repeat(500_000));
        }
        assertThat(loggedPages()).isGreaterThan(16_384);
        // Three seconds: six times the thread that copies the log has looked. SQLite would keep
        // the lock for ten while it waits for readers.
        var writer =
            threads.submit(
                () -> {
                  for (int i = 0; i < 60; i++) {
                    values.set("small", String.valueOf(i));
                    Thread.sleep(50);
                  }
                  return true;
                });
        assertThat(writer).succeedsWithin(Duration.ofSeconds(9));
      } finally {
        over.countDown();
      }
      reader.get();
    }
  }

  @Test
  @Timeout(30)
  void who_writes_comes_in_turn() throws Exception {
    for (int round = 0; round < 50; round++) {
      var order = new ConcurrentLinkedQueue<Integer>();
      var first = new CountDownLatch(1);
      var begun = new CountDownLatch(1);
      var threads = new ArrayList<Thread>();
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    store.write(
                        h -> {
                          begun.countDown();
                          return await(first);
                        });
                    store.write(h -> order.add(3));
                  }));
      begun.await();
      for (int i = 1; i <= 2; i++) {
        int number = i;
        var waiting = Thread.ofVirtual().start(() -> store.write(h -> order.add(number)));
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
          Thread.sleep(1);
        }
        threads.add(waiting);
      }
      first.countDown();
      for (var thread : threads) {
        thread.join();
      }
      assertThat(order).containsExactly(1, 2, 3);
    }
  }
}
