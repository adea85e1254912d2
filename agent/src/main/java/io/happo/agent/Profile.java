package io.happo.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * A flight recording from start to end of the program; nothing of it is loaded when none was asked
 * for.
 */
final class Profile implements AutoCloseable {
  private final @Nullable AutoCloseable recording;

  private Profile(@Nullable AutoCloseable recording) {
    this.recording = recording;
  }

  static Profile start(Optional<Path> file) throws IOException {
    return new Profile(file.isEmpty() ? null : record(file.get()));
  }

  private static Recording record(Path file) throws IOException {
    try {
      var recording = new Recording(Configuration.getConfiguration("profile"));
      recording.setDestination(file);
      recording.start();
      return recording;
    } catch (java.text.ParseException | IOException e) {
      throw new IOException("--cpu-profile: cannot record to " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (recording != null) {
      try {
        recording.close();
      } catch (Exception e) {
        throw new IOException("the CPU profile was not written: " + e.getMessage(), e);
      }
    }
  }
}
