package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs of the machine send to the packaged daemon comes out of {@code /metric}. */
final class MetricFeedsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  @Test
  void statsd_and_graphite_are_handed_over_at_metric_and_counted() throws IOException {
    try (var daemon =
        Daemon.start(
            folder, "--statsd-port", "0", "--graphite-port", "0", "--statsd-flush-seconds", "1")) {
      var loopback = InetAddress.getLoopbackAddress();
      int statsd = port(daemon, "StatsD");
      int graphite = port(daemon, "Graphite");
      try (var sender = new DatagramSocket();
          var writer = new Socket(loopback, graphite)) {
        var packet = "orders:2|c|#dc:eu\nqueue:7|g".getBytes(StandardCharsets.UTF_8);
        sender.send(new DatagramPacket(packet, packet.length, loopback, statsd));
        writer
            .getOutputStream()
            .write(
                "load 0.5 1700000000\nwrong\nrooms;floor=2 3\n".getBytes(StandardCharsets.UTF_8));
      }
      var got = new StringBuilder();
      Awaitility.await()
          .untilAsserted(
              () -> {
                got.append(daemon.post("/metric", "{\"apikey\":\"\"}").text());
                assertThat(got.toString())
                    .contains("\"orders.count;dc=eu\":2", "\"queue\":7")
                    .contains("\"timestamp\":1700000000,\"metrics\":{\"load\":0.5}")
                    .contains("\"rooms;floor=2\":3");
              });
      assertThat(daemon.get("/metrics").text())
          .contains("happo_agent_feed_taken_total{feed=\"statsd\"} 2\n")
          .contains("happo_agent_feed_dropped_total{feed=\"graphite\",reason=\"bad_line\"} 1\n");
    }
  }

  private static int port(Daemon daemon, String feed) {
    var line = Pattern.compile(feed + " listening on 127\\.0\\.0\\.1:([0-9]+) ");
    Awaitility.await().until(() -> line.matcher(daemon.stderr()).find());
    var found = line.matcher(daemon.stderr());
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(1));
  }
}
