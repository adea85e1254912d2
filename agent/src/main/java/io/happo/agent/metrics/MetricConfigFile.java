package io.happo.agent.metrics;

import static io.happo.agent.yaml.YamlFile.mapping;
import static io.happo.agent.yaml.YamlFile.pair;
import static io.happo.agent.yaml.YamlFile.scalar;
import static io.happo.agent.yaml.YamlFile.sequence;

import io.happo.agent.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.snakeyaml.engine.v2.nodes.Node;

/** metrics.yaml on disk. A file that is missing or empty says that nothing is collected. */
public final class MetricConfigFile {
  private final YamlFile file;

  public MetricConfigFile(Path file) {
    this.file = new YamlFile(file);
  }

  /**
   * Reads the file.
   *
   * @throws IOException with one line that names the file, the place and what is wrong
   */
  public MetricConfig read() throws IOException {
    var root = file.read();
    return root.isPresent() ? config(root.get()) : MetricConfig.EMPTY;
  }

  /** Writes the file whole or not at all; owner and mode of an existing file stay. */
  public void write(MetricConfig config) throws IOException {
    file.write(node(config));
  }

  private MetricConfig config(Node root) throws IOException {
    file.refuseOtherKeys(root, "metrics");
    var hosts = new ArrayList<MetricConfig.Host>();
    for (var host : file.list(root, "metrics")) {
      file.refuseOtherKeys(host, "hostname", "plugins");
      // An empty one is what /metric/config/update makes of none, as the original does.
      if (file.find(host, "hostname").isEmpty()) {
        throw file.problem(host, "hostname is missing");
      }
      var plugins = new ArrayList<MetricConfig.Plugin>();
      for (var plugin : file.list(host, "plugins")) {
        file.refuseOtherKeys(plugin, "plugin_name", "plugin_option");
        var name = file.text(plugin, "plugin_name");
        if (name.isEmpty()) {
          throw file.problem(plugin, "plugin_name is missing");
        }
        plugins.add(new MetricConfig.Plugin(name, file.text(plugin, "plugin_option")));
      }
      hosts.add(new MetricConfig.Host(file.text(host, "hostname"), plugins));
    }
    return new MetricConfig(hosts);
  }

  private static Node node(MetricConfig config) {
    var hosts = new ArrayList<Node>();
    for (var host : config.hosts()) {
      var plugins = new ArrayList<Node>();
      for (var plugin : host.plugins()) {
        plugins.add(
            mapping(
                pair("plugin_name", scalar(plugin.name())),
                pair("plugin_option", scalar(plugin.option()))));
      }
      hosts.add(
          mapping(pair("hostname", scalar(host.hostname())), pair("plugins", sequence(plugins))));
    }
    return mapping(pair("metrics", sequence(hosts)));
  }
}
