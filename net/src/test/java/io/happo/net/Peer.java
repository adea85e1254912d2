package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real program that a test talks with. A machine without it skips the test, unless {@code
 * happo.peers} requires it.
 */
final class Peer {
  record Outcome(int exit, String output) {}

  private Peer() {}

  static void need(String program) {
    boolean here =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!here && !System.getProperty("happo.peers", "optional").equals("required")) {
      assumeTrue(false, program + " is not installed");
    }
    assertThat(here).as("%s is installed", program).isTrue();
  }

  /** Runs it with an empty stdin; stdout and stderr together. */
  static Outcome run(String... command) throws IOException, InterruptedException {
    return run(List.of(command), "");
  }

  static Outcome run(List<String> command, String stdin) throws IOException, InterruptedException {
    var output = Files.createTempFile("happo-peer", ".out");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try (var in = process.getOutputStream()) {
        in.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("did not end within 60 s: " + command);
      }
      return new Outcome(
          process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      Files.delete(output);
    }
  }
}
