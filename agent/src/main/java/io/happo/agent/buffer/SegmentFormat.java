package io.happo.agent.buffer;

import io.happo.agent.buffer.SequenceSet.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment file, version 1; numbers are big-endian.
 *
 * <pre>
 * file:    "HAPPOSEG"  version:int  crc:int (of the 12 bytes before)  record*
 * record:  'h' 'R'  type:byte  0:byte  length:int (of the body)  crc:int (of type, length, body)  body
 * data:    sequence:long  time:long  size:int (of the payload as appended)  payload, deflated if shorter than size
 * forget:  (from:long  to:long)*    sequences, both ends included, that are no longer wanted
 * </pre>
 *
 * Sequences of data rise within a file. A forget record is never in an older file than what it is
 * about.
 */
final class SegmentFormat {
  static final int HEADER_BYTES = 16;
  static final int RECORD_HEADER_BYTES = 12;
  static final int DATA_HEADER_BYTES = 20;
  static final int RANGE_BYTES = 16;

  /** Longest payload, 8 MiB: what a daemon with a small heap can still hold. */
  static final int MAX_PAYLOAD_BYTES = 8 << 20;

  /** Longest body; a length beyond it can only be damage. */
  static final int MAX_BODY_BYTES = 16 << 20;

  static final byte DATA = 1;
  static final byte FORGET = 2;

  static final byte MARK_0 = 'h';
  static final byte MARK_1 = 'R';

  private static final long MAGIC = 0x484150504F534547L; // HAPPOSEG
  private static final int VERSION = 1;
  private static final Pattern SEGMENT_NAME = Pattern.compile("00[0-9]{18}\\.seg");
  private static final Pattern TEMPORARY_NAME = Pattern.compile("00[0-9]{18}\\.tmp");

  /** What the first bytes of a file say. */
  enum Header {
    GOOD,
    UNREADABLE,
    OTHER_VERSION
  }

  private SegmentFormat() {}

  static String segmentName(long first) {
    return padded(first) + ".seg";
  }

  /** The name under which a segment is written before it is complete. */
  static String temporaryName(long first) {
    return padded(first) + ".tmp";
  }

  /** As a format would do it, which brings the locale's numbers with it: 8 ms of a start. */
  private static String padded(long number) {
    var digits = Long.toString(number);
    return "0".repeat(20 - digits.length()) + digits;
  }

  static boolean isSegmentName(String name) {
    return SEGMENT_NAME.matcher(name).matches();
  }

  static boolean isTemporaryName(String name) {
    return TEMPORARY_NAME.matcher(name).matches();
  }

  /** The sequence in a segment's name. */
  static long first(String segmentName) {
    return Long.parseLong(segmentName, 0, 20, 10);
  }

  static byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putLong(MAGIC).putInt(VERSION);
    return header.putInt(crc(header.array(), 0, 12)).array();
  }

  static Header headerOf(byte[] file) {
    if (file.length < HEADER_BYTES) {
      return Header.UNREADABLE;
    }
    ByteBuffer header = ByteBuffer.wrap(file);
    if (header.getLong(0) != MAGIC || header.getInt(12) != crc(file, 0, 12)) {
      return Header.UNREADABLE;
    }
    return header.getInt(8) == VERSION ? Header.GOOD : Header.OTHER_VERSION;
  }

  static int dataSize(Payloads.Packed payload) {
    return RECORD_HEADER_BYTES + DATA_HEADER_BYTES + payload.bytes().length;
  }

  static int forgetSize(List<Range> ranges) {
    return RECORD_HEADER_BYTES + RANGE_BYTES * ranges.size();
  }

  static void putData(ByteBuffer out, long sequence, long time, Payloads.Packed payload) {
    int start = begin(out, DATA);
    out.putLong(sequence).putLong(time).putInt(payload.size()).put(payload.bytes());
    end(out, start);
  }

  static void putForget(ByteBuffer out, List<Range> ranges) {
    int start = begin(out, FORGET);
    for (Range range : ranges) {
      out.putLong(range.from()).putLong(range.to());
    }
    end(out, start);
  }

  /** The checksum of the record at {@code start} whose body has {@code length} bytes. */
  static int recordCrc(ByteBuffer bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(start + 2, 6));
    crc.update(bytes.slice(start + RECORD_HEADER_BYTES, length));
    return (int) crc.getValue();
  }

  private static int begin(ByteBuffer out, byte type) {
    int start = out.position();
    out.put(MARK_0).put(MARK_1).put(type).put((byte) 0).putLong(0);
    return start;
  }

  private static void end(ByteBuffer out, int start) {
    int length = out.position() - start - RECORD_HEADER_BYTES;
    out.putInt(start + 4, length);
    out.putInt(start + 8, recordCrc(out, start, length));
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
