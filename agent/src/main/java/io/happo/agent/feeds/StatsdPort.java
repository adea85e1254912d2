package io.happo.agent.feeds;

import io.happo.agent.metrics.MetricStore;
import io.happo.core.LineCutter;
import io.happo.core.MetricBatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * StatsD over UDP. What came is made into values each few seconds, counted from the start, so that
 * not all machines do it at the same time; what is left at the end is made into values then.
 */
final class StatsdPort implements AutoCloseable {
  /** The most values of one record: a flush of many names is kept in parts. */
  private static final int MAX_RECORD = 5_000;

  private final UdpPort port;
  private final StatsdValues values;
  private final Losses losses;
  private final MetricStore store;
  private final Supplier<String> hostname;
  private final InstantSource clock;
  private final long flushNanos;
  private final LineCutter cutter;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long flushed = System.nanoTime(); // Of the thread that flushes.
  private @Nullable Thread flusher;

  private StatsdPort(
      UdpPort port,
      FeedSettings settings,
      MetricStore store,
      Supplier<String> hostname,
      Losses losses,
      InstantSource clock) {
    this.port = port;
    this.store = store;
    this.hostname = hostname;
    this.losses = losses;
    this.clock = clock;
    values = new StatsdValues(settings.maxNames(), losses);
    flushNanos = settings.statsdFlush().toNanos();
    cutter = new LineCutter(StatsdLine.MAX_BYTES, new Lines());
  }

  private final class Lines implements LineCutter.Lines {
    @Override
    public void line(String text) {
      values.take(StatsdLine.read(text), clock.instant().getEpochSecond());
    }

    @Override
    public void tooLong() {
      losses.count(Loss.LONG_LINE, 1);
    }
  }

  static StatsdPort start(
      FeedSettings settings,
      MetricStore store,
      Supplier<String> hostname,
      Losses losses,
      InstantSource clock)
      throws IOException {
    int wanted = settings.statsdPort().orElseThrow();
    UdpPort port;
    try {
      port = UdpPort.bind(wanted);
    } catch (IOException e) {
      throw Ports.refused("--statsd-port", wanted, e);
    }
    var statsd = new StatsdPort(port, settings, store, hostname, losses, clock);
    port.start(Thread.ofPlatform().daemon().name("statsd"), statsd::packet);
    statsd.flusher = Thread.ofVirtual().name("statsd-flush").start(statsd::flushNowAndThen);
    return statsd;
  }

  InetSocketAddress address() {
    return port.address();
  }

  private void packet(ByteBuffer bytes) {
    cutter.take(bytes);
    cutter.end();
  }

  private void flushNowAndThen() {
    try {
      long next = flushed + flushNanos;
      while (!closed.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        flush();
        next = Math.max(next + flushNanos, System.nanoTime()); // A machine that slept.
      }
      flush();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void flush() {
    long now = System.nanoTime();
    long seconds = Math.max(1, Math.round((now - flushed) / 1e9));
    flushed = now;
    long second = clock.instant().getEpochSecond();
    var rest = values.flush(seconds, second);
    SortedMap<String, Double> part = new TreeMap<>();
    for (var value : rest.entrySet()) {
      part.put(value.getKey(), value.getValue());
      if (part.size() == MAX_RECORD) {
        keep(second, part);
        part = new TreeMap<>();
      }
    }
    keep(second, part);
  }

  private void keep(long second, SortedMap<String, Double> part) {
    if (part.isEmpty()) {
      return;
    }
    try {
      store.append(second, List.of(new MetricBatch(hostname.get(), second, part)));
    } catch (IOException e) {
      losses.count(Loss.UNWRITTEN, part.size(), Ports.words(e));
    }
  }

  /** What came until now is kept. */
  @Override
  public void close() {
    port.close();
    closed.countDown();
    if (flusher != null) {
      try {
        flusher.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
