package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OtlpTest {
  private final Otlp otlp = new Otlp(Map.of("deployment.environment", "prod"));

  private static Map<String, String> texts(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, one -> one.getValue().getStringValue()));
  }

  @Test
  void agents_are_resources_and_values_are_gauges() throws Exception {
    var body =
        otlp.body(
            List.of(
                new Point(Fixtures.perfdata("disk", "/", "MB"), 2_000, 7),
                new Point(Fixtures.perfdata("disk", "/var", "MB"), 2_000, 8),
                new Point(Fixtures.metric("db-1", "queue.length;queue=in"), 3_000, 0.5)));
    var request = ExportMetricsServiceRequest.parseFrom(body.compressed());
    assertThat(request.getResourceMetricsCount()).isEqualTo(2);
    var own = request.getResourceMetrics(0);
    assertThat(texts(own.getResource().getAttributesList()))
        .containsOnly(
            Map.entry("deployment.environment", "prod"),
            Map.entry("service.name", "happo-agent"),
            Map.entry("service.instance.id", Fixtures.ID),
            Map.entry("happo.agent", "web-01"),
            Map.entry("host.name", "web-01"),
            Map.entry("happo.tag.role", "web"));
    var disk = own.getScopeMetrics(0).getMetrics(0);
    assertThat(disk.getName()).isEqualTo("happo.perfdata");
    assertThat(disk.getUnit()).isEqualTo("MB");
    assertThat(disk.getGauge().getDataPointsCount()).isEqualTo(2);
    var point = disk.getGauge().getDataPoints(0);
    assertThat(point.getAsDouble()).isEqualTo(7);
    assertThat(point.getTimeUnixNano()).isEqualTo(2_000_000_000L);
    assertThat(texts(point.getAttributesList()))
        .containsOnly(Map.entry("check", "disk"), Map.entry("label", "/"));
    var other = request.getResourceMetrics(1);
    assertThat(texts(other.getResource().getAttributesList())).containsEntry("host.name", "db-1");
    var queue = other.getScopeMetrics(0).getMetrics(0);
    assertThat(queue.getName()).isEqualTo("queue.length");
    assertThat(texts(queue.getGauge().getDataPoints(0).getAttributesList()))
        .containsOnly(Map.entry("queue", "in"));
  }

  @Test
  void a_receiver_may_refuse_a_part_with_200() {
    var answer =
        ExportMetricsServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportMetricsPartialSuccess.newBuilder()
                    .setRejectedDataPoints(2)
                    .setErrorMessage("too many attributes"))
            .build();
    assertThat(otlp.taken(answer.toByteArray()))
        .isEqualTo(new Receiver.Taken(2, "too many attributes"));
    assertThat(otlp.taken(new byte[0])).isEqualTo(Receiver.Taken.WHOLLY);
    assertThat(otlp.taken(new byte[] {'o', 'k'})).isEqualTo(Receiver.Taken.WHOLLY);
  }
}
