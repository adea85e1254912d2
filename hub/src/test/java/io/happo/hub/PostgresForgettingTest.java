package io.happo.hub;

import static java.util.Objects.requireNonNull;

import io.happo.hub.store.PostgresCluster;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class PostgresForgettingTest extends ForgettingContract {
  private static @Nullable PostgresCluster cluster;

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
  Store open(Path data) throws Exception {
    return Store.open(data, requireNonNull(cluster).newDatabase());
  }
}
