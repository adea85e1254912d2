package io.happo.agent.buffer;

import io.happo.agent.buffer.SequenceSet.Range;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * Reads all segment files once, newest first, so that what was forgotten is known before the
 * records it is about, and fills the index.
 *
 * @param nextSequence higher than any that was ever given
 * @param tornBytes bytes behind the last good record of the last segment: an append that was never
 *     acknowledged
 * @param appendable whether there is a last segment that can be written on: nothing torn, header
 *     intact
 */
record Recovery(long nextSequence, long tornBytes, boolean appendable) {

  /**
   * @throws StoreDamaged when a file is not a segment, or one of another version
   */
  static Recovery of(Disk disk, Index index) throws IOException {
    List<String> names = disk.list();
    for (String leftover : names.stream().filter(SegmentFormat::isTemporaryName).toList()) {
      disk.delete(leftover);
    }
    long nextSequence = 1;
    long tornBytes = 0;
    long damagedBytes = 0;
    boolean appendable = false;
    boolean last = true;
    for (String name :
        names.stream()
            .filter(SegmentFormat::isSegmentName)
            .sorted(Comparator.reverseOrder())
            .toList()) {
      long first = SegmentFormat.first(name);
      byte[] bytes = disk.read(name);
      RecordReader records = new RecordReader(bytes, first, bytes.length);
      nextSequence = Math.max(nextSequence, readForgotten(records, index) + 1);
      nextSequence = Math.max(nextSequence, records.lastSequence() + 1);
      boolean readable = isReadable(disk, name, bytes, records);
      long behind = Math.max(0, bytes.length - records.goodEnd());
      damagedBytes += records.skippedBytes();
      if (!readable) {
        damagedBytes += Math.min(bytes.length, SegmentFormat.HEADER_BYTES);
      }
      if (last) {
        // Should the torn bytes be acknowledged records after all, damaged since: their sequences
        // are not given again. There cannot be more of them than bytes.
        nextSequence += behind;
        tornBytes = behind;
        appendable = readable && behind == 0;
      } else {
        damagedBytes += behind;
      }
      index.put(Segment.of(bytes, first, last ? records.goodEnd() : bytes.length, index));
      last = false;
    }
    index.damaged(damagedBytes);
    return new Recovery(nextSequence, tornBytes, appendable);
  }

  /** Walks all records; returns the highest sequence that is forgotten, 0 if none. */
  private static long readForgotten(RecordReader records, Index index) {
    long highest = 0;
    while (records.next()) {
      if (!records.isData()) {
        List<Range> ranges = records.forgotten();
        index.forget(ranges);
        for (Range range : ranges) {
          highest = Math.max(highest, range.to());
        }
      }
    }
    return highest;
  }

  /** False when only the header is damaged: then the records count and nothing may be added. */
  private static boolean isReadable(Disk disk, String name, byte[] bytes, RecordReader read)
      throws StoreDamaged {
    return switch (SegmentFormat.headerOf(bytes)) {
      case GOOD -> true;
      case OTHER_VERSION ->
          throw new StoreDamaged(
              name,
              "buffer "
                  + disk
                  + ": "
                  + name
                  + " was written by another version of the agent; start that version, or move the"
                  + " file away and lose what is in it");
      case UNREADABLE -> {
        boolean hasRecords = read.goodEnd() > SegmentFormat.HEADER_BYTES;
        if (!hasRecords && bytes.length > SegmentFormat.HEADER_BYTES) {
          throw new StoreDamaged(
              name,
              "buffer "
                  + disk
                  + ": "
                  + name
                  + " is not a file of this buffer, or all of it is damaged; move it away");
        }
        yield false;
      }
    };
  }
}
