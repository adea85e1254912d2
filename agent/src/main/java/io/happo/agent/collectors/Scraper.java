package io.happo.agent.collectors;

import io.happo.core.MetricBatch;
import io.happo.core.PrometheusText;
import io.happo.core.Utf8;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import io.happo.net.Trust;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Reads the values that programs show in Prometheus' text format, and keeps them as the agent's
 * own. Over TLS any certificate will do on this machine itself; elsewhere it must be one that the
 * public roots vouch for. Any thread; may block.
 */
final class Scraper implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final int MAX_BYTES = 4 << 20;
  static final int MAX_SERIES = 10_000;

  /** Values of one record of the store, of however many seconds: each record is a sync. */
  private static final int RECORD = 1_000;

  private static final int OK = 200;

  /** What is read at once; an answer takes a few times its size in memory while it is read. */
  private static final int MOST_AT_ONCE = 2;

  private final Semaphore turns = new Semaphore(MOST_AT_ONCE, true);
  private final Values store;
  private final Supplier<String> hostname;
  private final InstantSource clock;
  private final HttpsClient here = new HttpsClient(new Trust.Anything(), Optional.empty());
  private final HttpsClient elsewhere = new HttpsClient(new Trust.PublicRoots(), Optional.empty());

  Scraper(Values store, Supplier<String> hostname, InstantSource clock) {
    this.store = store;
    this.hostname = hostname;
    this.clock = clock;
  }

  /**
   * Reads them once, when it is its turn.
   *
   * @return what is wrong, one line; empty: nothing
   */
  String scrape(String address) throws InterruptedException {
    turns.acquire();
    try {
      var uri = URI.create(address);
      var client = isHere(String.valueOf(uri.getHost())) ? here : elsewhere;
      var headers = Headers.of("accept", "text/plain;version=0.0.4");
      var answer = client.send("GET", uri, headers, new byte[0], TIMEOUT);
      return keep(answer);
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    } finally {
      turns.release();
    }
  }

  private static boolean isHere(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || (host.startsWith("127.") && host.chars().allMatch(c -> c == '.' || isDigit(c)));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private String keep(Response answer) throws IOException {
    if (answer.status() != OK) {
      return "the answer has the status " + answer.status();
    }
    if (answer.body().length > MAX_BYTES) {
      return "the answer has more than " + (MAX_BYTES >> 20) + " MiB";
    }
    var read = new Answer(clock.millis());
    PrometheusText.read(Utf8.decode(answer.body()), read);
    var host = hostname.get();
    var batches = new ArrayList<MetricBatch>();
    int count = 0;
    for (var second : read.seconds.entrySet()) {
      var part = new TreeMap<String, Double>();
      for (var value : second.getValue().entrySet()) {
        part.put(value.getKey(), value.getValue());
        if (++count % RECORD == 0) {
          batches.add(new MetricBatch(host, second.getKey(), part));
          store.append(List.copyOf(batches));
          batches.clear();
          part = new TreeMap<>();
        }
      }
      if (!part.isEmpty()) {
        batches.add(new MetricBatch(host, second.getKey(), part));
      }
    }
    store.append(List.copyOf(batches));
    return read.trouble();
  }

  /** What one answer holds, by the second that it is of. */
  private static final class Answer implements PrometheusText.Reader {
    private final SortedMap<Long, SortedMap<String, Double>> seconds = new TreeMap<>();
    private final List<String> bad = new ArrayList<>(1);
    private final long now;
    private int count;
    private int left;
    private int badLines;

    Answer(long now) {
      this.now = now;
    }

    @Override
    public void value(String name, double value, long time) {
      if (count == MAX_SERIES) {
        left++;
        return;
      }
      count++;
      seconds
          .computeIfAbsent((time < 0 ? now : time) / 1_000, _ -> new TreeMap<>())
          .put(name, value);
    }

    @Override
    public void unknown() {
      // Nobody needs to hear of what its sender does not know.
    }

    @Override
    public void bad(String why) {
      if (badLines++ == 0) {
        bad.add(why);
      }
    }

    String trouble() {
      if (left > 0) {
        return left + " values beyond the first " + MAX_SERIES + " are left out";
      }
      if (badLines > 0) {
        return badLines + " lines cannot be read, the first: " + bad.getFirst();
      }
      return count == 0 ? "the answer holds no value" : "";
    }
  }

  @Override
  public void close() {
    here.close();
    elsewhere.close();
  }
}
