package io.happo.agent.metrics;

import java.io.IOException;
import java.util.ArrayList;
import java.util.function.Supplier;

/** What is collected now, and the metrics.yaml that says so. Any thread. */
public final class ActiveMetricConfig {
  private final MetricConfigFile file;
  private volatile MetricConfig config;
  private volatile Supplier<MetricConfig> others = () -> MetricConfig.EMPTY;

  private ActiveMetricConfig(MetricConfigFile file) throws IOException {
    this.file = file;
    config = file.read();
  }

  /**
   * Reads the file.
   *
   * @throws IOException as {@link MetricConfigFile#read}
   */
  public static ActiveMetricConfig read(MetricConfigFile file) throws IOException {
    return new ActiveMetricConfig(file);
  }

  /** What the file says. */
  public MetricConfig get() {
    return config;
  }

  /** What is collected: of the file, and of a hub. */
  public MetricConfig all() {
    var hosts = new ArrayList<>(config.hosts());
    for (var other : others.get().hosts()) {
      var plugins = new ArrayList<>(other.plugins());
      config.hosts().stream()
          .filter(host -> host.hostname().equals(other.hostname()))
          .forEach(host -> plugins.removeAll(host.plugins()));
      hosts.add(new MetricConfig.Host(other.hostname(), plugins));
    }
    return new MetricConfig(hosts);
  }

  /** Collects this, too; no file says so. */
  public void also(Supplier<MetricConfig> wanted) {
    others = wanted;
  }

  /**
   * Reads the file anew.
   *
   * @throws IOException when it is wrong; what was collected still is
   */
  public synchronized void reload() throws IOException {
    config = file.read();
  }

  /**
   * Collects something else, and writes the file.
   *
   * @throws IOException when it cannot be written; what was collected still is
   */
  public synchronized void replace(MetricConfig wanted) throws IOException {
    file.write(wanted);
    config = wanted;
  }
}
