package io.happo.agent.autoscaling;

import io.happo.agent.metrics.MetricConfig;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.Optional;

/**
 * A name that stays while instances come and go.
 *
 * @param name such as {@code prod-web-app-01}
 * @param instance which has it now
 * @param metricConfig what whoever has it is to collect
 */
public record Alias(String name, Optional<Instance> instance, MetricConfig metricConfig) {
  Alias(String name) {
    this(name, Optional.empty(), MetricConfig.EMPTY);
  }

  Alias with(Optional<Instance> other) {
    return new Alias(name, other, metricConfig);
  }

  /** The same, collecting something else, all of it as this alias. */
  Alias with(MetricConfig other) {
    return new Alias(name, instance, other.of(name));
  }

  boolean isOf(String instanceId) {
    return instance.filter(one -> one.id().equals(instanceId)).isPresent();
  }

  static Alias read(JsonObject json) throws JsonException {
    var data = json.requiredObject("instance_data");
    var id = data.text("instance_id");
    return new Alias(
        json.requiredText("alias"),
        id.isEmpty() ? Optional.empty() : Optional.of(new Instance(id, data.requiredText("ip"))),
        MetricConfig.read(data.requiredObject("metric_config")));
  }

  /** As {@code /autoscaling} lists it. */
  public void write(JsonWriter json) {
    json.beginObject().member("alias", name).key("instance_data");
    writeData(json, Optional.of(this));
    json.endObject();
  }

  /**
   * The instance and what it is to collect.
   *
   * @param alias empty: the shape of it
   */
  public static void writeData(JsonWriter json, Optional<Alias> alias) {
    var instance = alias.flatMap(Alias::instance);
    json.beginObject()
        .member("ip", instance.map(Instance::ip).orElse(""))
        .member("instance_id", instance.map(Instance::id).orElse(""))
        .key("metric_config");
    alias.map(Alias::metricConfig).orElse(MetricConfig.EMPTY).writeOrNull(json);
    json.endObject();
  }
}
