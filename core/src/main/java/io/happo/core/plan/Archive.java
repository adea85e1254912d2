package io.happo.core.plan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A ZIP with a folder of plugins (APPNOTE 6.3.10, without ZIP64, parts and encryption). One that
 * exists can be unpacked below a folder and reaches nothing outside of it: names are relative and
 * plain, each is there once, none is a link. Modes and times are not taken over.
 *
 * <p>What it holds is decided by its directory alone, and the data must agree with that: so hub and
 * agent see the same files. Holds the bytes that it was read of, and little more. Any thread.
 */
public final class Archive {
  /** Of the ZIP itself: what an agent takes as one answer of the hub. */
  public static final int MAX_BYTES = 8 << 20;

  /** Files and folders, also those folders that only stand in names of files. */
  public static final int MAX_ENTRIES = 10_000;

  /** Of all files together. */
  public static final long MAX_UNPACKED_BYTES = 64L << 20;

  /** Beyond its first MiB it may unpack to so many times its size; text comes to 20. */
  static final int MAX_RATIO = 200;

  static final long FREE_OF_RATIO = 1L << 20;

  private static final int CHUNK = 16 << 10;

  /** Not the first day that a ZIP can hold: that would be written with the time zone of here. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  /**
   * One file.
   *
   * @param begin of its data, in the archive's bytes
   * @param packed how many bytes of it are there
   * @param deflated whether they are to be inflated
   * @param size how many bytes that makes
   */
  record Packed(int begin, int packed, boolean deflated, long size, long crc) {}

  private final byte[] bytes;
  private final SortedMap<String, Packed> files;
  private final List<String> folders;

  Archive(byte[] bytes, SortedMap<String, Packed> files, List<String> folders) {
    this.bytes = bytes;
    this.files = files;
    this.folders = folders;
  }

  /**
   * Reads the directory of an archive; whether its data can be unpacked shows when that is done.
   *
   * @param bytes which nobody changes from now on
   * @throws BadArchiveException with all problems
   */
  public static Archive read(byte[] bytes) throws BadArchiveException {
    return new ArchiveReader(bytes).read();
  }

  /**
   * Makes the ZIP of a folder. The same files give the same bytes, as long as the zlib is the same.
   *
   * @param files by their paths in the folder
   */
  public static byte[] pack(SortedMap<String, byte[]> files) {
    var packed = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(packed, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        var entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes everything", e);
    }
    return packed.toByteArray();
  }

  /** What is wrong with a file's path in an archive, or nothing. */
  public static Optional<String> wrongPath(String path) {
    return Rules.file(path);
  }

  /** The paths of its folders, each after the one that it is in. */
  public List<String> folders() {
    return folders;
  }

  /** The paths of its files, sorted; at least one. */
  public List<String> files() {
    return new ArrayList<>(files.keySet());
  }

  /**
   * Unpacks all files into nothing: what comes back without a complaint can be unpacked.
   *
   * @throws BadArchiveException with all problems
   */
  public void verify() throws BadArchiveException {
    var problems = new ArrayList<String>();
    for (var file : files.keySet()) {
      try {
        unpack(file, OutputStream.nullOutputStream());
      } catch (BadArchiveException e) {
        problems.addAll(e.problems());
      } catch (IOException e) {
        throw new UncheckedIOException("nothing takes everything", e);
      }
    }
    if (!problems.isEmpty()) {
      throw new BadArchiveException(problems);
    }
  }

  /**
   * Writes what is in one file, piece by piece.
   *
   * @throws BadArchiveException when it is not what the directory says; then too much may have been
   *     written, but never more than the directory said
   * @throws IOException of the stream
   */
  public void unpack(String file, OutputStream to) throws BadArchiveException, IOException {
    var packed = files.get(file);
    if (packed == null) {
      throw new BadArchiveException(Rules.shown(file) + " is no file of the archive");
    }
    var crc = new CRC32();
    if (packed.deflated()) {
      inflate(file, packed, crc, to);
    } else {
      crc.update(bytes, packed.begin(), packed.packed());
      to.write(bytes, packed.begin(), packed.packed());
    }
    if (crc.getValue() != packed.crc()) {
      throw broken(file, "its checksum is another one than the archive says");
    }
  }

  private void inflate(String file, Packed packed, CRC32 crc, OutputStream to)
      throws BadArchiveException, IOException {
    var inflater = new Inflater(true);
    try {
      inflater.setInput(bytes, packed.begin(), packed.packed());
      var chunk = new byte[CHUNK];
      long size = 0;
      while (!inflater.finished()) {
        int count = inflater.inflate(chunk);
        if (count == 0 && !inflater.finished()) {
          throw broken(file, "its data ends too early");
        }
        size += count;
        if (size > packed.size()) {
          break;
        }
        crc.update(chunk, 0, count);
        to.write(chunk, 0, count);
      }
      if (size != packed.size() || inflater.getBytesRead() != packed.packed()) {
        throw broken(file, "it is not as large as the archive says");
      }
    } catch (DataFormatException e) {
      throw broken(file, "its data cannot be inflated");
    } finally {
      inflater.end();
    }
  }

  private static BadArchiveException broken(String file, String why) {
    return new BadArchiveException(Rules.shown(file) + " is broken: " + why);
  }
}
