package io.happo.agent.feeds;

import io.happo.core.link.Item;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a feed took, and what it did not, by reason. Losses are told by one line of the log and one
 * event for the hub, at most once a minute, with the figures since the last time; the first words
 * wait for a moment, so that they hold more than the first line. Any thread.
 */
final class Losses implements AutoCloseable {
  /** The event's name. */
  static final String EVENT = "metrics-dropped";

  /**
   * How often it is told.
   *
   * @param gather from the first loss until it is told
   * @param every the least between two tellings
   */
  record Rhythm(Duration gather, Duration every) {
    static final Rhythm USUAL = new Rhythm(Duration.ofSeconds(2), Duration.ofMinutes(1));
  }

  private static final System.Logger LOG = System.getLogger("io.happo.agent.feeds");

  private final String feed;
  private final Consumer<Item.Event> hub;
  private final InstantSource clock;
  private final Rhythm rhythm;
  private final Map<Loss, Long> counts = new EnumMap<>(Loss.class); // Under this, as what follows.
  private Map<Loss, Long> told = Map.of();
  private long taken;
  private long unknown;
  private String example = "";
  private long toldNanos;
  private @Nullable Thread teller;
  private boolean closed;

  /**
   * @param feed its name, for people and labels
   */
  Losses(String feed, Consumer<Item.Event> hub, InstantSource clock, Rhythm rhythm) {
    this.feed = feed;
    this.hub = hub;
    this.clock = clock;
    this.rhythm = rhythm;
    toldNanos = System.nanoTime() - rhythm.every().toNanos();
  }

  synchronized void took(long values) {
    taken += values;
  }

  /** A value that its sender could not tell: no loss, but counted. */
  synchronized void unknown() {
    unknown++;
  }

  void count(Loss loss, long number) {
    count(loss, number, "");
  }

  /**
   * Counts a loss.
   *
   * @param why an example, fit for a line of the log; may be empty
   */
  synchronized void count(Loss loss, long number, String why) {
    if (number == 0) {
      return;
    }
    counts.merge(loss, number, Long::sum);
    if (!why.isEmpty()) {
      example = why;
    }
    if (teller == null && !closed) {
      teller = Thread.ofVirtual().name(feed + "-losses").start(this::tellLater);
    }
  }

  private void tellLater() {
    try {
      Thread.sleep(untilTold());
    } catch (InterruptedException e) {
      // Closed: now is the time.
    }
    tell();
  }

  private synchronized Duration untilTold() {
    var left = rhythm.every().minusNanos(System.nanoTime() - toldNanos);
    return left.compareTo(rhythm.gather()) > 0 ? left : rhythm.gather();
  }

  private void tell() {
    var details = new TreeMap<String, String>();
    var text = new StringBuilder();
    synchronized (this) {
      teller = null;
      toldNanos = System.nanoTime();
      for (var count : counts.entrySet()) {
        var loss = count.getKey();
        long untold = count.getValue() - told.getOrDefault(loss, 0L);
        if (untold > 0) {
          details.put(loss.key(), Long.toString(untold));
          text.append(text.isEmpty() ? "" : ", ").append(loss.words()).append(": ").append(untold);
        }
      }
      told = new EnumMap<>(counts);
      if (!example.isEmpty()) {
        text.append(" (the last: ").append(example).append(')');
        example = "";
      }
    }
    if (!details.isEmpty()) {
      details.put("feed", feed);
      LOG.log(Level.WARNING, "feed={0} dropped {1}", feed, text);
      hub.accept(new Item.Event(EVENT, clock.millis(), feed + " dropped " + text, details));
    }
  }

  /** The figures of all that was so far. */
  synchronized FeedFigures figures() {
    SortedMap<String, Long> dropped = new TreeMap<>();
    counts.forEach((loss, count) -> dropped.put(loss.key(), count));
    return new FeedFigures(feed, taken, unknown, dropped);
  }

  /** What has not been told is told now. */
  @Override
  public void close() {
    Thread waiting;
    synchronized (this) {
      closed = true;
      waiting = teller;
    }
    if (waiting != null) {
      waiting.interrupt();
      try {
        waiting.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
