package io.happo.hub.web;

import io.happo.hub.api.TestHub;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteTroublesTest extends TroublesContract {
  @TempDir Path data;

  @Override
  TestHub hub() {
    return new TestHub(data);
  }
}
