package io.happo.agent.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a log goes on from a position: in the file itself, or, when it has been rotated meanwhile,
 * first in the rest of the file that it was. That is beside it, whether it was renamed (it has the
 * same inode) or copied and emptied (it begins with the same text).
 */
final class LogFiles {
  /** Of the folder of the log, so many names are looked at. */
  private static final int MOST_NAMES = 10_000;

  private LogFiles() {}

  /**
   * What is to be read, oldest first; the last is the log itself.
   *
   * @param isLost whether the rest of an earlier file was looked for and not found
   */
  record Rest(List<Part> parts, boolean isLost) {}

  /** A file from an offset on. */
  record Part(Path file, long from) {}

  private record Beside(Path file, FileTime written) {}

  static Rest since(LogPosition position, Path log, long inode, FileChannel open)
      throws IOException, InterruptedException {
    var parts = new ArrayList<Part>();
    if (inode == position.inode() && position.fits(open)) {
      parts.add(new Part(log, position.offset()));
      return new Rest(parts, false);
    }
    var besides = besides(log);
    var before = before(position, besides);
    if (before != null) {
      parts.add(new Part(before.file(), position.offset()));
      besides.sort(Comparator.comparing(Beside::written));
      for (var beside : besides) {
        if (beside.written().compareTo(before.written()) > 0
            && shape(beside).equals(shape(before))) {
          parts.add(new Part(beside.file(), 0));
        }
      }
    }
    parts.add(new Part(log, 0));
    return new Rest(parts, before == null);
  }

  private static @Nullable Beside before(LogPosition position, List<Beside> besides)
      throws IOException {
    Beside copy = null;
    for (var beside : besides) {
      try (var file = FileChannel.open(beside.file())) {
        if (position.fits(file)) {
          if (inode(beside.file()) == position.inode()) {
            return beside;
          }
          // With nothing read of it so far, every file would fit.
          copy = position.offset() > 0 ? beside : copy;
        }
      } catch (FileSystemException e) {
        // Gone, or not for this user.
      }
    }
    return copy;
  }

  /** Regular files whose name begins with that of the log, without it; packed ones do not count. */
  private static List<Beside> besides(Path log) throws IOException, InterruptedException {
    var found = new ArrayList<Beside>();
    var folder = log.toAbsolutePath().getParent();
    var name = log.getFileName();
    if (folder == null || name == null) {
      return found;
    }
    int names = 0;
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (++names > MOST_NAMES) {
          break;
        }
        var other = String.valueOf(file.getFileName());
        if (isRotated(other, name.toString()) && Files.isRegularFile(file)) {
          add(file, found);
        }
      }
    } catch (AccessDeniedException e) {
      return found; // The log itself can be read nevertheless, and its last lines count as lost.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static void add(Path file, List<Beside> found) throws IOException {
    try {
      found.add(new Beside(file, Files.getLastModifiedTime(file)));
    } catch (NoSuchFileException e) {
      // It has just been packed or renamed.
    }
  }

  /** {@code app.log.1}, {@code app.log-20250101}, and {@code app-20250101.log} of app.log. */
  private static boolean isRotated(String other, String name) {
    int point = name.lastIndexOf('.');
    boolean isLike =
        other.startsWith(name)
            || (point > 0
                && other.startsWith(name.substring(0, point))
                && other.endsWith(name.substring(point)));
    return isLike
        && !other.equals(name)
        && !other.endsWith(".gz")
        && !other.endsWith(".xz")
        && !other.endsWith(".bz2")
        && !other.endsWith(".zst");
  }

  /** Its name with its digits all the same: files of one rotation differ only in them. */
  private static String shape(Beside beside) {
    var shape = new StringBuilder();
    var name = String.valueOf(beside.file().getFileName());
    for (int i = 0; i < name.length(); i++) {
      boolean isDigit = Character.isDigit(name.charAt(i));
      if (!isDigit) {
        shape.append(name.charAt(i));
      } else if (shape.isEmpty() || shape.charAt(shape.length() - 1) != '0') {
        shape.append('0');
      }
    }
    return shape.toString();
  }

  /** 0 where there are none. */
  static long inode(Path file) throws IOException {
    try {
      return ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 0;
    }
  }
}
