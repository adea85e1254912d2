package io.happo.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.agent.buffer.DurableQueue;
import io.happo.agent.buffer.Limits;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.core.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent stops in the middle of a minute. */
@Timeout(60)
final class CollectorStopTest {
  @TempDir Path folder;

  @Test
  void what_was_measured_before_a_stop_is_kept_and_what_hangs_is_ended() throws Exception {
    plugin("quick", "touch " + folder + "/measured; printf 'a.b\\t1\\t1700000000\\n'");
    plugin("hangs", "trap '' TERM; touch " + folder + "/hanging; sleep 60");
    var clock = Clock.systemUTC();
    var limits = new Limits(1 << 20, Duration.ofHours(1));
    try (var queue = DurableQueue.open(folder.resolve("store"), limits, clock);
        var exec = new Exec(ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin")))) {
      var store = new MetricStore(queue, clock);
      var hosts =
          List.of(
              new MetricConfig.Host(
                  "host",
                  List.of(
                      new MetricConfig.Plugin("quick", ""), new MetricConfig.Plugin("hangs", ""))));
      var collector =
          new Collector(
              exec,
              new PluginPaths(List.of(folder)),
              Duration.ofSeconds(50),
              () -> new MetricConfig(hosts),
              store,
              clock);
      collector.begin(hosts, clock.instant().getEpochSecond());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  Files.exists(folder.resolve("measured"))
                      && Files.exists(folder.resolve("hanging"))
                      && exec.counts().exited() == 1);

      collector.close();

      assertThat(exec.counts().running()).isZero();
      var json = new JsonWriter();
      store.collect().write(json);
      assertThat(new String(json.toBytes(), StandardCharsets.UTF_8))
          .contains("\"hostname\":\"host\"", "\"a.b\":1");
    }
  }

  private void plugin(String name, String script) throws Exception {
    Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
