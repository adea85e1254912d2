package io.happo.agent.buffer;

import io.happo.agent.buffer.SequenceSet.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks the good records in the bytes of a segment file and steps over what is damaged to the next
 * good one. Trusts nothing that it reads: a record counts when its mark, type, length and checksum
 * fit and, for data, when its sequence is not below the file's first and above the one before. Not
 * for several threads.
 */
final class RecordReader {
  private final byte[] bytes;
  private final ByteBuffer view;
  private final int end;
  private int start;
  private int next = SegmentFormat.HEADER_BYTES;
  private long lastSequence;
  private long skippedBytes;

  /**
   * @param first the sequence in the file's name
   * @param end where to stop reading; may lie behind the last byte
   */
  RecordReader(byte[] bytes, long first, long end) {
    this.bytes = bytes;
    this.view = ByteBuffer.wrap(bytes);
    this.end = (int) Math.min(bytes.length, end);
    this.lastSequence = first - 1;
  }

  /** Moves to the next good record; false when there is none. */
  boolean next() {
    for (int at = next; at <= end - SegmentFormat.RECORD_HEADER_BYTES; at++) {
      if (isRecord(at)) {
        skippedBytes += at - next;
        start = at;
        next = at + SegmentFormat.RECORD_HEADER_BYTES + view.getInt(at + 4);
        if (isData()) {
          lastSequence = sequence();
        }
        return true;
      }
    }
    return false;
  }

  boolean isData() {
    return bytes[start + 2] == SegmentFormat.DATA;
  }

  long sequence() {
    return view.getLong(body());
  }

  long time() {
    return view.getLong(body() + 8);
  }

  /** How long the payload was when it was appended. */
  int payloadSize() {
    return view.getInt(body() + 16);
  }

  Payloads.Packed payload() {
    return new Payloads.Packed(
        Arrays.copyOfRange(bytes, body() + SegmentFormat.DATA_HEADER_BYTES, next), payloadSize());
  }

  /** What a forget record says. */
  List<Range> forgotten() {
    List<Range> ranges = new ArrayList<>();
    for (int at = body(); at < next; at += SegmentFormat.RANGE_BYTES) {
      ranges.add(new Range(view.getLong(at), view.getLong(at + 8)));
    }
    return ranges;
  }

  /** Where this record begins. */
  int start() {
    return start;
  }

  /** Where the record moved to last ends: the end of what is good. */
  int goodEnd() {
    return next;
  }

  /** Bytes between good records, without those behind the last one. */
  long skippedBytes() {
    return skippedBytes;
  }

  /** The highest sequence so far; below the file's first when there was no data. */
  long lastSequence() {
    return lastSequence;
  }

  private int body() {
    return start + SegmentFormat.RECORD_HEADER_BYTES;
  }

  private boolean isRecord(int at) {
    if (bytes[at] != SegmentFormat.MARK_0 || bytes[at + 1] != SegmentFormat.MARK_1) {
      return false;
    }
    int length = view.getInt(at + 4);
    int room = Math.min(SegmentFormat.MAX_BODY_BYTES, end - at - SegmentFormat.RECORD_HEADER_BYTES);
    if (length < 0
        || length > room
        || view.getInt(at + 8) != SegmentFormat.recordCrc(view, at, length)) {
      return false;
    }
    int body = at + SegmentFormat.RECORD_HEADER_BYTES;
    return switch (bytes[at + 2]) {
      case SegmentFormat.DATA ->
          length >= SegmentFormat.DATA_HEADER_BYTES && view.getLong(body) > lastSequence;
      case SegmentFormat.FORGET -> length % SegmentFormat.RANGE_BYTES == 0;
      default -> false;
    };
  }
}
