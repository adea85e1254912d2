package io.happo.program.files;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Replaces a file as a whole: a reader, and the disk after a power loss, see the old content or the
 * new one, never a mixture. Any thread; of two writers at once the last one wins.
 */
public final class AtomicFile {
  private static final int MAX_LINKS = 40; // as Linux counts them

  private AtomicFile() {}

  /**
   * Writes {@code content} beside the file, syncs it, and renames it over the file; durable on
   * return. A new file gets mode 0600. A file that exists keeps its mode, and its owner and group
   * where this process may set them. A symbolic link stays, what it points at is replaced. The
   * directory of the file must be writable.
   *
   * @throws IOException naming the file; the old content is untouched
   */
  public static void write(Path file, byte[] content) throws IOException {
    try {
      replace(file, content);
    } catch (FileSystemException e) {
      throw new IOException("cannot write " + file + ": " + Reason.of(e), e);
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path target = followed(file);
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new IOException(file + ": is a directory, a file is needed");
    }
    Path temporary = Files.createTempFile(directory, "." + target.getFileName() + ".", ".tmp");
    try {
      try (var out = new FileOutputStream(temporary.toFile())) {
        out.write(content);
        if (Directory.posix(target) && Files.exists(target)) {
          keepOwnerAndMode(target, temporary);
        }
        out.getFD().sync();
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    Directory.sync(directory);
  }

  /** Unlike {@code toRealPath}, follows a link whose target does not exist yet. */
  private static Path followed(Path file) throws IOException {
    Path path = file;
    for (int links = 0; Files.isSymbolicLink(path); links++) {
      if (links == MAX_LINKS) {
        throw new IOException(file + ": symbolic links lead in a circle");
      }
      path = path.resolveSibling(Files.readSymbolicLink(path));
    }
    return path;
  }

  private static void keepOwnerAndMode(Path from, Path to) throws IOException {
    PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
    var view =
        Files.getFileAttributeView(to, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes present = view.readAttributes();
    try {
      if (!present.group().equals(wanted.group())) {
        view.setGroup(wanted.group());
      }
      if (!present.owner().equals(wanted.owner())) {
        view.setOwner(wanted.owner());
      }
    } catch (IOException e) {
      // Only root may give a file away. The daemon could replace the file, so it may also own it.
    }
    view.setPermissions(wanted.permissions()); // after the owner: a change of owner clears bits
  }
}
