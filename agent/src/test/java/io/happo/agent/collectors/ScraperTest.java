package io.happo.agent.collectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads of a web server that says what a test wants. */
@Timeout(60)
class ScraperTest {
  private static final long SECOND = 1_700_000_000;

  private final List<MetricBatch> kept = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger records = new AtomicInteger();
  private final ServerSocket server = listen();
  private final Scraper scraper =
      new Scraper(this::keep, () -> "host", InstantSource.fixed(Instant.ofEpochSecond(SECOND)));

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void keep(List<MetricBatch> batches) {
    records.incrementAndGet();
    kept.addAll(batches);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    scraper.close();
  }

  private String scrape(String status, String body) throws InterruptedException {
    var answering = Thread.ofVirtual().start(() -> answer(status, body));
    var trouble = scraper.scrape("http://127.0.0.1:" + server.getLocalPort() + "/metrics");
    answering.interrupt();
    return trouble;
  }

  private void answer(String status, String body) {
    try (var connection = server.accept()) {
      var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        asked.add(line);
      }
      connection
          .getOutputStream()
          .write(
              ("HTTP/1.1 "
                      + status
                      + "\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The test is over, or it does not want all of it.
    }
  }

  @Test
  void what_is_shown_is_kept_as_values_of_this_machine() throws InterruptedException {
    assertThat(scrape("200 OK", "# TYPE a gauge\na{b=\"c\"} 1\nd 2 1600000000500\ne NaN\n"))
        .isEmpty();
    assertThat(kept)
        .extracting(MetricBatch::hostname, MetricBatch::timestamp, MetricBatch::toString)
        .hasSize(2);
    assertThat(kept.get(0).metrics()).containsOnlyKeys("d");
    assertThat(kept.get(0).timestamp()).isEqualTo(1_600_000_000);
    assertThat(kept.get(1).metrics()).containsEntry("a;b=c", 1.0);
    assertThat(kept.get(1).timestamp()).isEqualTo(SECOND);
    assertThat(asked).contains("GET /metrics HTTP/1.1").anyMatch(line -> line.contains("0.0.4"));
  }

  @Test
  void values_of_many_seconds_are_kept_at_once() throws InterruptedException {
    var many = new StringBuilder();
    for (int i = 0; i < 1_500; i++) {
      many.append("a 1 ").append(1_600_000_000_000L + i * 1_000L).append('\n');
    }
    assertThat(scrape("200 OK", many.toString())).isEmpty();
    assertThat(records.get()).isEqualTo(2);
    assertThat(kept).hasSize(1_500);
  }

  @Test
  void what_goes_wrong_is_told_and_what_could_be_read_is_kept() throws InterruptedException {
    assertThat(scrape("200 OK", "a 1\n<html>\nb 2\n"))
        .isEqualTo("1 lines cannot be read, the first: no name: <html>");
    assertThat(kept.getFirst().metrics()).containsOnlyKeys("a", "b");
    assertThat(scrape("503 Busy", "a 1\n")).isEqualTo("the answer has the status 503");
    assertThat(scrape("200 OK", "# nothing\n")).isEqualTo("the answer holds no value");
    assertThat(scraper.scrape("http://127.0.0.1:1/")).contains("nobody listens");
    assertThat(scraper.scrape("http://x y/")).isNotEmpty();
  }

  @Test
  void more_values_than_there_may_be_are_left_out() throws InterruptedException {
    var many = new StringBuilder();
    for (int i = 0; i < Scraper.MAX_SERIES + 5; i++) {
      many.append("a{n=\"").append(i).append("\"} 1\n");
    }
    assertThat(scrape("200 OK", many.toString()))
        .isEqualTo("5 values beyond the first 10000 are left out");
    assertThat(kept.stream().mapToInt(batch -> batch.metrics().size()).sum())
        .isEqualTo(Scraper.MAX_SERIES);
  }

  @Test
  void an_answer_that_is_too_large_is_not_read() throws InterruptedException {
    assertThat(scrape("200 OK", "#".repeat(Scraper.MAX_BYTES) + "\n"))
        .isEqualTo("the answer has more than 4 MiB");
    assertThat(kept).isEmpty();
  }
}
