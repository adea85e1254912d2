package io.happo.agent.buffer;

import java.util.ArrayList;
import java.util.List;

/**
 * Picks records whose sequences follow one another, from records offered in their order: it begins
 * with the first and ends before the first gap, and before it would exceed its limits. At least one
 * record comes. Not for several threads.
 */
final class Run {
  private final int mostRecords;
  private final long mostBytes;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;

  /**
   * @param mostBytes of payloads
   */
  Run(int mostRecords, long mostBytes) {
    this.mostRecords = mostRecords;
    this.mostBytes = mostBytes;
  }

  /** Takes a record; false when it does not belong to the run, which ends before it. */
  boolean offer(RecordReader record, Payloads payloads) {
    long sequence = record.sequence();
    if (!entries.isEmpty()
        && (sequence != entries.getLast().sequence() + 1
            || entries.size() == mostRecords
            || bytes + record.payloadSize() > mostBytes)) {
      return false;
    }
    bytes += record.payloadSize();
    entries.add(new Entry(sequence, record.time(), payloads.unpack(record.payload())));
    return true;
  }

  List<Entry> entries() {
    return entries;
  }

  /** How many of these, from the first on, follow one another. */
  static int length(List<Entry> entries) {
    int length = Math.min(1, entries.size());
    while (length < entries.size()
        && entries.get(length).sequence() == entries.get(length - 1).sequence() + 1) {
      length++;
    }
    return length;
  }
}
