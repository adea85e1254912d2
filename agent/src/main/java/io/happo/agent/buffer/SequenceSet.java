package io.happo.agent.buffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of sequences kept as ranges that neither overlap nor touch, so that it stays small however
 * many sequences it holds. Not for several threads.
 */
final class SequenceSet {
  /** Sequences {@code from} to {@code to}, both included. */
  record Range(long from, long to) {
    Range {
      if (from > to) {
        throw new IllegalArgumentException("range " + from + " to " + to + " runs backwards");
      }
    }
  }

  private final NavigableMap<Long, Long> ends = new TreeMap<>(); // from -> to

  void add(long sequence) {
    add(new Range(sequence, sequence));
  }

  void add(Range range) {
    long from = range.from();
    long to = range.to();
    Map.Entry<Long, Long> left = ends.floorEntry(from);
    if (left != null && left.getValue() >= from - 1) {
      from = left.getKey();
      to = Math.max(to, left.getValue());
    }
    for (var right = ends.ceilingEntry(from);
        right != null && right.getKey() <= to + 1;
        right = ends.ceilingEntry(from)) {
      to = Math.max(to, right.getValue());
      ends.remove(right.getKey());
    }
    ends.put(from, to);
  }

  void remove(Range range) {
    Map.Entry<Long, Long> left = ends.lowerEntry(range.from());
    if (left != null && left.getValue() >= range.from()) {
      ends.put(left.getKey(), range.from() - 1);
      if (left.getValue() > range.to()) {
        ends.put(range.to() + 1, left.getValue());
      }
    }
    for (var right = ends.ceilingEntry(range.from());
        right != null && right.getKey() <= range.to();
        right = ends.ceilingEntry(range.from())) {
      ends.remove(right.getKey());
      if (right.getValue() > range.to()) {
        ends.put(range.to() + 1, right.getValue());
      }
    }
  }

  boolean contains(long sequence) {
    Map.Entry<Long, Long> left = ends.floorEntry(sequence);
    return left != null && left.getValue() >= sequence;
  }

  boolean containsAll(Range range) {
    Map.Entry<Long, Long> left = ends.floorEntry(range.from());
    return left != null && left.getValue() >= range.to();
  }

  boolean intersects(Range range) {
    Map.Entry<Long, Long> left = ends.floorEntry(range.to());
    return left != null && left.getValue() >= range.from();
  }

  /** The ranges, ascending. */
  List<Range> ranges() {
    List<Range> ranges = new ArrayList<>(ends.size());
    ends.forEach((from, to) -> ranges.add(new Range(from, to)));
    return ranges;
  }

  /** The part of the ranges that lies below {@code limit}, ascending. */
  List<Range> rangesBelow(long limit) {
    List<Range> ranges = new ArrayList<>();
    ends.headMap(limit, false)
        .forEach((from, to) -> ranges.add(new Range(from, Math.min(to, limit - 1))));
    return ranges;
  }
}
