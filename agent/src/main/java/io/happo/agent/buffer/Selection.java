package io.happo.agent.buffer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Picks the oldest times among records offered in any order: at most so many distinct times, and no
 * more once the payloads of those picked exceed 4 MiB. A time comes whole unless it exceeds that by
 * itself; at least one record comes. Not for several threads.
 */
final class Selection {
  static final long MAX_PAYLOAD_BYTES = 4 << 20;

  private record Found(long sequence, Payloads.Packed payload) {}

  private final int maxTimes;
  private final NavigableMap<Long, List<Found>> byTime = new TreeMap<>();
  private long payloadBytes;
  private long latest = Long.MAX_VALUE;

  Selection(int maxTimes) {
    this.maxTimes = maxTimes;
  }

  /** Whether a record of this time could still be picked. */
  boolean wants(long time) {
    return time <= latest;
  }

  void offer(long time, long sequence, Payloads.Packed payload) {
    byTime.computeIfAbsent(time, t -> new ArrayList<>()).add(new Found(sequence, payload));
    payloadBytes += payload.size();
    while (byTime.size() > 1 && (byTime.size() > maxTimes || payloadBytes > MAX_PAYLOAD_BYTES)) {
      List<Found> refused = byTime.pollLastEntry().getValue();
      payloadBytes -= refused.stream().mapToLong(found -> found.payload().size()).sum();
      latest = byTime.lastKey();
    }
    split();
    if (byTime.size() == maxTimes) {
      latest = byTime.lastKey();
    }
  }

  /** Leaves the newest records of a single time that is too large for another lease. */
  private void split() {
    List<Found> only = byTime.firstEntry().getValue();
    while (byTime.size() == 1 && only.size() > 1 && payloadBytes > MAX_PAYLOAD_BYTES) {
      Found newest = Collections.max(only, Comparator.comparingLong(Found::sequence));
      only.remove(newest);
      payloadBytes -= newest.payload().size();
      latest = byTime.firstKey();
    }
  }

  /** What was picked, by time, then in order of arrival. */
  List<Entry> entries(Payloads payloads) {
    List<Entry> entries = new ArrayList<>();
    byTime.forEach(
        (time, found) -> {
          found.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
          found.forEach(
              record ->
                  entries.add(
                      new Entry(record.sequence(), time, payloads.unpack(record.payload()))));
        });
    return entries;
  }
}
