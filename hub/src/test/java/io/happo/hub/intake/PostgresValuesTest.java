package io.happo.hub.intake;

import static java.util.Objects.requireNonNull;

import io.happo.hub.store.PostgresCluster;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class PostgresValuesTest extends ValuesContract {
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
}
