package io.happo.agent.machine;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A machine of files in a folder, which is asked by lines as they stand in a plan. */
public final class MadeMachine {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  public final Path root;
  private final Builtins builtins;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  MadeMachine(Path folder) {
    this(folder, new MachineChecks());
  }

  /** With other checks. */
  public MadeMachine(Path folder, Builtins.Catalogue checks) {
    root = folder.resolve("root");
    builtins =
        new Builtins(
            checks,
            new Machine(
                root,
                () -> now,
                System::nanoTime,
                new MemoryFolder(folder.resolve("memory")),
                Long.MAX_VALUE));
  }

  Instant now() {
    return now;
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  /** Writes a file, with what is above it. */
  public MadeMachine with(String path, String text) throws IOException {
    return with(path, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public MadeMachine with(String path, byte[] bytes) throws IOException {
    var file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return this;
  }

  /** The exit status, a colon, a blank, and what is said. */
  public String says(String line) {
    var words = Work.Plugin.of(line);
    var answer = builtins.run(words.name(), words.arguments(), DEADLINE);
    return answer == null ? "nothing" : answer.status() + ": " + answer.stdout().stripTrailing();
  }
}
