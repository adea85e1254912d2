package io.happo.hub.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteSamplesTest extends SamplesContract {
  @TempDir Path data;

  @Override
  Store open() {
    return Store.open(data, "");
  }
}
