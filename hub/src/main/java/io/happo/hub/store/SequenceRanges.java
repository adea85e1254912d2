package io.happo.hub.store;

import io.happo.core.link.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sequences of an agent's queue that are stored: ranges in order that neither overlap nor
 * touch. As text {@code 1-40,43,50-51}. Unchangeable; about 16 bytes a range.
 */
public final class SequenceRanges {
  /**
   * The most ranges that are kept: more than that, and the lowest gap counts as stored. An agent
   * leaves a gap behind for good only where its own disk lost something.
   */
  public static final int MAX_RANGES = 2_000;

  public static final SequenceRanges NONE = new SequenceRanges(new long[0]);

  /** First and last of each range in turn. */
  private final long[] ends;

  private SequenceRanges(long[] ends) {
    this.ends = ends;
  }

  public static SequenceRanges parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    var parts = text.split(",", -1);
    var ends = new long[2 * parts.length];
    for (int i = 0; i < parts.length; i++) {
      int dash = parts[i].indexOf('-');
      ends[2 * i] = Long.parseLong(dash < 0 ? parts[i] : parts[i].substring(0, dash));
      ends[2 * i + 1] = dash < 0 ? ends[2 * i] : Long.parseLong(parts[i].substring(dash + 1));
    }
    return new SequenceRanges(ends);
  }

  public boolean contains(long sequence) {
    int at = Arrays.binarySearch(ends, sequence);
    // Between a first and its last the place to insert is odd.
    return at >= 0 || (-at - 1) % 2 == 1;
  }

  /** Whether all from first to last are there. */
  public boolean containsAll(long first, long last) {
    int at = rangeEndingAtOrAfter(first);
    return at < ends.length && ends[at] <= first && last <= ends[at + 1];
  }

  /** These and all from first to last. */
  public SequenceRanges with(long first, long last) {
    if (containsAll(first, last)) {
      return this;
    }
    int from = rangeEndingAtOrAfter(first - 1);
    int to = from;
    long newFirst = first;
    long newLast = last;
    while (to < ends.length && ends[to] <= last + 1) {
      newFirst = Math.min(newFirst, ends[to]);
      newLast = Math.max(newLast, ends[to + 1]);
      to += 2;
    }
    var result = new long[ends.length - (to - from) + 2];
    System.arraycopy(ends, 0, result, 0, from);
    result[from] = newFirst;
    result[from + 1] = newLast;
    System.arraycopy(ends, to, result, from + 2, ends.length - to);
    return new SequenceRanges(result.length > 2 * MAX_RANGES ? withoutLowestGap(result) : result);
  }

  private static long[] withoutLowestGap(long[] ends) {
    var result = Arrays.copyOfRange(ends, 2, ends.length);
    result[0] = ends[0];
    return result;
  }

  /** Index of the first range whose last is that or later; the length when there is none. */
  private int rangeEndingAtOrAfter(long sequence) {
    // Nearly always the last one is meant.
    if (ends.length >= 2 && (ends.length == 2 || ends[ends.length - 3] < sequence)) {
      return ends[ends.length - 1] >= sequence ? ends.length - 2 : ends.length;
    }
    int low = 0;
    int high = ends.length / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[2 * middle + 1] < sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low;
  }

  public List<Range> toList() {
    var list = new ArrayList<Range>(ends.length / 2);
    for (int i = 0; i < ends.length; i += 2) {
      list.add(new Range(ends[i], ends[i + 1]));
    }
    return list;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int i = 0; i < ends.length; i += 2) {
      if (i > 0) {
        text.append(',');
      }
      text.append(ends[i]);
      if (ends[i + 1] > ends[i]) {
        text.append('-').append(ends[i + 1]);
      }
    }
    return text.toString();
  }
}
