package io.happo.hub.export;

import com.google.protobuf.InvalidProtocolBufferException;
import io.happo.core.MetricName;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * OTLP/HTTP 1.x, metrics as binary protobuf: a resource for each agent and host, with the agent's
 * tags; a gauge for each name and unit. Perfdata is {@code happo.perfdata} with {@code check} and
 * {@code label}; what else is measured has the name it came with, and its tags as attributes.
 */
final class Otlp implements Encoding {
  private static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder().setName("happo").build();

  private final Map<String, String> fixed;

  /**
   * @param fixed attributes of every resource
   */
  Otlp(Map<String, String> fixed) {
    this.fixed = new TreeMap<>(fixed);
  }

  /** Whether every resource may have an attribute of that name: none that it has already. */
  static boolean mayBeFixed(String name) {
    return !name.isBlank()
        && !name.startsWith("service.")
        && !name.startsWith("happo.")
        && !name.equals("host.name");
  }

  /** What a resource is of. */
  private record Source(String agent, String agentId, Map<String, String> tags, String host) {}

  /** What a metric is called. */
  private record Name(String name, String unit) {}

  @Override
  public Body body(List<Point> points) {
    var sources = new LinkedHashMap<Source, Map<Name, Gauge.Builder>>();
    for (var point : points) {
      var series = point.series();
      var source = new Source(series.agent(), series.agentId(), series.agentTags(), series.host());
      var name = MetricName.of(series.name());
      var called = series.isPerfdata() ? "happo.perfdata" : name.name();
      sources
          .computeIfAbsent(source, _ -> new LinkedHashMap<>())
          .computeIfAbsent(new Name(called, series.unit()), _ -> Gauge.newBuilder())
          .addDataPoints(point(point, name));
    }
    var request = ExportMetricsServiceRequest.newBuilder();
    sources.forEach((source, metrics) -> request.addResourceMetrics(resource(source, metrics)));
    var bytes = request.build().toByteArray();
    return new Body(bytes, bytes);
  }

  private ResourceMetrics resource(Source source, Map<Name, Gauge.Builder> metrics) {
    var resource = Resource.newBuilder();
    fixed.forEach((name, value) -> resource.addAttributes(attribute(name, value)));
    if (!source.agentId().isEmpty()) {
      resource
          .addAttributes(attribute("service.name", "happo-agent"))
          .addAttributes(attribute("service.instance.id", source.agentId()))
          .addAttributes(attribute("happo.agent", source.agent()));
    } else {
      resource.addAttributes(attribute("service.name", "happo-hub"));
    }
    var host = source.host().isEmpty() ? source.agent() : source.host();
    if (!host.isEmpty()) {
      resource.addAttributes(attribute("host.name", host));
    }
    new TreeMap<>(source.tags())
        .forEach((tag, value) -> resource.addAttributes(attribute("happo.tag." + tag, value)));
    var scope = ScopeMetrics.newBuilder().setScope(SCOPE);
    metrics.forEach(
        (name, gauge) ->
            scope.addMetrics(
                Metric.newBuilder().setName(name.name()).setUnit(name.unit()).setGauge(gauge)));
    return ResourceMetrics.newBuilder().setResource(resource).addScopeMetrics(scope).build();
  }

  private static NumberDataPoint point(Point point, MetricName name) {
    var data =
        NumberDataPoint.newBuilder()
            .setTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(point.time()))
            .setAsDouble(point.value());
    if (point.series().isPerfdata()) {
      data.addAttributes(attribute("check", point.series().check()))
          .addAttributes(attribute("label", point.series().name()));
    } else {
      name.tags().forEach((tag, value) -> data.addAttributes(attribute(tag, value)));
    }
    return data.build();
  }

  private static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Content-Type", "application/x-protobuf");
  }

  @Override
  public boolean isAboutContent(int status, String answer) {
    return status == 400 || status == 413 || status == 422;
  }

  /** What a receiver takes a part of it tells with 200, and is not to be sent again. */
  @Override
  public Receiver.Taken taken(byte[] answer) {
    try {
      var part = ExportMetricsServiceResponse.parseFrom(answer).getPartialSuccess();
      return new Receiver.Taken(part.getRejectedDataPoints(), part.getErrorMessage());
    } catch (InvalidProtocolBufferException e) {
      return Receiver.Taken.WHOLLY; // It said 2xx, and no more that is to be understood.
    }
  }
}
