package io.happo.agent.orders;

import io.happo.core.plan.Archive;
import io.happo.core.plan.BadArchiveException;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import io.happo.program.files.Trees;
import java.io.BufferedInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The archives among the bundles, one in each folder: {@code files/} with what is in it, all for
 * the agent's user alone, and {@code archive.zip}, by which the files are verified later. Loaded
 * only where there are archives.
 */
final class ArchiveFolder {
  /** No digest: whoever lists bundles does not take it for one. */
  static final String UNFINISHED = ".unpacking";

  private static final String ZIP = "archive.zip";
  private static final String MODE = "rwx------";

  /** Opens a new file for writing. */
  interface Opening {
    FileOutputStream open(Path file) throws IOException;
  }

  private final Path bundles;
  private final Opening opening;

  ArchiveFolder(Path bundles) {
    this(bundles, file -> new FileOutputStream(file.toFile()));
  }

  ArchiveFolder(Path bundles, Opening opening) {
    this.bundles = bundles;
    this.opening = opening;
  }

  /**
   * Unpacks an archive beside the others and then puts it in its place, instead of what was there.
   *
   * @param home its own folder among the bundles
   * @throws BadArchiveException when it is none that can be unpacked
   * @throws IOException one line; then nothing of it is here that was not before
   */
  void unpack(Path home, byte[] bytes) throws BadArchiveException, IOException {
    var archive = Archive.read(bytes);
    archive.verify(); // All that is wrong is told, and nothing is written for nothing.
    var unfinished = bundles.resolve(UNFINISHED);
    try {
      Directory.create(bundles);
      Trees.remove(unfinished); // Of an agent that was killed meanwhile.
      Directory.create(unfinished);
      unpack(archive, unfinished.resolve(BundleFolder.FILES));
      write(unfinished.resolve(ZIP), "rw-------", to -> to.write(bytes));
      Directory.sync(unfinished);
      Trees.remove(home);
      Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      Directory.sync(bundles);
    } catch (FileSystemException e) {
      throw new IOException("cannot unpack into " + home + ": " + Reason.of(e), e);
    } catch (IOException e) {
      throw new IOException("cannot unpack into " + home + ": " + e.getMessage(), e);
    } finally {
      Trees.removeQuietly(unfinished);
    }
  }

  private interface Content {
    void write(OutputStream to) throws BadArchiveException, IOException;
  }

  private void unpack(Archive archive, Path files) throws BadArchiveException, IOException {
    Directory.create(files);
    for (var folder : archive.folders()) {
      Files.createDirectory(files.resolve(folder), Directory.mode(files, MODE));
    }
    for (var file : archive.files()) {
      write(files.resolve(file), MODE, to -> archive.unpack(file, to));
    }
    for (var folder : archive.folders()) {
      Directory.sync(files.resolve(folder));
    }
    Directory.sync(files);
  }

  private void write(Path file, String mode, Content content)
      throws BadArchiveException, IOException {
    Files.createFile(file, Directory.mode(file, mode)); // Never over another one.
    try (var out = opening.open(file)) {
      content.write(out);
      out.getFD().sync();
    }
  }

  /** The bytes of the archive that is here as they came; empty when they are not there any more. */
  static Optional<byte[]> bytes(Path home) throws IOException {
    var zip = home.resolve(ZIP);
    return Files.isRegularFile(zip, LinkOption.NOFOLLOW_LINKS)
            && Files.size(zip) <= Archive.MAX_BYTES
        ? Optional.of(Files.readAllBytes(zip))
        : Optional.empty();
  }

  /**
   * Whether each file is what the archive says. What else lies beside them, such as what a plugin
   * has written, does not count.
   *
   * @param bytes of the archive, which were verified
   */
  static boolean isIntact(Path home, byte[] bytes) throws IOException {
    try {
      var archive = Archive.read(bytes);
      var files = home.resolve(BundleFolder.FILES);
      for (var folder : archive.folders()) {
        if (!Files.isDirectory(files.resolve(folder), LinkOption.NOFOLLOW_LINKS)) {
          return false;
        }
      }
      for (var file : archive.files()) {
        if (!isSame(archive, file, files.resolve(file))) {
          return false;
        }
      }
      return true;
    } catch (BadArchiveException e) {
      return false;
    }
  }

  private static boolean isSame(Archive archive, String file, Path here)
      throws BadArchiveException, IOException {
    if (!Files.isRegularFile(here, LinkOption.NOFOLLOW_LINKS) || !Files.isExecutable(here)) {
      return false;
    }
    try (var in = new BufferedInputStream(Files.newInputStream(here))) {
      var comparing = new Comparing(in);
      archive.unpack(file, comparing);
      return comparing.same && in.read() < 0;
    }
  }

  /** Compares what is written to it with what a stream holds. */
  private static final class Comparing extends OutputStream {
    private final InputStream other;
    private boolean same = true;

    Comparing(InputStream other) {
      this.other = other;
    }

    @Override
    public void write(int b) throws IOException {
      same = same && other.read() == (b & 0xff);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int i = offset; same && i < offset + length; i++) {
        write(bytes[i]);
      }
    }
  }
}
