package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import io.happo.agent.exec.FileSystemSpace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Questions to file systems, each of which may hang for ever. Any thread. */
class FileSystems {
  /** What one waits for at most; and never more than a third of the time that is left. */
  private static final Duration MOST = Duration.ofSeconds(5);

  private static final Patience<FileSystemSpace> SPACES = new Patience<>();
  private static final Patience<Path> PATHS = new Patience<>();

  /** What the file system says that is mounted there; null when it does not answer. */
  @Nullable FileSystemSpace space(Mount mount, Machine machine)
      throws IOException, InterruptedException {
    var name = mount.on(machine);
    return SPACES.ask(mount.bytes(), most(machine), () -> FileSystemSpace.of(name));
  }

  /**
   * Where a file really is, behind all links; null when its file system does not answer.
   *
   * @param path absolute, or seen from the folder that the agent was started in
   */
  @Nullable Path real(String path, Machine machine) throws IOException, InterruptedException {
    var file = file(path, machine);
    return PATHS.ask(file.toString(), most(machine), file::toRealPath);
  }

  private static Path file(String path, Machine machine) throws IOException {
    if (path.isEmpty()) {
      throw new NoSuchFileException(path);
    }
    try {
      return path.startsWith("/") ? machine.file(path) : Path.of(path).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new FileSystemException(path, null, "Java cannot name it in this locale");
    }
  }

  /** Whether there is such a device; they are not on file systems that hang. */
  static boolean hasDevice(String path, Machine machine) {
    try {
      return Files.exists(file(path, machine));
    } catch (IOException e) {
      return false;
    }
  }

  private static Duration most(Machine machine) {
    var third = machine.left().dividedBy(3);
    return third.compareTo(MOST) < 0 ? third : MOST;
  }

  /** An error in the words of the system. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
