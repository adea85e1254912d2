package io.happo.dist;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Runs a tool of the build and insists on its success. */
final class Command {
  private Command() {}

  /**
   * Runs it in that folder; its output goes to the build's.
   *
   * @throws IOException when it cannot be started or ends with another code than 0
   */
  static void run(Path folder, List<String> command) throws IOException, InterruptedException {
    int exit = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("exit " + exit + " of " + String.join(" ", command));
    }
  }
}
