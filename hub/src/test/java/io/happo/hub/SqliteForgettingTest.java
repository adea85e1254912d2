package io.happo.hub;

import io.happo.hub.store.Store;
import java.nio.file.Path;

final class SqliteForgettingTest extends ForgettingContract {
  @Override
  Store open(Path data) {
    return Store.open(data, "");
  }
}
