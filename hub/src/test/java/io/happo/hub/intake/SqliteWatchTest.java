package io.happo.hub.intake;

import io.happo.hub.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteWatchTest extends WatchContract {
  @TempDir Path data;

  @Override
  Store open() {
    return Store.open(data, "");
  }
}
