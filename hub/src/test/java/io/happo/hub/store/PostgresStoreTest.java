package io.happo.hub.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresStoreTest extends StoreContract {
  private static @Nullable PostgresCluster cluster;

  @TempDir Path data;

  @BeforeAll
  static void start() throws Exception {
    cluster = PostgresCluster.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Override
  Store open() throws Exception {
    return Store.open(data, java.util.Objects.requireNonNull(cluster).newDatabase());
  }

  @Test
  void backups_are_left_to_its_own_tools() {
    assertThatThrownBy(() -> store.backup(data.resolve("b")))
        .hasMessageContaining("pg_dump --format=custom --file=" + data.resolve("b"));
    assertThatThrownBy(() -> store.restore(data.resolve("b"))).hasMessageContaining("pg_restore");
  }
}
