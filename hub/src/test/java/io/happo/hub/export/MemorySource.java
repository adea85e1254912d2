package io.happo.hub.export;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** A log in memory, of which a test throws away what it likes. */
public class MemorySource implements SampleSource {
  private final NavigableMap<Long, Entry> entries = new ConcurrentSkipListMap<>();
  private final Map<String, Long> positions = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();
  private volatile long lost;

  public void add(long received, Sample... samples) {
    long number = last.incrementAndGet();
    entries.put(number, new Entry(number, received, List.of(samples)));
  }

  void throwAway(long upTo) {
    entries.headMap(upTo, true).clear();
    lost = upTo;
  }

  @Override
  public List<Entry> after(long number, int most) {
    return entries.tailMap(number, false).values().stream().limit(most).toList();
  }

  @Override
  public long before(long received) {
    return entries.values().stream()
        .filter(entry -> entry.received() < received)
        .mapToLong(Entry::number)
        .max()
        .orElse(0);
  }

  @Override
  public long last() {
    return entries.isEmpty() ? last.get() : entries.lastKey();
  }

  @Override
  public long lost() {
    return lost;
  }

  @Override
  public List<String> readers() {
    return List.copyOf(positions.keySet());
  }

  @Override
  public OptionalLong position(String reader) {
    var position = positions.get(reader);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  @Override
  public void setPosition(String reader, long number) {
    positions.put(reader, number);
  }

  @Override
  public void forget(String reader) {
    positions.remove(reader);
  }
}
