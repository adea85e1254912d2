package io.happo.agent.lists;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The header of an installed package as the databases of rpm keep it (rpm's format of headers,
 * version 3): the number of tags and the bytes of their values, 16 bytes for each tag, the values.
 * All numbers have the highest byte first.
 */
final class RpmHeader {
  /**
   * What is read of a header: some have megabytes, of lists of files, but what is wanted here comes
   * before those.
   */
  static final int MOST_BYTES = 64 << 10;

  private static final int NAME = 1000;
  private static final int VERSION = 1001;
  private static final int RELEASE = 1002;
  private static final int EPOCH = 1003;
  private static final int ARCHITECTURE = 1022;

  private static final int BEGIN = 8;
  private static final int TAG_BYTES = 16;

  private final ByteBuffer bytes;
  private final int tags;

  private RpmHeader(byte[] header) {
    bytes = ByteBuffer.wrap(header);
    tags = bytes.getInt(0);
  }

  /**
   * Adds the package whose header begins so.
   *
   * @throws IndexOutOfBoundsException when it is no header
   */
  static void add(Listing list, byte[] begin) {
    var header = new RpmHeader(begin);
    var name = header.text(NAME);
    if (name.isEmpty()) {
      throw new IndexOutOfBoundsException("a header without a name");
    }
    int epoch = header.value(EPOCH);
    var version = header.text(VERSION) + "-" + header.text(RELEASE);
    ListPackages.add(
        list,
        name,
        epoch < 0 ? version : header.bytes.getInt(epoch) + ":" + version,
        header.text(ARCHITECTURE));
  }

  /** Where the value of a tag is; -1 when there is none of it. */
  private int value(int tag) {
    for (int i = 0; i < tags; i++) {
      int at = BEGIN + i * TAG_BYTES;
      if (bytes.getInt(at) == tag) {
        return BEGIN + tags * TAG_BYTES + bytes.getInt(at + 8);
      }
    }
    return -1;
  }

  /** A value of text; empty when there is none, or it is beyond what was read. */
  private String text(int tag) {
    int begin = value(tag);
    if (begin < 0 || begin >= bytes.limit()) {
      return "";
    }
    int end = begin;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), begin, end - begin, StandardCharsets.UTF_8);
  }
}
