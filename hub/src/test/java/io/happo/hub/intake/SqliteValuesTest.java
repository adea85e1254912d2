package io.happo.hub.intake;

import io.happo.hub.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteValuesTest extends ValuesContract {
  @TempDir Path data;

  @Override
  Store open() {
    return Store.open(data, "");
  }
}
