package io.happo.agent.buffer;

import io.happo.agent.buffer.SequenceSet.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is where, who holds it and what is gone, in memory. Every method is short and does no input
 * or output, so any thread may call any of them; changes of segments come from the one thread that
 * writes.
 */
final class Index {
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private final SequenceSet gone = new SequenceSet(); // forgotten or dropped, still in a file
  private final SequenceSet leased = new SequenceSet();
  private long prunings;
  private long droppedByAge;
  private long droppedBySize;
  private long damagedBytes;

  synchronized void put(Segment segment) {
    segments.put(segment.first(), segment);
  }

  /** The file of a segment no longer holds what is gone from it. */
  synchronized void rewritten(Segment segment) {
    gone.remove(range(segment));
    prunings++;
    segments.put(segment.first(), segment);
  }

  synchronized void remove(Segment segment) {
    gone.remove(range(segment));
    prunings++;
    segments.remove(segment.first());
  }

  /** The segment that is written to: the last one. */
  synchronized Segment active() {
    return segments.lastEntry().getValue();
  }

  /** Whether a segment has this name. */
  synchronized boolean holdsName(long first) {
    return segments.containsKey(first);
  }

  /** Whether there is still something to read in a segment. */
  synchronized boolean isLive(Segment segment) {
    Segment present = segments.get(segment.first());
    return present != null && present.live() > 0;
  }

  /** All segments but the active one, in order of sequence. */
  synchronized List<Segment> sealed() {
    List<Segment> sealed = new ArrayList<>(segments.values());
    sealed.removeLast();
    return sealed;
  }

  /** Segments with live records, the one with the oldest time first. */
  synchronized List<Segment> liveByTime() {
    return segments.values().stream()
        .filter(segment -> segment.live() > 0)
        .sorted(Comparator.comparingLong(Segment::minTime))
        .toList();
  }

  /** Segments with live records that may lie between these sequences, in order of sequence. */
  synchronized List<Segment> liveBetween(long first, long last) {
    List<Segment> live = new ArrayList<>();
    Long from = segments.floorKey(first);
    for (Segment segment :
        segments.subMap(from == null ? first : from, true, Math.max(first, last), true).values()) {
      if (segment.live() > 0) {
        live.add(segment);
      }
    }
    return live;
  }

  /** The parts of a range that may hold something live, within what segments there are. */
  synchronized List<Range> livePartsOf(Range range) {
    SequenceSet parts = new SequenceSet();
    for (Segment segment : liveBetween(range.from(), range.to())) {
      Range all = range(segment);
      long from = Math.max(all.from(), range.from());
      long to = Math.min(all.to(), range.to());
      if (from <= to && !gone.containsAll(new Range(from, to))) {
        parts.add(new Range(from, to));
      }
    }
    return parts.ranges();
  }

  /** No live record has a lower sequence; empty when there are none. */
  synchronized Optional<Long> lowestSequence() {
    return segments.values().stream()
        .filter(segment -> segment.live() > 0)
        .map(Segment::first)
        .findFirst();
  }

  /** The segments that may hold any of these sequences. */
  synchronized Collection<Segment> segmentsOf(List<Range> ranges) {
    Set<Segment> found = new LinkedHashSet<>();
    for (Range range : ranges) {
      Long from = segments.floorKey(range.from());
      found.addAll(
          segments.subMap(from == null ? range.from() : from, true, range.to(), true).values());
    }
    return found;
  }

  /**
   * Whether everything in a segment is gone for certain; false means that only its file can tell.
   */
  synchronized boolean isAllGone(Segment segment) {
    return gone.containsAll(range(segment));
  }

  synchronized boolean isGone(long sequence) {
    return gone.contains(sequence);
  }

  synchronized boolean isFree(long sequence) {
    return !gone.contains(sequence) && !leased.contains(sequence);
  }

  /**
   * How often sequences left the set of what is gone because their file did. What was read from
   * files before such a moment cannot be told free from gone after it.
   */
  synchronized long prunings() {
    return prunings;
  }

  /**
   * Marks those of these records as leased that are still free, and returns them.
   *
   * @param pruningsBefore {@link #prunings} from before the records were read
   * @return null when there was one since: read again
   */
  synchronized @Nullable List<Entry> lease(List<Entry> entries, long pruningsBefore) {
    if (prunings != pruningsBefore) {
      return null;
    }
    List<Entry> free = entries.stream().filter(entry -> isFree(entry.sequence())).toList();
    free.forEach(entry -> leased.add(entry.sequence()));
    return free;
  }

  synchronized void giveBack(List<Range> ranges) {
    ranges.forEach(leased::remove);
  }

  synchronized void forget(List<Range> ranges) {
    ranges.forEach(gone::add);
    ranges.forEach(leased::remove);
  }

  /** Drops those of these records that nobody holds. */
  synchronized void dropByAge(List<Long> sequences) {
    for (long sequence : sequences) {
      if (isFree(sequence)) {
        gone.add(sequence);
        droppedByAge++;
      }
    }
  }

  /** Drops what is live in the sealed segment with the oldest time that holds no leased record. */
  synchronized Optional<Segment> dropOldestSegment() {
    Optional<Segment> oldest =
        sealed().stream()
            .filter(segment -> !leased.intersects(range(segment)))
            .min(Comparator.comparingLong(Segment::minTime));
    oldest.ifPresent(
        segment -> {
          droppedBySize += segment.live();
          gone.add(range(segment));
          segments.put(segment.first(), Segment.empty(segment.first(), segment.end()));
        });
    return oldest;
  }

  /** What is gone from segments older than this one. */
  synchronized List<Range> goneBelow(Segment segment) {
    return gone.rangesBelow(segment.first());
  }

  synchronized long bytes() {
    return segments.values().stream().mapToLong(Segment::end).sum();
  }

  synchronized long liveBytes() {
    return segments.values().stream().mapToLong(Segment::liveBytes).sum();
  }

  synchronized Optional<Long> oldestTime() {
    return segments.values().stream()
        .filter(segment -> segment.live() > 0)
        .map(Segment::minTime)
        .min(Comparator.naturalOrder());
  }

  synchronized Optional<Long> newestTime() {
    return segments.values().stream()
        .filter(segment -> segment.live() > 0)
        .map(Segment::maxTime)
        .max(Comparator.naturalOrder());
  }

  synchronized void damaged(long bytes) {
    damagedBytes += bytes;
  }

  synchronized Stats stats() {
    return new Stats(
        segments.values().stream().mapToLong(Segment::live).sum(),
        bytes(),
        segments.size(),
        droppedByAge,
        droppedBySize,
        damagedBytes);
  }

  /** All sequences that belong to a segment; those of the active one go on to the end. */
  private Range range(Segment segment) {
    Long next = segments.higherKey(segment.first());
    return new Range(segment.first(), next == null ? Long.MAX_VALUE - 1 : next - 1);
  }
}
