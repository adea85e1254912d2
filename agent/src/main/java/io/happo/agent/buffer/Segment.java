package io.happo.agent.buffer;

/**
 * What memory keeps of a segment file; records are counted, not listed. Live is what is neither
 * forgotten nor dropped.
 *
 * @param first no sequence in it is lower; its name
 * @param end length in bytes of what is written and durable
 * @param live number of live records
 * @param liveBytes their length on disk
 * @param minTime lowest time of a live record; the highest long when there is none
 * @param maxTime highest time of a live record; the lowest long when there is none
 */
record Segment(long first, long end, long live, long liveBytes, long minTime, long maxTime) {
  static Segment empty(long first, long end) {
    return new Segment(first, end, 0, 0, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /** What the bytes of a segment file hold now. */
  static Segment of(byte[] bytes, long first, long end, Index index) {
    Segment segment = empty(first, end);
    RecordReader records = new RecordReader(bytes, first, end);
    while (records.next()) {
      if (records.isData() && !index.isGone(records.sequence())) {
        segment = segment.with(records.time(), records.goodEnd() - records.start());
      }
    }
    return segment;
  }

  /** With one more live record, whose bytes {@code end} already counts. */
  Segment with(long time, long bytes) {
    return new Segment(
        first, end, live + 1, liveBytes + bytes, Math.min(minTime, time), Math.max(maxTime, time));
  }

  Segment endingAt(long newEnd) {
    return new Segment(first, newEnd, live, liveBytes, minTime, maxTime);
  }

  String name() {
    return SegmentFormat.segmentName(first);
  }

  long deadBytes() {
    return end - SegmentFormat.HEADER_BYTES - liveBytes;
  }
}
