package io.happo.hub.export;

import com.google.protobuf.CodedOutputStream;
import io.airlift.compress.snappy.SnappyCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Prometheus remote write 1.0: a {@code WriteRequest} (protobuf) in Snappy's block format. Of each
 * series all values of a request stand together, in the order of time.
 */
final class RemoteWrite implements Encoding {
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Type", "application/x-protobuf",
          "Content-Encoding", "snappy",
          "X-Prometheus-Remote-Write-Version", "0.1.0");

  // Numbers of fields: prometheus/prompb, remote.proto and types.proto.
  private static final int TIMESERIES = 1;
  private static final int LABELS = 1;
  private static final int SAMPLES = 2;
  private static final int NAME = 1;
  private static final int VALUE = 2;
  private static final int SAMPLE_VALUE = 1;
  private static final int SAMPLE_TIMESTAMP = 2;

  private final PrometheusNames names;

  RemoteWrite(PrometheusNames names) {
    this.names = names;
  }

  @Override
  public Map<String, String> headers() {
    return HEADERS;
  }

  @Override
  public Body body(List<Point> points) {
    var bySeries = new LinkedHashMap<Series, List<Point>>();
    for (var point : points) {
      bySeries.computeIfAbsent(point.series(), _ -> new ArrayList<>()).add(point);
    }
    var bytes =
        message(
            request -> {
              for (var one : bySeries.entrySet()) {
                one.getValue().sort(Comparator.comparingLong(Point::time));
                request.writeByteArray(
                    TIMESERIES, series(names.labels(one.getKey()), one.getValue()));
              }
            });
    return new Body(bytes, compressed(bytes));
  }

  private static byte[] series(SortedMap<String, String> labels, List<Point> points) {
    return message(
        series -> {
          for (var label : labels.entrySet()) {
            series.writeByteArray(
                LABELS,
                message(
                    pair -> {
                      pair.writeString(NAME, label.getKey());
                      pair.writeString(VALUE, label.getValue());
                    }));
          }
          for (var point : points) {
            series.writeByteArray(
                SAMPLES,
                message(
                    sample -> {
                      sample.writeDouble(SAMPLE_VALUE, point.value());
                      sample.writeInt64(SAMPLE_TIMESTAMP, point.time());
                    }));
          }
        });
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    var bytes = new ByteArrayOutputStream();
    try {
      var out = CodedOutputStream.newInstance(bytes, 256);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Memory does not fail so.
    }
    return bytes.toByteArray();
  }

  private static byte[] compressed(byte[] bytes) {
    var compressor = new SnappyCompressor();
    var out = new byte[compressor.maxCompressedLength(bytes.length)];
    int length = compressor.compress(bytes, 0, bytes.length, out, 0, out.length);
    return Arrays.copyOf(out, length);
  }

  /**
   * Prometheus refuses what is older than it takes with 400, Thanos with 409. With {@code
   * out_of_order_time_window} Prometheus to 2.4x says 500 of what is older than that, for ever.
   */
  @Override
  public boolean isAboutContent(int status, String answer) {
    return switch (status) {
      case 400, 409, 413, 422 -> true;
      case 500 -> answer.contains("too old sample");
      default -> false;
    };
  }

  @Override
  public Receiver.Taken taken(byte[] answer) {
    return Receiver.Taken.WHOLLY;
  }
}
