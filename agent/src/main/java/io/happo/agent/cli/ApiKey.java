package io.happo.agent.cli;

import io.happo.program.cli.Arguments;
import io.happo.program.cli.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;

/** The key that a client sends as {@code apikey}. */
final class ApiKey {
  private ApiKey() {}

  /**
   * The first line of the file of {@code --api-key-file}, without blanks around it; empty when none
   * was given.
   */
  static String fromFile(Arguments arguments) throws Failure {
    if (!arguments.has("api-key-file")) {
      return "";
    }
    var file = arguments.path("api-key-file");
    if (Files.isDirectory(file)) {
      throw new Failure(
          "--api-key-file: " + file + " is a folder: name a file whose first line is the key");
    }
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      var line = reader.readLine();
      if (line == null || line.isBlank()) {
        throw new Failure(
            "--api-key-file: the first line of " + file + " is empty, expected the API key");
      }
      return line.strip();
    } catch (IOException _) {
      throw new Failure(
          "--api-key-file: cannot read " + file + ": check that it is there and may be read");
    }
  }
}
