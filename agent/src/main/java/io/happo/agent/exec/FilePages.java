package io.happo.agent.exec;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives back what this process has in memory of files and does not use: the JVM's own code and its
 * class data. The kernel brings in 64 KiB around each page of them that is used once, and most are
 * used only while the JVM starts. What is used again comes back from the kernel's cache, within a
 * microsecond or two. Touches only mappings that stay for as long as the JVM lives, cannot be
 * written to and hold no copy of a page, in memory or swapped out, so that nothing can be lost. On
 * Linux; elsewhere it does nothing.
 */
public final class FilePages {
  private static final System.Logger LOG = System.getLogger(FilePages.class.getName());
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final int DONTNEED = 4;
  private static final String COPIES = "Anonymous:";
  private static final String SWAPPED = "Swap:"; // Comes after the copies, and is none of them.
  private static final String NONE = " 0 kB";

  private static final Path SIZES = Path.of("/proc/self/statm");

  /** Of x86; where pages are larger, less is told than there is. */
  private static final long PAGE_BYTES = 4_096;

  private FilePages() {}

  /** How much of this process is in memory, in bytes; 0 where that cannot be had. */
  public static long residentBytes() {
    if (!Libc.isLoaded()) {
      return 0;
    }
    try {
      var sizes = Files.readString(SIZES, StandardCharsets.ISO_8859_1);
      int start = sizes.indexOf(' ') + 1;
      return Long.parseLong(sizes, start, sizes.indexOf(' ', start), 10) * PAGE_BYTES;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Does it; what is in use comes back at once. Costs some milliseconds. */
  public static void giveBack() {
    if (!Libc.isLoaded()) {
      return;
    }
    try (var lines = Files.newBufferedReader(MAPPINGS, StandardCharsets.ISO_8859_1)) {
      long start = 0;
      long end = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(COPIES) && !line.endsWith(NONE)) {
          end = 0;
        } else if (line.startsWith(SWAPPED) && line.endsWith(NONE) && end != 0) {
          Libc.call(Libc.MADVISE, start, end - start, DONTNEED);
        } else if (isMapping(line)) {
          int dash = line.indexOf('-');
          int blank = line.indexOf(' ');
          boolean ofFile = isOfTheJvm(line) && line.charAt(blank + 2) == '-';
          start = Long.parseUnsignedLong(line, 0, dash, 16);
          end = ofFile ? Long.parseUnsignedLong(line, dash + 1, blank, 16) : 0;
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} cannot be read: {1}", MAPPINGS, e.getMessage());
    }
  }

  private static boolean isOfTheJvm(String mapping) {
    return mapping.endsWith("/libjvm.so")
        || mapping.endsWith("/lib/modules")
        || mapping.endsWith(".aot");
  }

  /** {@code 7f5e4c000000-7f5e4c021000 r-xp 00000000 fe:01 123456 /lib/libc.so.6}. */
  private static boolean isMapping(String line) {
    char first = line.charAt(0);
    return (first >= '0' && first <= '9') || (first >= 'a' && first <= 'f');
  }
}
