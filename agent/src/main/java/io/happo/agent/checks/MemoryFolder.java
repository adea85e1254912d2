package io.happo.agent.checks;

import io.happo.core.Sha256;
import io.happo.program.files.Directory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@link Memory} in a folder, a file for each key; readable for its owner alone. The folder is made
 * when it is first needed. Written whole or not at all, and not synced: after a power loss a check
 * begins anew.
 */
public final class MemoryFolder implements Memory {
  /** The most files: checks with ever other options would fill a disk. The oldest ones go. */
  static final int MOST = 2_000;

  private static final AtomicLong WRITES = new AtomicLong();

  private final Path folder;

  public MemoryFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<String> recall(String key) throws IOException {
    try {
      return Optional.of(Files.readString(file(key)));
    } catch (NoSuchFileException | CharacterCodingException e) {
      return Optional.empty(); // Or spoilt by a power loss: a check then begins anew.
    }
  }

  @Override
  public void keep(String key, String text) throws IOException {
    if (text.length() > MAX_CHARACTERS) {
      throw new IOException("too much to keep: " + text.length() + " characters");
    }
    Directory.create(folder);
    var file = file(key);
    if (!Files.exists(file)) {
      makeRoom();
    }
    var beside =
        folder.resolve(
            file.getFileName()
                + "."
                + ProcessHandle.current().pid()
                + "."
                + WRITES.incrementAndGet());
    try {
      Files.createFile(beside, Directory.mode(folder, "rw-------"));
      Files.write(beside, text.getBytes(StandardCharsets.UTF_8));
      try {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private void makeRoom() throws IOException {
    var all = folder.toFile().listFiles();
    if (all == null || all.length < MOST) {
      return;
    }
    // Their times are read once: others may write to them meanwhile, which would confuse the sort.
    var oldestFirst =
        Arrays.stream(all)
            .map(file -> new Aged(file, file.lastModified()))
            .sorted(Comparator.comparingLong(Aged::modified))
            .toList();
    for (var aged : oldestFirst.subList(0, all.length - MOST + 1)) {
      Files.deleteIfExists(aged.file().toPath());
    }
  }

  private record Aged(File file, long modified) {}

  private Path file(String key) {
    return folder.resolve(Sha256.of(key).substring(0, 32));
  }
}
