package io.happo.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One finished run of a program.
 *
 * @param exit its exit status; 128 + signal when a signal ended it
 * @param stdout all it wrote there, as UTF-8
 * @param stderr all it wrote there, as UTF-8
 */
record Run(int exit, String stdout, String stderr) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Runs a program to its end with nothing on stdin. */
  static Run of(Path folder, Map<String, String> environment, List<String> argv) {
    return of(folder, environment, argv, "");
  }

  static Run of(Path folder, Map<String, String> environment, List<String> argv, String stdin) {
    try {
      var scratch = Files.createTempDirectory(folder, "run-");
      var in = Files.writeString(scratch.resolve("stdin"), stdin);
      var out = scratch.resolve("stdout");
      var err = scratch.resolve("stderr");
      var builder = builder(folder, environment, argv);
      builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
      var process = builder.start();
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            argv + " did not end within " + DEADLINE.toSeconds() + " s; stderr: " + text(err));
      }
      return new Run(process.exitValue(), text(out), text(err));
    } catch (IOException e) {
      throw new AssertionError("cannot run " + argv, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + argv, e);
    }
  }

  /** A process in that folder which inherits no setting of Happo from whoever runs the tests. */
  static ProcessBuilder builder(Path folder, Map<String, String> environment, List<String> argv) {
    var builder = new ProcessBuilder(argv).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HAPPO_"));
    builder.environment().put("MARTINI_ENV", "production");
    builder.environment().putAll(environment);
    return builder;
  }

  /** What the file holds; bytes that are no UTF-8 become U+FFFD. */
  static String text(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError("cannot read " + file, e);
    }
  }
}
