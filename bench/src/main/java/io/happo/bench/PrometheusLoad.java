package io.happo.bench;

import com.google.protobuf.CodedOutputStream;
import io.airlift.compress.snappy.SnappyCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Fills a Prometheus with the same as {@link MetricLoad}, by remote write: {@code PrometheusLoad
 * URL AGENTS SERIES END DAYS}. Half an hour of ten agents at once, in the order of time: Prometheus
 * takes no more than an hour of a past. Answers as JSON.
 */
final class PrometheusLoad {
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;
  private static final int TURN = 30;
  private static final int AT_ONCE = 10; // Agents in a request.
  private static final int IN_FLIGHT = 3;

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final List<MetricValues> fleet = new ArrayList<>();
  private final int series;
  private final ArrayDeque<CompletableFuture<HttpResponse<String>>> sent = new ArrayDeque<>();

  private PrometheusLoad(URI target, int agents, int series) {
    this.target = target;
    this.series = series;
    for (int i = 0; i < agents; i++) {
      fleet.add(new MetricValues(i, series));
    }
  }

  public static void main(String[] args) throws Exception {
    long end = Long.parseLong(args[3]) * 1_000 / MINUTE * MINUTE;
    long begin = end - Long.parseLong(args[4]) * DAY;
    var load =
        new PrometheusLoad(
            URI.create(args[0] + "/api/v1/write"),
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]));
    long wall = System.nanoTime();
    for (long time = begin; time < end; time += TURN * MINUTE) {
      for (int agent = 0; agent < load.fleet.size(); agent += AT_ONCE) {
        load.send(load.request(agent, time));
      }
      load.await(0);
      if (time % DAY < TURN * MINUTE) {
        System.err.print('.');
      }
    }
    double seconds = (System.nanoTime() - wall) / 1e9;
    long values = (end - begin) / MINUTE * load.fleet.size() * load.series;
    System.out.printf(
        Locale.ROOT,
        "{\"values\":%d,\"seconds\":%.1f,\"per_second\":%.0f}%n",
        values,
        seconds,
        values / seconds);
  }

  private void send(byte[] body) throws Exception {
    await(IN_FLIGHT - 1);
    sent.add(
        client.sendAsync(
            HttpRequest.newBuilder(target)
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString()));
  }

  /** Until no more than so many are under way. */
  private void await(int most) throws Exception {
    while (sent.size() > most) {
      var answer = sent.remove().get();
      if (answer.statusCode() / 100 != 2) {
        throw new IOException("Prometheus answers " + answer.statusCode() + ": " + answer.body());
      }
    }
  }

  private byte[] request(int first, long time) throws IOException {
    var values = new double[series][TURN];
    var request = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(request);
    for (int agent = first; agent < Math.min(fleet.size(), first + AT_ONCE); agent++) {
      for (int minute = 0; minute < TURN; minute++) {
        for (int i = 0; i < series; i++) {
          values[i][minute] = fleet.get(agent).next(i);
        }
      }
      for (int i = 0; i < series; i++) {
        out.writeByteArray(1, series(agent, i, values[i], time));
      }
    }
    out.flush();
    var compressor = new SnappyCompressor();
    var compressed = new byte[compressor.maxCompressedLength(request.size())];
    int length =
        compressor.compress(
            request.toByteArray(), 0, request.size(), compressed, 0, compressed.length);
    return Arrays.copyOf(compressed, length);
  }

  private static byte[] series(int agent, int number, double[] values, long time)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes, 1_024);
    label(out, "__name__", MetricValues.name(number).replace('.', '_'));
    label(out, "agent", MetricLoad.host(agent));
    for (int minute = 0; minute < values.length; minute++) {
      long at = time + minute * MINUTE;
      out.writeTag(2, 2);
      out.writeUInt32NoTag(
          CodedOutputStream.computeDoubleSize(1, values[minute])
              + CodedOutputStream.computeInt64Size(2, at));
      out.writeDouble(1, values[minute]);
      out.writeInt64(2, at);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static void label(CodedOutputStream out, String name, String value) throws IOException {
    out.writeTag(1, 2);
    out.writeUInt32NoTag(
        CodedOutputStream.computeStringSize(1, name)
            + CodedOutputStream.computeStringSize(2, value));
    out.writeString(1, name);
    out.writeString(2, value);
  }
}
