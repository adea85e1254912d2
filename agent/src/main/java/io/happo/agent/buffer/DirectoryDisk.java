package io.happo.agent.buffer;

import io.happo.program.files.Directory;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real directory, held by one process: the file {@code LOCK} in it is locked until {@link
 * #close}. Uses the classes of {@code java.io}, because an interrupted thread closes a channel of
 * {@code java.nio} under everyone else.
 */
final class DirectoryDisk implements Disk {
  /**
   * Directories held by this process. The system's lock belongs to the process and goes when any
   * handle of the file is closed, so a second attempt must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel lock;

  private DirectoryDisk(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Makes the directory when it is missing and locks it. Every failure is one line. */
  static DirectoryDisk open(Path path, String option) throws IOException {
    Path directory;
    try {
      Directory.create(path);
      directory = path.toRealPath();
    } catch (IOException e) {
      throw explained(path, e, option);
    }
    if (!HELD.add(directory)) {
      throw inUse(directory, option);
    }
    FileChannel lock = null;
    try {
      lock = lock(directory);
    } catch (IOException e) {
      throw explained(path, e, option);
    } finally {
      if (lock == null) {
        HELD.remove(directory);
      }
    }
    if (lock == null) {
      throw inUse(directory, option);
    }
    return new DirectoryDisk(directory, lock);
  }

  /** Null when another process has it. */
  private static @Nullable FileChannel lock(Path directory) throws IOException {
    Path file = directory.resolve("LOCK");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            Directory.mode(file, "rw-------"));
    if (channel.tryLock() == null) {
      channel.close();
      return null;
    }
    return channel;
  }

  private static IOException explained(Path path, IOException cause, String option) {
    String problem =
        switch (cause) {
          case FileAlreadyExistsException e ->
              e.getFile()
                  + " is not a directory; move it away or name another place with "
                  + option;
          case AccessDeniedException e ->
              "no permission for " + e.getFile() + "; give it to the user the agent runs as";
          default -> cause.getMessage() + "; check the disk, or name another place with " + option;
        };
    return new IOException("buffer " + path + ": " + problem, cause);
  }

  private static IOException inUse(Path directory, String option) {
    return new IOException(
        "buffer "
            + directory
            + ": another agent uses it; stop that one, or name another place with "
            + option);
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Override
  public byte[] read(String name) throws IOException {
    try (var in = new FileInputStream(directory.resolve(name).toFile())) {
      return in.readAllBytes();
    }
  }

  @Override
  public DiskFile create(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    Files.createFile(file, Directory.mode(file, "rw-------"));
    return open(name);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new OpenFile(new RandomAccessFile(directory.resolve(name).toFile(), "rw"));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void sync() throws IOException {
    Directory.sync(directory);
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      HELD.remove(directory);
    }
  }

  private record OpenFile(RandomAccessFile file) implements DiskFile {
    @Override
    public void write(byte[] bytes, long position) throws IOException {
      file.seek(position);
      file.write(bytes);
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.setLength(size);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
