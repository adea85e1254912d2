package io.happo.core.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads the directory of a ZIP, which is at its end, and refuses whatever would not unpack the same
 * everywhere or reach out of its folder. Numbers are those of the ZIP's specification (APPNOTE
 * 6.3.10, 4.3 and 4.4).
 */
final class ArchiveReader {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ENCRYPTED = 0x2041; // with a password, strongly, or its directory too
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  /** Of {@code st_mode}, which Unix puts into the upper half of the attributes. */
  private static final int FILE_TYPE = 0xf000;

  private static final int REGULAR = 0x8000;
  private static final int FOLDER = 0x4000;
  private static final int LINK = 0xa000;

  /** A path as it was first met. */
  private record Node(String path, boolean folder) {}

  private final ByteBuffer bytes;
  private final byte[] array;
  private final List<String> problems = new ArrayList<>();
  private final SortedMap<String, Archive.Packed> files = new TreeMap<>();

  /** Files and folders, by their paths in small letters. */
  private final Map<String, Node> nodes = new HashMap<>();

  /** Where data ends, by where it begins. */
  private final SortedMap<Integer, Integer> taken = new TreeMap<>();

  private int directory;
  private long unpacked;

  ArchiveReader(byte[] bytes) {
    this.array = bytes;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  Archive read() throws BadArchiveException {
    if (array.length > Archive.MAX_BYTES) {
      throw new BadArchiveException(
          "has " + array.length + " bytes; at most " + Archive.MAX_BYTES + " are possible");
    }
    int end = end();
    int count = count(end);
    int at = directory;
    for (int i = 0; i < count; i++) {
      if (at + ENTRY_BYTES > end || bytes.getInt(at) != ENTRY) {
        throw broken("its directory ends too early");
      }
      int next = at + ENTRY_BYTES + two(at + 28) + two(at + 30) + two(at + 32);
      if (next > end) {
        throw broken("its directory ends too early");
      }
      entry(at);
      at = next;
    }
    if (at != end) {
      throw broken("its directory has another size than it says");
    }
    whole();
    if (!problems.isEmpty()) {
      throw new BadArchiveException(problems);
    }
    return new Archive(array, files, folders());
  }

  /** Where the end of the directory is told: the comment after it reaches to the last byte. */
  private int end() throws BadArchiveException {
    int last = array.length - END_BYTES;
    for (int at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
      if (bytes.getInt(at) == END && two(at + 20) == last - at) {
        return at;
      }
    }
    throw new BadArchiveException("is no ZIP, or not a whole one");
  }

  /** The number of entries; also finds where the directory begins. */
  private int count(int end) throws BadArchiveException {
    int count = two(end + 10);
    long size = four(end + 12);
    long begin = four(end + 16);
    if (count == 0xffff || size == 0xffffffffL || begin == 0xffffffffL) {
      throw new BadArchiveException("is a ZIP64, which is for larger ones: make a plain ZIP");
    }
    if (two(end + 4) != 0 || two(end + 6) != 0 || two(end + 8) != count) {
      throw new BadArchiveException("is a part of a ZIP: make it in one piece");
    }
    if (begin + size != end) {
      throw broken("its directory is not where it says, or something stands before it");
    }
    if (count > Archive.MAX_ENTRIES) {
      throw tooMany();
    }
    directory = (int) begin;
    return count;
  }

  private void entry(int at) {
    int before = problems.size();
    var name = name(at + ENTRY_BYTES, two(at + 28));
    if (name.isEmpty()) {
      return;
    }
    boolean folder = name.endsWith("/");
    var path = folder ? name.substring(0, name.length() - 1) : name;
    var wrong = Rules.file(path);
    if (wrong.isPresent()) {
      problems.add(wrong.get());
      return;
    }
    int flags = two(at + 8);
    int method = two(at + 10);
    if ((flags & ENCRYPTED) != 0) {
      problem(path, "is encrypted: make a ZIP without a password");
    } else if (method != STORED && method != DEFLATED) {
      problem(path, "is packed by method " + method + ": deflated or stored, no other is known");
    }
    type(path, folder, (int) (four(at + 38) >>> 16) & FILE_TYPE);
    place(path, folder);
    long packed = four(at + 20);
    long size = four(at + 24);
    if (folder && size != 0) {
      problem(path, "is a folder, and holds data");
    }
    if (method == STORED && packed != size) {
      problem(path, "is broken: its two sizes differ");
    }
    unpacked += size;
    if (before == problems.size()) {
      data(path, folder, at, packed);
    }
  }

  /** Empty where it is none; that has been told then. */
  private String name(int at, int length) {
    try {
      var name = StandardCharsets.UTF_8.newDecoder().decode(bytes.slice(at, length)).toString();
      if (name.isEmpty()) {
        problems.add("holds something without a name");
      }
      return name;
    } catch (CharacterCodingException e) {
      problems.add(
          "holds the name "
              + Rules.shown(new String(array, at, length, StandardCharsets.UTF_8))
              + ", which is not UTF-8");
      return "";
    }
  }

  private void type(String path, boolean folder, int type) {
    if (type == LINK) {
      problem(path, "is a link, which may lead anywhere: put the file itself in its place");
    } else if (type != 0 && type != (folder ? FOLDER : REGULAR)) {
      problem(path, "is neither a file nor a folder");
    }
  }

  /** Notes the path and the folders that it is in, and what it clashes with. */
  private void place(String path, boolean folder) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (!put(path.substring(0, slash), true)) {
        return;
      }
    }
    var known = nodes.get(small(path));
    if (known != null && !folder && !known.folder() && known.path().equals(path)) {
      problem(path, "is there twice");
    } else {
      put(path, folder);
    }
  }

  private boolean put(String path, boolean folder) {
    var known = nodes.putIfAbsent(small(path), new Node(path, folder));
    if (known == null || known.equals(new Node(path, folder))) {
      return true;
    }
    if (!known.path().equals(path)) {
      problem(
          path,
          "and "
              + Rules.shown(known.path())
              + " differ in letter case alone, which not every system can tell apart");
    } else {
      problem(path, "is a file and a folder");
    }
    return false;
  }

  private static String small(String path) {
    return path.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private void data(String path, boolean folder, int entry, long packed) {
    long local = four(entry + 42);
    int nameLength = two(entry + 28);
    if (local + LOCAL_BYTES + nameLength > directory
        || bytes.getInt((int) local) != LOCAL
        || two((int) local + 8) != two(entry + 10)
        || two((int) local + 26) != nameLength
        || bytes
                .slice((int) local + LOCAL_BYTES, nameLength)
                .compareTo(bytes.slice(entry + ENTRY_BYTES, nameLength))
            != 0) {
      problem(path, "is broken: its data has another name than the directory says");
      return;
    }
    long begin = local + LOCAL_BYTES + nameLength + two((int) local + 28);
    if (begin + packed > directory) {
      problem(path, "is broken: its data is not there");
      return;
    }
    if (taken.put((int) local, (int) (begin + packed)) != null) {
      problem(path, "is broken: its data is that of another file too");
      return;
    }
    if (!folder) {
      files.put(
          path,
          new Archive.Packed(
              (int) begin,
              (int) packed,
              two(entry + 10) == DEFLATED,
              four(entry + 24),
              four(entry + 16)));
    }
  }

  /** What can be said only when all entries are known. */
  private void whole() {
    int before = 0;
    for (var data : taken.entrySet()) {
      if (data.getKey() < before) {
        problems.add("is broken: the data of one file is in that of another");
        break;
      }
      before = data.getValue();
    }
    if (nodes.size() > Archive.MAX_ENTRIES) {
      problems.add(tooMany().getMessage());
    }
    long most =
        Math.min(
            Archive.MAX_UNPACKED_BYTES,
            Archive.FREE_OF_RATIO + (long) array.length * Archive.MAX_RATIO);
    if (unpacked > most) {
      problems.add(
          "would be "
              + unpacked
              + " bytes when unpacked; of "
              + array.length
              + " bytes at most "
              + most
              + " may come");
    }
    if (files.isEmpty() && problems.isEmpty()) {
      problems.add("holds no file");
    }
  }

  private List<String> folders() {
    var folders = new TreeSet<String>();
    for (var node : nodes.values()) {
      if (node.folder()) {
        folders.add(node.path());
      }
    }
    return List.copyOf(folders);
  }

  private void problem(String path, String text) {
    problems.add(Rules.shown(path) + " " + text);
  }

  private static BadArchiveException tooMany() {
    return new BadArchiveException(
        "holds more than " + Archive.MAX_ENTRIES + " files and folders, the most that is possible");
  }

  private static BadArchiveException broken(String why) {
    return new BadArchiveException("is a broken ZIP: " + why);
  }

  private int two(int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private long four(int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
