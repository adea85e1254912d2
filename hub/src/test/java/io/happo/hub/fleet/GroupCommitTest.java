package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.StoreException;
import io.happo.hub.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GroupCommitTest {
  @Test
  void what_comes_while_one_is_written_is_written_together() throws Exception {
    var groups = new CopyOnWriteArrayList<List<Integer>>();
    var go = new CountDownLatch(1);
    var commit =
        new GroupCommit<Integer>(
            group -> {
              groups.add(group);
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    var threads = new ArrayList<Thread>();
    threads.add(Thread.ofVirtual().start(() -> commit.write(0)));
    await().until(() -> groups.size() == 1);
    for (int i = 1; i <= 100; i++) {
      int one = i;
      threads.add(Thread.ofVirtual().start(() -> commit.write(one)));
    }
    await().until(() -> threads.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
    go.countDown();
    for (var thread : threads) {
      thread.join();
    }
    assertThat(groups).hasSize(2);
    assertThat(groups.get(1)).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void one_that_no_store_takes_keeps_out_no_other() throws Exception {
    var written = new CopyOnWriteArrayList<Integer>();
    var commit =
        new GroupCommit<Integer>(
            group -> {
              if (group.contains(13)) {
                throw new StoreException(Reason.FAULT, "no such number");
              }
              written.addAll(group);
            });
    var results = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        int one = i;
        results.add(threads.submit(() -> commit.write(one)));
      }
    }
    assertThat(written).hasSize(29).doesNotContain(13);
    assertThatThrownBy(() -> results.get(13).get()).hasMessageContaining("no such number");
  }
}
