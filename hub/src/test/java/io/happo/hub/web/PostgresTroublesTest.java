package io.happo.hub.web;

import static java.util.Objects.requireNonNull;

import io.happo.hub.api.TestHub;
import io.happo.hub.store.PostgresCluster;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class PostgresTroublesTest extends TroublesContract {
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
  TestHub hub() throws Exception {
    return new TestHub(data, requireNonNull(cluster).newDatabase());
  }
}
