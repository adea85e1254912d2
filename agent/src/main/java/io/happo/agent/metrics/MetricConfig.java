package io.happo.agent.metrics;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Which plugins measure for which host: the content of metrics.yaml and of {@code
 * /metric/config/update}.
 *
 * @param hosts one entry a host, in the order of the file; a host may occur twice
 */
public record MetricConfig(List<Host> hosts) {
  /** Nothing to collect. */
  public static final MetricConfig EMPTY = new MetricConfig(List.of());

  public MetricConfig {
    hosts = List.copyOf(hosts);
  }

  /** A host and the plugins that measure it. */
  public record Host(String hostname, List<Plugin> plugins) {
    public Host {
      plugins = List.copyOf(plugins);
    }
  }

  /** A Sensu plugin by its file name, and the options that follow it on its command line. */
  public record Plugin(String name, String option) {}

  /** Reads the {@code config} member of an update. */
  public static MetricConfig read(JsonObject config) throws JsonException {
    var hosts = new ArrayList<Host>();
    for (var host : config.objects("metrics")) {
      var plugins = new ArrayList<Plugin>();
      for (var plugin : host.objects("plugins")) {
        var name = plugin.requiredText("plugin_name");
        if (name.indexOf('\0') >= 0) {
          throw new JsonException(
              plugin.path("plugin_name") + " holds a NUL, as no file name does");
        }
        plugins.add(new Plugin(name, plugin.text("plugin_option")));
      }
      hosts.add(new Host(host.text("hostname"), plugins));
    }
    return new MetricConfig(hosts);
  }

  /** The same, with all of it measured for one host. */
  public MetricConfig of(String hostname) {
    return new MetricConfig(
        hosts.stream().map(host -> new Host(hostname, host.plugins())).toList());
  }

  /** As {@link #write}; an empty one as the original writes what it has never set. */
  public void writeOrNull(JsonWriter json) {
    if (hosts.isEmpty()) {
      json.beginObject().key("Metrics").nullValue().endObject();
    } else {
      write(json);
    }
  }

  /** Writes it with the keys that the original's structures have. */
  public void write(JsonWriter json) {
    json.beginObject().key("Metrics").beginArray();
    for (var host : hosts) {
      json.beginObject().member("Hostname", host.hostname()).key("Plugins").beginArray();
      for (var plugin : host.plugins()) {
        json.beginObject()
            .member("Plugin_Name", plugin.name())
            .member("Plugin_Option", plugin.option())
            .endObject();
      }
      json.endArray().endObject();
    }
    json.endArray().endObject();
  }
}
