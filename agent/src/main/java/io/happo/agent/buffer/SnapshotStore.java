package io.happo.agent.buffer;

import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Machine-state snapshots: texts under keys {@code s-<unix seconds>}, each a gzip file {@code
 * <key>.gz}, mode 0600, in a directory of their own. A snapshot is there as a whole or not at all,
 * also after a power loss. Those older than the lifetime are not shown, and are deleted with the
 * next save. Any thread.
 */
public final class SnapshotStore {
  private static final Pattern KEY = Pattern.compile("s-[0-9]{1,18}");
  private static final String SUFFIX = ".gz";

  private final Path directory;
  private final Duration lifetime;
  private final InstantSource clock;

  /** Touches nothing yet; the directory is made by the first save. */
  public SnapshotStore(Path directory, Duration lifetime, InstantSource clock) {
    this.directory = directory;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  /**
   * Keeps a text; durable on return. A second one of the same second replaces the first.
   *
   * @param time unix seconds, not negative
   * @throws IOException one line naming the snapshot; older ones are untouched
   */
  public void save(long time, String text) throws IOException {
    if (time < 0) {
      throw new IllegalArgumentException("a snapshot of second " + time + " has no key");
    }
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Path file = directory.resolve("s-" + time + SUFFIX);
    try {
      Directory.create(directory);
      deleteExpired();
      AtomicFile.write(file, bytes.toByteArray());
    } catch (IOException e) {
      throw new IOException(
          "machine state "
              + file
              + " cannot be written: "
              + e.getMessage()
              + "; check permissions and free room there",
          e);
    }
  }

  /**
   * The keys of all snapshots within the lifetime, oldest first; empty when the directory is
   * missing.
   */
  public List<String> keys() throws IOException {
    return all().stream().filter(key -> !isExpired(key)).toList();
  }

  /**
   * The text under a key; empty for an unknown or expired one and for whatever is no key.
   *
   * @throws IOException one line naming the file, when it cannot be read
   */
  public Optional<String> find(String key) throws IOException {
    if (!KEY.matcher(key).matches() || isExpired(key)) {
      return Optional.empty();
    }
    Path file = directory.resolve(key + SUFFIX);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var in = new FileInputStream(file.toFile());
        var gzip = new GZIPInputStream(in)) {
      return Optional.of(new String(gzip.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException(
          "machine state " + file + " cannot be read: " + e.getMessage() + "; delete it", e);
    }
  }

  private List<String> all() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(key -> KEY.matcher(key).matches())
          .sorted((a, b) -> Long.compare(time(a), time(b)))
          .toList();
    }
  }

  private void deleteExpired() throws IOException {
    for (String key : all().stream().filter(this::isExpired).toList()) {
      Files.deleteIfExists(directory.resolve(key + SUFFIX));
    }
  }

  private boolean isExpired(String key) {
    return time(key) < clock.instant().getEpochSecond() - lifetime.toSeconds();
  }

  private static long time(String key) {
    return Long.parseLong(key, 2, key.length(), 10);
  }
}
