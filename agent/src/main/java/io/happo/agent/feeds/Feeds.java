package io.happo.agent.feeds;

import io.happo.agent.metrics.MetricStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What programs of this machine send by themselves, put together. */
public final class Feeds implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<Losses> losses = new ArrayList<>(2);
  private @Nullable StatsdPort statsd;
  private @Nullable GraphitePort graphite;

  private Feeds() {}

  /**
   * Listens.
   *
   * @param store gets the values
   * @param hostname whose they are; asked each time, since it may change
   * @throws IOException when a port cannot be had; one line that names the option
   */
  public static Feeds start(
      FeedSettings settings, MetricStore store, Supplier<String> hostname, InstantSource clock)
      throws IOException {
    return start(settings, store, hostname, clock, GraphiteBuffer.LINGER, Losses.Rhythm.USUAL);
  }

  static Feeds start(
      FeedSettings settings,
      MetricStore store,
      Supplier<String> hostname,
      InstantSource clock,
      Duration linger,
      Losses.Rhythm rhythm)
      throws IOException {
    var feeds = new Feeds();
    boolean started = false;
    try {
      if (settings.statsdPort().isPresent()) {
        var losses = feeds.losses("statsd", store, clock, rhythm);
        feeds.statsd = StatsdPort.start(settings, store, hostname, losses, clock);
        feeds.parts.push(feeds.statsd);
      }
      if (settings.graphitePort().isPresent()) {
        var losses = feeds.losses("graphite", store, clock, rhythm);
        var buffer =
            new GraphiteBuffer(store, hostname, settings.maxNames(), linger, losses, clock);
        buffer.start();
        feeds.parts.push(buffer);
        feeds.graphite =
            GraphitePort.start(
                settings.graphitePort().getAsInt(),
                buffer,
                losses,
                GraphitePort.Places.USUAL,
                clock);
        feeds.parts.push(feeds.graphite);
      }
      started = true;
      return feeds;
    } finally {
      if (!started) {
        feeds.close();
      }
    }
  }

  private Losses losses(String feed, MetricStore store, InstantSource clock, Losses.Rhythm rhythm) {
    var made = new Losses(feed, store::tell, clock, rhythm);
    losses.add(made);
    parts.push(made);
    return made;
  }

  /** Where StatsD is listened to; empty when it is not. */
  public Optional<InetSocketAddress> statsd() {
    return Optional.ofNullable(statsd).map(StatsdPort::address);
  }

  /** Where Graphite is listened to; empty when it is not. */
  public Optional<InetSocketAddress> graphite() {
    return Optional.ofNullable(graphite).map(GraphitePort::address);
  }

  /** The figures of each feed. */
  public List<FeedFigures> figures() {
    var all = new ArrayList<FeedFigures>(losses.size());
    for (var each : losses) {
      all.add(each.figures());
    }
    return all;
  }

  /** What came until now is kept when this returns. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("no part of the feeds fails to close", e);
      }
    }
  }
}
