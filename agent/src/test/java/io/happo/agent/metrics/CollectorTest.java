package io.happo.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.buffer.FailingQueue;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.core.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rounds with real plugins. */
@Timeout(60)
class CollectorTest {
  private static final long SECOND = 1_800_000_000;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(SECOND));

  /** No path can be made of it: looking for it ends in a RuntimeException. */
  private static final String POISON = "metrics-\0";

  @TempDir Path plugins;
  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin")));
  private final FailingQueue queue = new FailingQueue(CLOCK);
  private final MetricStore store = new MetricStore(queue.open(), CLOCK);

  CollectorTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    exec.close();
    queue.close();
  }

  @Test
  void a_plugin_that_cannot_even_be_looked_for_spoils_no_other() throws IOException {
    plugin("metrics-a", "echo \"a.$1\t1\t1800000000\"");
    plugin("metrics-b", "echo \"b.$1\t2\t1800000001\"");
    round(
        host("first", "metrics-a", POISON, "metrics-b"),
        host("poisoned", POISON),
        host("last", "metrics-b"));
    assertThat(kept())
        .isEqualTo(
            "[{\"hostname\":\"first\",\"timestamp\":1800000001,"
                + "\"metrics\":{\"a.first\":1,\"b.first\":2}},"
                + "{\"hostname\":\"last\",\"timestamp\":1800000001,\"metrics\":{\"b.last\":2}}]");
  }

  private void round(MetricConfig.Host... hosts) {
    try (var collector =
        new Collector(
            exec,
            new PluginPaths(List.of(plugins)),
            Duration.ofSeconds(30),
            () -> MetricConfig.EMPTY,
            store,
            CLOCK)) {
      collector.round(List.of(hosts), SECOND);
    }
  }

  private String kept() throws IOException {
    var json = new JsonWriter();
    store.collect().write(json);
    return json.toString();
  }

  private void plugin(String name, String script) throws IOException {
    var file = Files.writeString(plugins.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static MetricConfig.Host host(String name, String... plugins) {
    return new MetricConfig.Host(
        name,
        List.of(plugins).stream().map(plugin -> new MetricConfig.Plugin(plugin, name)).toList());
  }
}
