package io.happo.agent.lists;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The file {@code Packages.db} of rpm's ndb: pages of slots of 16 bytes, of which the first two
 * hold the header of the file, and each of the others where the header of a package lies, in blocks
 * of 16 bytes. All numbers have the lowest byte first.
 */
final class RpmNdb {
  private static final int PAGE = 4_096;
  private static final int BLOCK = 16;
  private static final int MOST_PAGES = 4_096; // A million packages.

  private static final int FILE = magic("RpmP");
  private static final int SLOT = magic("Slot");
  private static final int BLOB = magic("BlbS");

  private RpmNdb() {}

  private static int magic(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  static void add(Listing list, Path path) throws IOException, InterruptedException {
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      var page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
      file.readFully(page.array());
      int pages = page.getInt(12);
      if (page.getInt(0) != FILE || page.getInt(4) != 0 || pages < 0 || pages > MOST_PAGES) {
        throw new IOException("it is no ndb of version 0");
      }
      for (int i = 0; i < pages; i++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        file.seek((long) i * PAGE);
        file.readFully(page.array());
        for (int at = i == 0 ? 2 * BLOCK : 0; at < PAGE; at += BLOCK) {
          int block = page.getInt(at + 8);
          if (page.getInt(at) != SLOT) {
            throw new IOException("a slot is none");
          }
          if (block != 0) {
            blob(list, file, (block & 0xffff_ffffL) * BLOCK);
          }
        }
      }
    }
  }

  private static void blob(Listing list, RandomAccessFile file, long at) throws IOException {
    var head = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    file.seek(at);
    file.readFully(head.array());
    int length = head.getInt(12);
    if (head.getInt(0) != BLOB || length < 0) {
      throw new IOException("where a package is to be there is none");
    }
    var header = new byte[Math.min(length, RpmHeader.MOST_BYTES)];
    file.readFully(header);
    RpmHeader.add(list, header);
  }
}
