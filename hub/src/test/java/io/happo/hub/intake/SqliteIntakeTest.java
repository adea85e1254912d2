package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.FullDisk;
import io.happo.hub.store.Results;
import io.happo.hub.store.Settling;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteIntakeTest extends IntakeContract {
  @TempDir Path data;

  @Override
  Store open() {
    return Store.open(data, "");
  }

  @Test
  void a_full_disk_delays_what_agents_deliver_and_loses_nothing() throws Exception {
    deliver(1, batch("e", 1, 10));
    FullDisk.fill(store);
    var acks = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 40; i++) {
      acks.add(intake.submit(1, batch("e", 11 + 50L * i, 60 + 50L * i)));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> !intake.health().good());
    assertThat(intake.health().problem()).startsWith("the store's disk is full");
    assertThat(intake.health().problemSince()).isEqualTo(NOW);
    assertThat(acks.getLast()).isNotDone();
    FullDisk.free(store);
    CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new))
        .get(60, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(intake.health().good()).isTrue();
    assertThat(sequences(1)).isEqualTo(sequences(1, 2_010));
  }

  @Test
  void history_is_whole_before_and_after_it_is_moved_into_order() throws Exception {
    deliver(1, batch("e", 1, 39));
    assertThat(new Settling(store).waiting()).isEqualTo(39);
    deliver(1, batch("e", 40, 41));
    await().until(() -> new Settling(store).waiting() == 0);
    deliver(1, batch("e", 42, 50));
    assertThat(new Settling(store).waiting()).isEqualTo(9);
    assertThat(sequences(1)).isEqualTo(sequences(1, 50));
    assertThat(history(1, "ping")).extracting(Results.Row::sequence).isSorted();
  }

  @Test
  void after_a_restore_what_the_backup_does_not_hold_is_stored_again() throws Exception {
    deliver(1, batch("e", 1, 10));
    var backup = data.resolve("backup");
    store.backup(backup);
    deliver(1, batch("e", 11, 20));
    store.restore(backup);
    deliver(1, batch("e", 1, 30));
    assertThat(sequences(1)).isEqualTo(sequences(1, 30));
  }
}
