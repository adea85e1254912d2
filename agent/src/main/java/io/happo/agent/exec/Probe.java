package io.happo.agent.exec;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a small program of the system answered that knows what Java does not. For a start, a reload
 * or a check of the configuration; never on behalf of a peer.
 *
 * @param output its stdout and stderr, without blanks at both ends
 */
record Probe(int exit, String output) {
  private static final int MOST_SECONDS = 10;

  /** Less than a pipe holds, so that the program never waits for its reader. */
  private static final int MOST_BYTES = 16 * 1024;

  /**
   * Runs it, for at most {@value #MOST_SECONDS} s.
   *
   * @throws IOException when it cannot be started or does not end
   */
  static Probe run(List<String> argv) throws IOException {
    var process =
        new ProcessBuilder(argv)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .start();
    try {
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "`" + String.join(" ", argv) + "` did not end within " + MOST_SECONDS + " s");
      }
      try (var out = process.getInputStream()) {
        var output = new String(out.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        return new Probe(process.exitValue(), output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while `" + String.join(" ", argv) + "` ran", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
