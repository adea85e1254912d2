package io.happo.hub.intake;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.PostgresCluster;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresIntakeTest extends IntakeContract {
  private static @Nullable PostgresCluster cluster;

  @TempDir Path data;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = PostgresCluster.start();
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Override
  Store open() throws Exception {
    return Store.open(data, requireNonNull(cluster).newDatabase());
  }

  @Test
  void a_server_that_crashes_and_comes_back_costs_nothing() throws Exception {
    var server = requireNonNull(cluster);
    var acks = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 300; i++) {
      acks.add(intake.submit(1 + i % 7, batch("e", 1 + i / 7, 2 + i / 7)));
      if (i == 150) {
        server.crash();
        acks.add(intake.submit(1, batch("e", 100, 100)));
        await().atMost(Duration.ofSeconds(30)).until(() -> !intake.health().good());
        assertThat(acks.getLast()).isNotDone();
        server.startServer();
      }
    }
    CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new))
        .get(60, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(intake.health().good()).isTrue();
    assertThat(intake.health().problemSince()).isZero();
    for (int agent = 1; agent <= 7; agent++) {
      var expected = new ArrayList<>(sequences(1, agent <= 6 ? 44 : 43));
      if (agent == 1) {
        expected.add(100L);
      }
      assertThat(sequences(agent)).isEqualTo(expected);
    }
  }
}
