package io.happo.hub.export;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest value of each series, as far as it is new. Reads on in the log whenever it is asked;
 * when nobody asks for {@link #IDLE} it reads no more, and holds nothing. Any thread.
 */
final class Newest {
  /** What is older is no answer to how something is. */
  static final Duration NEW = Duration.ofMinutes(5);

  /** A log is not kept for those who do not come. */
  private static final Duration IDLE = Duration.ofMinutes(15);

  private static final String READER = SampleSource.OWN + "scrape";
  private static final int ENTRIES = 1_000;

  /** Some 100 bytes each. */
  private static final int MAX_SERIES = 500_000;

  /**
   * One value.
   *
   * @param time unix milliseconds
   */
  record Value(long time, double value) {}

  /**
   * What was found.
   *
   * @param leftOut series for which there was no room
   */
  record Found(Map<Long, Value> values, int leftOut) {}

  /** Up to where it had read at a time. */
  private record Mark(long time, long number) {}

  private final SampleSource source;
  private final Map<Long, Value> values = new HashMap<>();
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private long position = -1;
  private long askedAt;

  Newest(SampleSource source) {
    this.source = source;
  }

  /**
   * All that are new.
   *
   * @param now unix milliseconds
   */
  synchronized Found at(long now) {
    askedAt = now;
    long oldest = now - NEW.toMillis();
    int leftOut = 0;
    if (position < 0 || position > source.last()) {
      begin(oldest);
    }
    for (var entries = source.after(position, ENTRIES);
        !entries.isEmpty();
        entries = source.after(position, ENTRIES)) {
      leftOut += add(entries, oldest);
    }
    values.values().removeIf(value -> value.time() < oldest);
    mark(now);
    return new Found(Map.copyOf(values), leftOut);
  }

  /** After a start reads on where the values are that are new, as far as the log has them. */
  private void begin(long oldest) {
    values.clear();
    marks.clear();
    position = source.before(oldest);
    source.setPosition(READER, position);
  }

  private int add(List<SampleSource.Entry> entries, long oldest) {
    int leftOut = 0;
    for (var entry : entries) {
      for (var sample : entry.samples()) {
        var before = values.get(sample.series());
        if (sample.time() < oldest || (before != null && before.time() > sample.time())) {
          continue;
        }
        if (before != null || values.size() < MAX_SERIES) {
          values.put(sample.series(), new Value(sample.time(), sample.value()));
        } else {
          leftOut++;
        }
      }
      position = entry.number();
    }
    return leftOut;
  }

  /** What is new is read again after a restart of the hub. */
  private void mark(long now) {
    marks.addLast(new Mark(now, position));
    Mark passed = null;
    while (!marks.isEmpty() && marks.getFirst().time() < now - NEW.toMillis()) {
      passed = marks.removeFirst();
    }
    if (passed != null) {
      source.setPosition(READER, passed.number());
    }
  }

  /** Lets go of all when nobody has asked for long. */
  synchronized void rest(long now) {
    if (askedAt == 0) {
      askedAt = now; // Somebody may have asked before the hub started.
    }
    if (now - askedAt > IDLE.toMillis() && (position >= 0 || source.position(READER).isPresent())) {
      source.forget(READER);
      position = -1;
      values.clear();
      marks.clear();
    }
  }
}
