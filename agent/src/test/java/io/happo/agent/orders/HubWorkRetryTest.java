package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.HubMayRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HubWorkRetryTest {
  @TempDir Path folder;
  private final Exec exec =
      new Exec(new ExecSettings(4, 1 << 20, Duration.ofMillis(200), Map.of()));

  @AfterEach
  void close() {
    exec.close();
  }

  private HubWork start() throws IOException {
    return HubWork.start(
        new HubWork.Settings(
            folder, Map.of(), HubMayRun.BUNDLES, Optional.empty(), Map.of(), false),
        "1.2.3",
        exec,
        new PluginPaths(List.of(folder)),
        Orders.noWatchers());
  }

  @Test
  void after_a_start_that_failed_the_next_one_is_possible() throws Exception {
    var membership = folder.resolve("hub.json");
    Files.writeString(membership, "damaged");
    assertThatThrownBy(this::start).hasMessageContaining("is damaged");
    assertThatThrownBy(this::start).hasMessageContaining("is damaged");
    Files.delete(membership);
    try (var work = start()) {
      assertThat(work.status().problem()).isEmpty();
    }
  }
}
