package io.happo.agent.checks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The machine as a check sees it, and how long it may look.
 *
 * @param root the folder that has {@code proc} and {@code sys} in it: {@code /}, or a copy in tests
 * @param clock what time it is
 * @param nanos monotonic time
 * @param memory what checks keep between two runs
 * @param deadline in {@code nanos}, when the check is to have ended
 */
public record Machine(
    Path root, InstantSource clock, LongSupplier nanos, Memory memory, long deadline) {
  /** The most that is read of a file of the kernel's, in bytes; the largest are lists of mounts. */
  private static final int MAX_BYTES = 8 << 20;

  /** The machine that this process runs on. */
  public static Machine here(InstantSource clock, Memory memory) {
    return new Machine(Path.of("/"), clock, System::nanoTime, memory, System.nanoTime());
  }

  /** The same, with so much time left from now on. */
  public Machine within(Duration time) {
    return new Machine(root, clock, nanos, memory, nanos.getAsLong() + time.toNanos());
  }

  /** What is left until the deadline; at least a millisecond. */
  public Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, deadline - nanos.getAsLong()));
  }

  /**
   * How many processors work, of {@code /proc/stat}: what this process may use of them is another
   * matter, such as by a quota of its unit.
   */
  public int processors() {
    int count = 0;
    try {
      for (var line : lines("/proc/stat")) {
        count += line.startsWith("cpu") && !line.startsWith("cpu ") ? 1 : 0;
      }
    } catch (IOException e) {
      count = 0;
    }
    return count == 0 ? Runtime.getRuntime().availableProcessors() : count;
  }

  /** A file by its absolute path, such as {@code /proc/loadavg}. */
  public Path file(String path) {
    return root.resolve(path.substring(1));
  }

  /**
   * The text of a file of the kernel's.
   *
   * @throws IOException as usual; also when it is larger than 8 MiB
   */
  public String read(String path) throws IOException {
    return read(file(path));
  }

  /** The text of a file of the kernel's, as {@link #read(String)}. */
  public static String read(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** The bytes of a file of the kernel's, as {@link #read(String)}: names in it may be any. */
  public byte[] bytes(String path) throws IOException {
    return bytes(file(path));
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /** Its lines. */
  public List<String> lines(String path) throws IOException {
    return read(path).lines().toList();
  }
}
