package io.happo.agent.lists;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The table {@code Packages} of rpm's database in SQLite, read as it lies on disk (SQLite's
 * database file format): the tree of a table is of pages, of which inner ones lead to others, and
 * leaves hold rows; a row that is too long for its page goes on in others. All numbers have the
 * highest byte first. One page of each depth is held, and of a row no more than is wanted.
 */
final class RpmSqlite implements Closeable {
  private static final String MAGIC = "SQLite format 3\0";
  private static final int FILE_HEADER = 100;
  private static final int INNER = 5;
  private static final int LEAF = 13;
  private static final int DEEPEST = 20;

  /** Columns of {@code sqlite_schema}, and of the table. */
  private static final int NAME = 1;

  private static final int ROOT = 3;
  private static final int BLOB = 1;

  private final RandomAccessFile file;
  private final int pageBytes;
  private final int usable;
  private final long pages;
  private long pagesRead;

  /** What is done with each row, of which the beginning is given. */
  private interface Rows {
    void row(byte[] record) throws IOException;
  }

  private RpmSqlite(RandomAccessFile file) throws IOException {
    this.file = file;
    var head = new byte[FILE_HEADER];
    file.readFully(head);
    if (!new String(head, 0, MAGIC.length(), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw new IOException("it is no database of SQLite");
    }
    int size = ByteBuffer.wrap(head).getShort(16) & 0xffff;
    pageBytes = size == 1 ? 1 << 16 : size;
    usable = pageBytes - (head[20] & 0xff);
    if (pageBytes < 512) {
      throw new IOException("its pages have " + pageBytes + " bytes");
    }
    pages = file.length() / pageBytes;
  }

  static void add(Listing list, Path path) throws IOException, InterruptedException {
    try (var database = new RpmSqlite(new RandomAccessFile(path.toFile(), "r"))) {
      var root = new int[1];
      database.walk(
          1,
          0,
          record -> {
            if (text(record, NAME).equals("Packages")) {
              root[0] = (int) number(record, ROOT);
            }
          });
      if (root[0] == 0) {
        throw new IOException("it has no table of packages");
      }
      database.walk(root[0], 0, record -> RpmHeader.add(list, value(record, BLOB)));
    }
  }

  private void walk(long number, int depth, Rows rows) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var page = page(number);
    int header = number == 1 ? FILE_HEADER : 0;
    int kind = page.get(header);
    int cells = page.getShort(header + 3) & 0xffff;
    if ((kind != INNER && kind != LEAF) || depth > DEEPEST) {
      throw new IOException("page " + number + " is none of a table");
    }
    int pointers = header + (kind == INNER ? 12 : 8);
    for (int i = 0; i < cells; i++) {
      int cell = page.getShort(pointers + 2 * i) & 0xffff;
      if (kind == INNER) {
        walk(page.getInt(cell), depth + 1, rows);
      } else {
        rows.row(record(page, cell));
      }
    }
    if (kind == INNER) {
      walk(page.getInt(header + 8), depth + 1, rows);
    }
  }

  /** Each is read once, but for those that are led to twice where the file is damaged. */
  private ByteBuffer page(long number) throws IOException {
    if (number < 1 || number > pages || ++pagesRead > 3 * pages) {
      throw new IOException("its pages lead nowhere");
    }
    var page = ByteBuffer.allocate(pageBytes);
    file.seek((number - 1) * pageBytes);
    file.readFully(page.array());
    return page;
  }

  /** The beginning of the record of a leaf's cell: its length, the number of the row, itself. */
  private byte[] record(ByteBuffer page, int cell) throws IOException {
    long length = varint(page, cell);
    if (length < 0) {
      throw new IOException("a row has no length"); // As an int it may seem to have a large one.
    }
    int at = cell + varintBytes(page, cell);
    at += varintBytes(page, at);
    int most = usable - 35;
    int least = (usable - 12) * 32 / 255 - 23;
    long here = length;
    if (length > most) {
      long some = least + (length - least) % (usable - 4);
      here = some <= most ? some : least;
    }
    var record = new byte[(int) Math.min(length, RpmHeader.MOST_BYTES)];
    int filled = (int) Math.min(here, record.length);
    page.get(at, record, 0, filled);
    long next = here < length ? page.getInt(at + (int) here) : 0;
    while (filled < record.length) {
      var more = page(next);
      next = more.getInt(0);
      int count = Math.min(usable - 4, record.length - filled);
      more.get(4, record, filled, count);
      filled += count;
    }
    return record;
  }

  /** Seven bits a byte, as long as the highest is set; of a ninth byte all eight. */
  private static long varint(ByteBuffer bytes, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 7 | (bytes.get(at + i) & 0x7f);
      if (bytes.get(at + i) >= 0) {
        return value;
      }
    }
    return value << 8 | (bytes.get(at + 8) & 0xff);
  }

  private static int varintBytes(ByteBuffer bytes, int at) {
    int count = 1;
    while (count < 9 && bytes.get(at + count - 1) < 0) {
      count++;
    }
    return count;
  }

  /** The bytes of a column of a record, as far as they were read; a number may have none. */
  private static byte[] value(byte[] record, int column) throws IOException {
    var bytes = ByteBuffer.wrap(record);
    int head = (int) varint(bytes, 0);
    int at = varintBytes(bytes, 0);
    long begin = head;
    for (int i = 0; at < head; i++) {
      long kind = varint(bytes, at);
      long length = length(kind);
      if (length < 0) {
        throw new IOException("a column has no length"); // Likewise.
      }
      if (i == column) {
        int from = (int) Math.min(begin, record.length);
        return Arrays.copyOfRange(record, from, (int) Math.min(begin + length, record.length));
      }
      begin = Math.min(begin + length, record.length); // Of more than that nothing is there.
      at += varintBytes(bytes, at);
    }
    return new byte[0];
  }

  /** Whole numbers of 1 to 8 bytes, constants, and behind them even numbers for blobs. */
  private static long length(long kind) {
    if (kind >= 12) {
      return (kind - 12) / 2;
    }
    return kind <= 4 ? kind : kind == 5 ? 6 : kind <= 7 ? 8 : 0;
  }

  private static String text(byte[] record, int column) throws IOException {
    return new String(value(record, column), StandardCharsets.UTF_8);
  }

  private static long number(byte[] record, int column) throws IOException {
    long number = 0;
    for (byte b : value(record, column)) {
      number = number << 8 | (b & 0xff);
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
