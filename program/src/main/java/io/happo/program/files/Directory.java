package io.happo.program.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Directories of the agent: private to its user, their names safe on disk. Any thread. Where the
 * file system knows no POSIX modes (Windows), modes and the sync of names are left to the system.
 */
public final class Directory {
  private Directory() {}

  /**
   * Makes {@code path} and what is missing above it, mode 0700, and syncs the names made. A
   * directory that is there already keeps its mode.
   *
   * @throws FileAlreadyExistsException when {@code path} or something above it is no directory
   */
  public static void create(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      create(parent);
    }
    try {
      Files.createDirectory(path, mode(path, "rwx------"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw e;
      }
    }
    if (parent != null) {
      sync(parent);
    }
  }

  /**
   * Makes the names in {@code path} durable. An interrupt does not stop it and is kept for the
   * caller.
   */
  public static void sync(Path path) throws IOException {
    if (!posix(path)) {
      return; // Windows cannot open a directory; NTFS journals its names
    }
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The mode with which to create something beside {@code path}; nothing where modes do not exist.
   */
  public static FileAttribute<?>[] mode(Path path, String permissions) {
    return posix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
