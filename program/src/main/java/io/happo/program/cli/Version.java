package io.happo.program.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of this build, which the build writes into a resource. */
public final class Version {
  private Version() {}

  /** The version alone: {@code 1.2.3}. */
  public static String number() {
    try (var resource = Version.class.getResourceAsStream("version.txt")) {
      if (resource == null) {
        throw new IllegalStateException(
            "version.txt is missing: the build did not package its resources");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code --version} prints. */
  public static String line(String program) {
    return program + " version " + number() + "\n";
  }
}
